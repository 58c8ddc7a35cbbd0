import { DTypePolicyMap } from "../dtype-policies/dtype-policy-map.js";
import {
  type DTypePolicy,
  type DTypePolicyLike,
  get as getPolicy,
  serialize as serializePolicy,
} from "../dtype-policies/index.js";
import { autocastDtype, withAutocast } from "../engine/autocast.js";
import { callContext, withCallContext } from "../engine/call-context.js";
import { argumentsFromConfig } from "../engine/config.js";
import type { DType } from "../engine/dtype.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { mapStructure, type Structure, visit } from "../engine/nest.js";
import { anySymbolic, type Kwargs, Node } from "../engine/node.js";
import { inferOutputs } from "../engine/operation.js";
import { checkShape, describe, type Shape } from "../engine/shape.js";
import type { StringTensor } from "../engine/string-tensor.js";
import { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../errors.js";
import * as regularizers from "../regularizers/index.js";
import { withCustomObjects } from "../saving/registry.js";
import { type Config, type DeserializeOptions, serializeKerasObject } from "../saving/serialization.js";
import {
  namedToTensors,
  type ShapeStructure,
  shapesOf,
  splitArguments,
  symbolicOf,
  toTensors,
} from "./call-arguments.js";
import type { LayerOutputs, Outputs, SymbolicOutputs } from "./call-types.js";
import { assertInputCompatibility, type InputSpec } from "./input-spec.js";
import { LayerBuilding } from "./layer-building.js";
import { named } from "./layer-errors.js";
import { fillMasks, hasMask, isPlainCall, type Masks, previousMask, setMasks, watchMask } from "./masks.js";
import { withNameScope } from "./name-scope.js";
import { type StatelessOutputs, statelessCall } from "./stateless-call.js";

export type { ShapeStructure } from "./call-arguments.js";
export type { LayerOutputs } from "./call-types.js";
export type { WeightOptions } from "./layer-state.js";
export type { Store, WeightValue } from "./weights.js";

/** Options that every layer has. */
export interface LayerOptions {
  /** Default: the class's name in snake_case, with a number from the second on. */
  name?: string | null;
  /** The dtype of the weights and of the computation, or the policy that says them. Default `keras.config.dtypePolicy()`. */
  dtype?: DTypePolicyLike;
  /** Whether training changes the weights. Default `true`. */
  trainable?: boolean;
  /** Whether float inputs are cast to the layer's dtype. Default `true`. */
  autocast?: boolean;
  /** A penalty on the output, divided by the batch size. */
  activityRegularizer?: regularizers.RegularizerLike | null;
  /** For the first layer of a `Sequential`: the shape of one sample. */
  inputShape?: Shape | null;
  /** For the first layer of a `Sequential`: `inputShape: [inputDim]`. */
  inputDim?: number | null;
}

/** A class whose objects are made from arguments of its own. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of every signature.
export type Constructor<T> = new (...args: any[]) => T;

/** Symbolic inputs of a layer. */
export type SymbolicInput = KerasTensor | readonly KerasTensor[] | { readonly [name: string]: KerasTensor };

/** Nested arrays and structures of tensors of any depth. */
// biome-ignore lint/suspicious/noExplicitAny: their elements are numbers, strings, tensors or such structures again.
type Nested = readonly any[] | { readonly [name: string]: any };

/** What a layer computes on: tensors, and what becomes one. */
export type ConcreteInput = Tensor | StringTensor | Variable | Nested | Float32Array;

export interface Layer {
  /** Adds the layer to the graph of symbolic tensors. */
  // biome-ignore lint/suspicious/noExplicitAny: what follows the inputs is up to the layer's `call`.
  (inputs: SymbolicInput, ...rest: any[]): SymbolicOutputs<ReturnType<this["call"]>>;
  /** Computes. Named arguments such as `{ training: true }` come in a last object. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  (inputs: ConcreteInput, ...rest: any[]): Outputs<ReturnType<this["call"]>>;
}

/**
 * A computation with weights: the base of all layers and models.
 *
 * A subclass writes `call(inputs, { training })` with ops and other layers, and where it has weights `build(inputShape)`, which runs at
 * the first call. Layers in its fields (and in arrays, dicts, maps and sets there) belong to it: their weights are its weights.
 *
 * Calling it on symbolic tensors (`keras.Input`) adds a node to the layer graph; calling it on tensors computes. Positional arguments
 * are tensors; named arguments come in one last object and reach `call` as its last argument, together with `training`.
 *
 * @example
 * class Scale extends layers.Layer {
 *   factor!: keras.Variable;
 *   override build(inputShape: keras.Shape) {
 *     this.factor = this.addWeight({ shape: [inputShape.at(-1)!], initializer: "ones", name: "factor" });
 *   }
 *   override call(inputs: Tensor) {
 *     return inputs.multiply(this.factor);
 *   }
 * }
 *
 * Source: `keras.layers.Layer`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Layer extends LayerBuilding {
  /** Names of the options that the constructor takes as positional arguments, for {@link fromConfig}. */
  static readonly positional: readonly string[] = [];
  /**
   * Names of the positional arguments of `call`. Where several arguments are tensors, the mask of `query` comes as `queryMask`; where only
   * one is, its mask comes as `mask`.
   */
  static readonly callArguments: readonly string[] = ["inputs"];

  #supportsMasking: boolean | null = null;
  #warnedOfMask = false;
  /** Whether the last call on symbolic tensors looked at its `mask`. */
  #readMask = false;
  #dtypePolicy: DTypePolicy;
  #inputSpec: InputSpec | readonly (InputSpec | null)[] | null = null;
  readonly #inputShapeArgument: Shape | null;
  /** Whether float inputs are cast to the layer's dtype. */
  autocast: boolean;
  readonly #activityRegularizer: regularizers.Regularizer | regularizers.RegularizerFunction | null;

  /** @throws ValueError for options it does not know, an unknown dtype or a bad name. */
  constructor(options: LayerOptions = {}) {
    super(options.name, options.trainable ?? true);
    const {
      name: _,
      dtype,
      trainable = true,
      autocast = true,
      activityRegularizer,
      inputShape,
      inputDim,
      ...unknown
    } = options;
    const unknownKeys = Object.keys(unknown);
    if (unknownKeys.length > 0) {
      throw new ValueError(`Unrecognized keyword arguments passed to ${this.className}: ${unknownKeys.join(", ")}`);
    }
    if (typeof trainable !== "boolean") {
      throw new ValueError(`Expected \`trainable\` to be a boolean. Received: trainable=${describe(trainable)}`);
    }
    this.#dtypePolicy = getPolicy(dtype, `Layer "${this.name}"`);
    this.autocast = autocast;
    this.#activityRegularizer = regularizers.get(activityRegularizer);
    const shape = inputDim != null ? [inputDim] : inputShape;
    this.#inputShapeArgument = shape == null ? null : checkShape(shape, `${this.className} inputShape`);
  }

  /**
   * The computation on tensors. The last argument holds the named ones, `training` among them.
   *
   * @throws NotImplementedError unless the subclass writes it.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses name the arguments that they take.
  override call(..._args: any[]): LayerOutputs {
    throw new NotImplementedError(`Layer ${this.className} does not have a \`call()\` method implemented.`);
  }

  /** In which dtypes it computes and keeps its weights. Set anew, it holds for calls and weights from then on. */
  get dtypePolicy(): DTypePolicy {
    return this.#dtypePolicy;
  }
  set dtypePolicy(policy: DTypePolicyLike) {
    const who = `Layer "${this.name}"`;
    const found = getPolicy(policy, who);
    const own = this.#dtypePolicy;
    if (!(own instanceof DTypePolicyMap) || this.path === null) this.#dtypePolicy = found;
    else {
      own.delete(this.path);
      own.set(this.path, found);
    }
  }
  /** The dtype of the weights. */
  get dtype(): DType {
    return this.variableDtype;
  }
  /** The dtype of the computation. */
  get computeDtype(): DType {
    return this.#dtypePolicy.policyOf(this.path).computeDtype;
  }
  /** The dtype that float inputs are cast to. */
  get inputDtype(): DType {
    return this.computeDtype;
  }
  /** The dtype of the weights. */
  override get variableDtype(): DType {
    return this.#dtypePolicy.policyOf(this.path).variableDtype;
  }
  /** What the first argument of a call must look like. */
  get inputSpec(): InputSpec | readonly (InputSpec | null)[] | null {
    return this.#inputSpec;
  }
  set inputSpec(spec: InputSpec | readonly (InputSpec | null)[] | null) {
    this.#inputSpec = spec;
  }
  /** @internal `inputShape` as given to the constructor. */
  get inputShapeArgument(): Shape | null {
    return this.#inputShapeArgument;
  }
  /**
   * Whether outputs carry masks: those of {@link computeMask}. Default: whether the class writes a `computeMask` of its own. A layer that
   * does not, called on a tensor with a mask, warns that the mask ends there.
   */
  get supportsMasking(): boolean {
    return this.#supportsMasking ?? this.#computesMask;
  }
  set supportsMasking(value: boolean) {
    this.#supportsMasking = value;
  }
  get #computesMask(): boolean {
    return this.computeMask !== Layer.prototype.computeMask;
  }
  /** The penalty on outputs. */
  get activityRegularizer(): regularizers.Regularizer | regularizers.RegularizerFunction | null {
    return this.#activityRegularizer;
  }

  // ---- calls ----

  override invoke(...given: unknown[]): unknown {
    const { args, kwargs } = splitArguments(given);
    if (args.length === 0) throw new InvalidTypeError(`Layer "${this.name}": missing a required argument: inputs.`);
    return withNameScope(this.name, this, () => {
      if (anySymbolic(args) || anySymbolic(kwargs)) return this.symbolicCall(args, kwargs);
      const alone = this.augments && kwargs.training == null && callContext() === null;
      return this.#run(args, alone ? { ...kwargs, training: true } : kwargs);
    });
  }

  /** Whether a call by itself, outside of any model, counts as training where nobody says: true of layers that augment data. */
  protected get augments(): boolean {
    return false;
  }

  override computeOutputSpec(args: readonly unknown[], kwargs: Kwargs = {}): Structure<KerasTensor> {
    return inferOutputs((...given) => this.#run(given.slice(0, -1), given.at(-1) as Kwargs), [...args, kwargs]);
  }

  override symbolicCall(args: readonly unknown[], kwargs: Kwargs = {}): Structure<KerasTensor> {
    const filled = fillMasks(args, kwargs, this.#callArguments);
    this.#readMask = false;
    const outputs = this.computeOutputSpec(args, filled);
    visit(outputs, (output) => {
      if (output instanceof KerasTensor) return;
      throw new InvalidTypeError(
        `Layer "${this.name}": \`call\` must return tensors, or lists or dicts of them; got ${describe(output)}.`,
      );
    });
    this.#passMask(args[0], outputs, previousMask(args, filled));
    const masked = isPlainCall(args, kwargs, this.computeDtype) && (this.#readMask || this.passesMaskOn);
    new Node(this, args, masked ? filled : kwargs, outputs);
    return outputs;
  }

  /** The shape of the output for a shape of the input (or the structures of shapes), found by tracing {@link call}. */
  computeOutputShape(inputShape: ShapeStructure): ShapeStructure {
    const outputs = this.computeOutputSpec([symbolicOf(inputShape, this.computeDtype)]);
    return mapStructure(outputs, (output) => output.shape) as ShapeStructure;
  }

  /**
   * Where it works: inside a model's steps (`"graph"`), on data before them (`"data"`: what looks up or hashes strings), or in
   * either place (`"anywhere"`: other preprocessing, which may stand before the former).
   */
  get placement(): "graph" | "data" | "anywhere" {
    return "graph";
  }

  /**
   * Turns the positional arguments of a call into tensors of the right dtype. A layer that takes something else, strings say, does so here.
   */
  convertInputs(args: readonly unknown[]): unknown[] {
    const dtype = this.autocast ? this.computeDtype : null;
    return args.map((arg) => toTensors(arg, dtype, this.name));
  }

  #run(given: readonly unknown[], named: Kwargs): unknown {
    const args = this.convertInputs(given);
    const converted = namedToTensors(named, this.autocast ? this.computeDtype : null, this.name);
    const kwargs = fillMasks(args, converted, this.#callArguments);
    const mask = previousMask(args, kwargs);
    assertInputCompatibility(this.inputSpec, args[0], this.name);
    const shapes = args.map(shapesOf);
    if (!this.built && this.buildsItself) {
      this.build(...shapes);
      assertInputCompatibility(this.inputSpec, args[0], this.name);
    }
    if (callContext() === null) this.clearLosses();
    const said = (named.training as boolean | null | undefined) ?? callContext()?.training;
    const training = said ?? false;
    const outputs = withCallContext({ training: said }, () =>
      withAutocast(this.#autocastDtype(), () => this.#callNamed(args, { ...kwargs, training })),
    );
    // Layers inside that were not built yet are built by now.
    if (!this.built) {
      this.builtByCall(shapes);
    }
    if (!this.checkState()) this.lockState();
    this.#addActivityLosses(outputs);
    this.#passMask(args[0], outputs, mask);
    return outputs;
  }

  /** The dtype that float variables are read in during a call: under a mixed policy, and inside of layers that have one. */
  #autocastDtype(): DType | null {
    const around = autocastDtype();
    if (around !== null) return this.autocast ? this.computeDtype : null;
    return this.computeDtype === this.variableDtype ? null : this.computeDtype;
  }

  get #callArguments(): readonly string[] {
    return (this.constructor as typeof Layer).callArguments;
  }

  /** Lets the outputs of a call carry masks, or says that the mask ends here. */
  #passMask(inputs: unknown, outputs: unknown, previous: Masks): void {
    if (this.supportsMasking) {
      if (previous !== null || this.#computesMask) setMasks(outputs, () => this.computeMask(inputs, previous));
      return;
    }
    if (this.#warnedOfMask || this.passesMaskOn || !hasMask(previous)) return;
    this.#warnedOfMask = true;
    process.emitWarning(
      `Layer "${this.name}" (of type ${this.className}) was passed an input with a mask attached to it, but it does not support masking: ` +
        "layers after it will not see the mask. A layer that keeps masks sets `this.supportsMasking = true` or writes `computeMask`.",
    );
  }

  /** @internal Whether the mask goes to layers inside, whose outputs then are the outputs: true of functional models. */
  get passesMaskOn(): boolean {
    return false;
  }

  /**
   * The mask of the outputs: one a tensor, in their structure, or nothing. This one keeps the mask as it is.
   *
   * @param inputs The first argument of the call.
   * @param previousMask The mask of the inputs: one a tensor, in their structure, or `null`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses name the structure that they take.
  computeMask(_inputs: any, previousMask: any = null): unknown {
    return previousMask;
  }

  #callNamed(args: readonly unknown[], kwargs: Kwargs): unknown {
    const read = (): void => {
      this.#readMask = true;
    };
    const watched = "mask" in kwargs ? watchMask(kwargs, read) : kwargs;
    return named(
      this,
      "called on",
      () => args.map(shapesOf),
      () => this.call(...args, watched),
    );
  }

  #addActivityLosses(outputs: unknown): void {
    const regularizer = this.#activityRegularizer;
    if (regularizer === null) return;
    visit(outputs, (output) => {
      if (!(output instanceof Tensor)) return;
      const loss = regularizer(output);
      const batch = output.shape[0];
      // A symbolic call has no batch to divide by; its penalty is thrown away with its graph.
      if (batch !== null) this.addLoss(batch === undefined ? loss : loss.divide(Math.max(batch, 1)));
    });
  }

  /**
   * Calls the layer with other values for its variables; its own stay as they are.
   *
   * @param trainableVariables A value for each of {@link trainableVariables}.
   * @param nonTrainableVariables A value for each of {@link nonTrainableVariables}.
   * @param given What `call` takes; a last object may hold named arguments, and `returnLosses: true`.
   * @returns The outputs, the values the non-trainable variables would have after the call, and with `returnLosses` the losses.
   * @throws StateError before the layer is built; ValueError for the wrong number of values.
   */
  statelessCall(
    trainableVariables: readonly Tensor[],
    nonTrainableVariables: readonly Tensor[],
    ...given: unknown[]
  ): StatelessOutputs {
    return statelessCall(this, trainableVariables, nonTrainableVariables, given);
  }

  /**
   * In Keras, the `call` of a layer in a `RematScope`, which computes intermediate results again for the derivative rather than keep them.
   * There are no such scopes here: a step is planned as a whole.
   *
   * @throws NotImplementedError always.
   */
  rematerializedCall(_layerCall?: unknown, ..._given: unknown[]): never {
    throw new NotImplementedError(
      `Layer "${this.name}" (of type ${this.className}) has no rematerialized call: what a step keeps for its derivative is not the caller's ` +
        "choice here. Call the layer itself.",
    );
  }

  /** Weights in 8 or 4 bits are not part of this package. @throws NotImplementedError always. */
  quantize(_mode?: string | null): never {
    throw new NotImplementedError(
      `Layer "${this.name}" (of type ${this.className}) cannot be quantized: weights in 8 or 4 bits are not part of this package. ` +
        "Its weights stay in the dtype they were made in.",
    );
  }

  // ---- configs ----

  /**
   * The options it was made with, by Keras's snake_case names.
   *
   * @throws NotImplementedError for a class whose constructor takes arguments and that does not override it.
   */
  override getConfig(): Config {
    if (this.getConfig === Layer.prototype.getConfig && this.constructor.length > 0) {
      throw new NotImplementedError(
        `Object ${this.name} of class ${this.className} was created by passing arguments to its constructor, and therefore the class ` +
          "must override getConfig() in order to be serializable:\n\n" +
          "  override getConfig() {\n    return { ...super.getConfig(), arg1: this.arg1 };\n  }\n",
      );
    }
    const config: Config = { name: this.name, trainable: this.trainable, dtype: serializePolicy(this.#dtypePolicy) };
    if (this.#activityRegularizer !== null)
      config.activity_regularizer = serializeKerasObject(this.#activityRegularizer);
    return config;
  }

  /** Makes a layer from what {@link getConfig} gave. */
  static fromConfig<T extends Layer>(this: Constructor<T>, config: Config, options: DeserializeOptions = {}): T {
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, config, options);
  }

  override toString(): string {
    return `<${this.className} name=${this.name}, built=${this.built ? "True" : "False"}>`;
  }
}

/** A layer of a class from its config: the keys of {@link Layer.positional} come first, the rest is the options object. */
export function layerFromConfig<T extends Layer>(type: Constructor<T>, config: Config, options: DeserializeOptions): T {
  const given = argumentsFromConfig(config, (type as unknown as typeof Layer).positional);
  return withCustomObjects(options.customObjects, () => new type(...given));
}
