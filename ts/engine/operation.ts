import { StateError, ValueError } from "../errors.js";
import { Callable } from "./callable.js";
import { KerasTensor } from "./keras-tensor.js";
import { autoName } from "./names.js";
import { mapStructure, type Structure } from "./nest.js";
import { anySymbolic, type Kwargs, Node } from "./node.js";
import { Tensor } from "./tensor.js";
import { Trace, withTrace } from "./trace.js";

/**
 * Something that can be called on symbolic tensors and then is part of the layer graph: a layer, a model, or a single op.
 */
export abstract class Operation extends Callable {
  /** Unique in the session unless the user chose it: `dense`, `dense_1`, `add`… */
  name: string;
  /** The calls of this operation, in order. */
  readonly inboundNodes: Node[] = [];
  /** The calls of other operations on this one's outputs. */
  readonly outboundNodes: Node[] = [];

  /** @throws ValueError when the name is no usable string. */
  constructor(name?: string | null, className?: string) {
    super();
    if (name !== undefined && name !== null && (typeof name !== "string" || name.includes("/"))) {
      throw new ValueError(`${new.target.name}: a name must be a string without "/", got ${JSON.stringify(name)}.`);
    }
    this.name = name ?? autoName(className ?? new.target.name);
  }

  /** The computation, written with ops. Gets tensors that have a value or are traced, never symbolic ones. */
  abstract call(...args: unknown[]): unknown;

  /** The class name under which configs know this operation. */
  get className(): string {
    return this.constructor.name;
  }

  invoke(...args: unknown[]): unknown {
    return anySymbolic(args) ? this.symbolicCall(args) : this.call(...args);
  }

  /** Records a call on symbolic tensors as a node and gives its symbolic outputs. */
  symbolicCall(args: readonly unknown[], kwargs: Kwargs = {}): Structure<KerasTensor> {
    const outputs = this.computeOutputSpec(args, kwargs);
    new Node(this, args, kwargs, outputs);
    return outputs;
  }

  /** The symbolic outputs of a call: `call` is traced on a graph that is thrown away. */
  computeOutputSpec(args: readonly unknown[], kwargs: Kwargs = {}): Structure<KerasTensor> {
    const hasKwargs = Object.keys(kwargs).length > 0;
    return inferOutputs((...given) => this.call(...given), hasKwargs ? [...args, kwargs] : args);
  }

  /** The symbolic input of the only call, or the list of them. @throws StateError before any call. */
  get input(): Structure<KerasTensor> {
    return single(this.firstNode("input").inputTensors);
  }

  /** The symbolic output of the first call, or the list of them. @throws StateError before any call. */
  get output(): Structure<KerasTensor> {
    return single(this.firstNode("output").outputTensors);
  }

  private firstNode(what: string): Node {
    const node = this.inboundNodes[0];
    if (node === undefined) {
      throw new StateError(
        `The layer ${this.name} has never been called on a symbolic tensor and thus has no defined ${what}.`,
      );
    }
    return node;
  }

  /** What is needed to make it again, in Keras's snake_case. */
  getConfig(): Record<string, unknown> {
    return { name: this.name };
  }
}

const single = (tensors: readonly KerasTensor[]): Structure<KerasTensor> =>
  tensors.length === 1 ? (tensors[0] as KerasTensor) : [...tensors];

/**
 * The symbolic outputs a function would have: it runs once on a scratch graph, in which unknown dimensions stay unknown, so the ops' own
 * shape rules answer and errors appear on the caller's line.
 */
export function inferOutputs(fn: (...args: unknown[]) => unknown, args: readonly unknown[]): Structure<KerasTensor> {
  const scratch = new Trace();
  const traced = args.map((arg) =>
    mapStructure(arg as Structure<unknown>, (leaf) =>
      leaf instanceof KerasTensor ? scratch.input(leaf.dtype, leaf.shape) : leaf,
    ),
  );
  const result = withTrace(scratch, () => fn(...traced));
  return mapStructure(result as Structure<unknown>, (leaf) =>
    leaf instanceof Tensor ? new KerasTensor(leaf.shape, { dtype: leaf.dtype }) : (leaf as KerasTensor),
  );
}

/** A single op in the layer graph, such as the `add` of `x.add(y)`. */
export class OpOperation extends Operation {
  private readonly opName: string;
  private readonly config: Readonly<Record<string, unknown>>;
  private readonly compute: (...args: never[]) => unknown;

  /**
   * @param opName Keras's class name of the op (`"Add"`, `"GetItem"`).
   * @param compute The op as a function of the arguments that may be symbolic.
   * @param config The op's other arguments, in snake_case.
   */
  constructor(opName: string, compute: (...args: never[]) => unknown, config: Readonly<Record<string, unknown>> = {}) {
    super(null, opName);
    this.opName = opName;
    this.compute = compute;
    this.config = config;
  }

  override get className(): string {
    return this.opName;
  }

  call(...args: unknown[]): unknown {
    return this.compute(...(args as never[]));
  }

  override getConfig(): Record<string, unknown> {
    return { name: this.name, ...this.config };
  }
}

/** Records an op called on symbolic tensors. */
export function record(
  opName: string,
  compute: (...args: never[]) => unknown,
  args: readonly unknown[],
  config: Readonly<Record<string, unknown>> = {},
): Structure<KerasTensor> {
  return new OpOperation(opName, compute, config).symbolicCall(args);
}
