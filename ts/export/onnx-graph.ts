import { allocate, type DType, type TypedArray } from "../engine/dtype.js";
import { type Attribute, type GraphParts, node, tensor, typeOf } from "./onnx-format.js";
import type { Message } from "./protobuf.js";
import type { Length, Size } from "./size.js";

/** A graph of ONNX while it is written. That of a loop's body sees the values of those around it. */
export class OnnxGraph {
  readonly nodes: Message[] = [];
  readonly constants: Message[] = [];
  readonly #parent: OnnxGraph | null;
  readonly #names: Map<string, number>;
  readonly #inputs: readonly string[];
  readonly #known = new Map<string, string>();

  /** @param inputs The names of the model's inputs, whose lengths may be asked for. */
  constructor(inputs: readonly string[], parent: OnnxGraph | null = null) {
    this.#inputs = inputs;
    this.#parent = parent;
    this.#names = parent === null ? new Map() : parent.#names;
  }

  get #root(): OnnxGraph {
    return this.#parent === null ? this : this.#parent.#root;
  }

  /** A graph inside this one. */
  inner(): OnnxGraph {
    return new OnnxGraph(this.#inputs, this);
  }

  /** A name that nothing else has. */
  name(wanted: string): string {
    const count = this.#names.get(wanted) ?? 0;
    this.#names.set(wanted, count + 1);
    return count === 0 ? wanted : this.name(`${wanted}_${count}`);
  }

  /** Adds a node with some outputs. */
  several(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string[] {
    const names = Array.from({ length: outputs }, () => this.name(op.toLowerCase()));
    this.nodes.push(node(op, inputs, names, attributes));
    return names;
  }

  /** Adds a node with one output. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.several(op, inputs, 1, attributes)[0]!;
  }

  /** Adds a constant. */
  constant(name: string, dtype: DType, shape: readonly number[], elements: TypedArray | Uint8Array): string {
    const unique = this.name(name);
    this.constants.push(tensor(unique, dtype, shape, elements));
    return unique;
  }

  /** A number in a dtype. */
  number(value: number, dtype: DType): string {
    if (dtype === "float16" || dtype === "bfloat16") {
      const cast = (): string => this.node("Cast", [this.number(value, "float32")], { to: typeOf(dtype) });
      return this.#once(`${dtype} ${value}`, cast);
    }
    return this.#once(`${dtype} ${value}`, () => this.constant("number", dtype, [], numbers(dtype, [value])));
  }

  /** A list of integers, as ONNX's operators take shapes and axes. */
  integers(values: readonly number[]): string {
    return this.#once(`[${values}]`, () =>
      this.constant("integers", "int64", [values.length], numbers("int64", values)),
    );
  }

  /** A list of lengths, of which some may depend on the data. */
  lengths(values: readonly Length[]): string {
    if (values.every((value) => typeof value === "number")) return this.integers(values as number[]);
    const parts = values.map((value) =>
      typeof value === "number" ? this.integers([value]) : this.#root.#length(value),
    );
    return parts.length === 1 ? parts[0]! : this.node("Concat", parts, { axis: 0 });
  }

  /** A length that depends on the data, as a list of one. */
  #length({ factor, axes }: Size): string {
    const parts = axes.map(({ input, axis }) =>
      this.#once(`axis ${input} ${axis}`, () =>
        this.node("Shape", [this.#inputs[input]!], { start: axis, end: axis + 1 }),
      ),
    );
    return this.#once(`size ${factor} ${parts}`, () => {
      const all = factor === 1 ? parts : [...parts, this.integers([factor])];
      return all.reduce((product, part) => this.node("Mul", [product, part]));
    });
  }

  /** Gives a value another name beside its own. */
  rename(value: string, name: string): void {
    this.nodes.push(node("Identity", [value], [name], {}));
  }

  #once(key: string, make: () => string): string {
    const known = this.#known.get(key) ?? make();
    this.#known.set(key, known);
    return known;
  }

  /** The graph's parts, with the inputs and outputs that it is given. */
  parts(name: string, inputs: readonly Message[], outputs: readonly Message[]): GraphParts {
    return { name, nodes: this.nodes, constants: this.constants, inputs, outputs };
  }
}

function numbers(dtype: DType, values: readonly number[]): TypedArray {
  const elements = allocate(dtype, values.length, "export");
  values.forEach((value, i) => {
    elements[i] = (
      elements instanceof BigInt64Array || elements instanceof BigUint64Array ? BigInt(value) : value
    ) as never;
  });
  return elements;
}
