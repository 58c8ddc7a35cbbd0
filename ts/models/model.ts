import { callContext, withCallContext } from "../engine/call-context.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { isDict, type Structure } from "../engine/nest.js";
import type { NestedArray } from "../engine/operand.js";
import { inferOutputs, type Operation } from "../engine/operation.js";
import { describe, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, NotImplementedError, StateError, ValueError } from "../errors.js";
import type { ExportOptions } from "../export/index.js";
import { type ShapeStructure, symbolicOf } from "../layers/call-arguments.js";
import { defaultBuilds } from "../layers/default-build.js";
import type { InputSpec } from "../layers/input-spec.js";
import type { LayerOutputs } from "../layers/layer.js";
import {
  type ConcreteInput,
  type Constructor,
  Layer,
  type LayerOptions,
  layerFromConfig,
  type SymbolicInput,
} from "../layers/layer.js";
import type { WeightValue } from "../layers/weights.js";
import type { SaveOptions, SaveWeightsOptions } from "../saving/formats.js";
import type { LoadWeightsOptions } from "../saving/load-weights.js";
import { pythonJson } from "../saving/python-json.js";
import { registerModule, withCustomObjects } from "../saving/registry.js";
import { type Config, type DeserializeOptions, serializeKerasObject } from "../saving/serialization.js";
import { writeShared } from "../saving/shared-objects.js";
import type { PredictOptions } from "../training/options.js";
import { assignStateTree, type StateTree, stateTree } from "../training/state-tree.js";
import type { Data } from "../training/structure.js";
import { Trainer } from "../training/trainer.js";
import { graphConfig, graphFromConfig } from "./functional-config.js";
import { FunctionalGraph } from "./functional-graph.js";
import { printSummary, type SummaryOptions } from "./summary.js";
import { summaryModel } from "./summary-model.js";
import type { AsGiven, Computed, ModelOptions, Recorded, SymbolicStructure } from "./types.js";

export type { SaveOptions, SaveWeightsOptions } from "../saving/formats.js";

/** What the constructor was given. */
interface FunctionalArguments {
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly options: ModelOptions;
}

// biome-ignore lint/suspicious/noExplicitAny: models that subclasses define have inputs and outputs unknown to the type.
// biome-ignore lint/correctness/noUnusedVariables: the parameters must be those of the class.
export interface Model<I = any, O = any> {
  /** Adds the model to the graph of symbolic tensors, as a layer. */
  // biome-ignore lint/suspicious/noExplicitAny: what follows the inputs is up to the model's `call`.
  (inputs: SymbolicInput, ...rest: any[]): Recorded<O>;
  /** Computes the outputs. Named arguments such as `{ training: true }` come in a last object. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  (inputs: ConcreteInput, ...rest: any[]): Computed<O>;
  /** The outputs for data of any length, computed in batches: tensors in the structure of the model's outputs. */
  predict(x: Data | Iterable<unknown> | AsyncIterable<unknown>, options?: PredictOptions): Promise<Computed<O>>;
}

/**
 * Layers together with training: `compile`, `fit`, `evaluate`, `predict`.
 *
 * - By its inputs and outputs (the functional API): `keras.Model(inputs, outputs, { name })` or `keras.Model({ inputs, outputs, name })`.
 *   Both may be a symbolic tensor, a list, or a dict of them.
 * - By a class: `class MLP extends keras.Model` with layers in its fields and a `call`.
 *
 * Source: `keras.Model`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
// biome-ignore lint/suspicious/noExplicitAny: see the interface.
export class Model<I = any, O = any> extends Trainer {
  readonly #graph: FunctionalGraph | null = null;

  /**
   * @throws ValueError when outputs do not depend on the inputs alone, names are used twice, or something is no symbolic tensor.
   */
  constructor(inputs: I, outputs: O, options?: ModelOptions);
  constructor(options: ModelOptions & { inputs: I; outputs: O });
  constructor(options?: ModelOptions);
  // biome-ignore lint/correctness/noUnreachableSuper: it gives an object of another class back.
  constructor(...args: unknown[]) {
    const functional = functionalArguments(args);
    // Keras makes an object of another class too: its name and its config say "Functional".
    if (functional !== null && new.target.prototype === Model.prototype) {
      // biome-ignore lint/correctness/noConstructorReturn: see above.
      return new Functional(functional.inputs as I, functional.outputs as O, functional.options) as unknown as Model<
        I,
        O
      >;
    }
    super((functional === null ? args[0] : functional.options) as LayerOptions | undefined);
    if (functional !== null) {
      this.#graph = new FunctionalGraph(functional.inputs, functional.outputs, this.className);
      this.markBuilt(null);
      if (functional.options.trainable === false) this.trainable = false;
    }
  }

  /** @internal The graph of a functional model. Sequential models have one inside. */
  get graph(): FunctionalGraph | null {
    return this.#graph;
  }

  #required(what: string): FunctionalGraph {
    const graph = this.graph;
    if (graph === null) {
      throw new StateError(
        `Model "${this.name}" has no defined ${what}: only functional models and built sequential models know theirs before they are called.`,
      );
    }
    return graph;
  }

  // ---- layers ----

  /** The layers, in the order of the graph; those in the fields, for a class with a `call`. */
  get layers(): Layer[] {
    return this.#graph === null ? this.#fieldLayers() : this.#graph.layers;
  }

  #fieldLayers(): Layer[] {
    return super.subLayers().filter((layer) => layer instanceof Layer);
  }

  /** @internal As in Keras, layers can be added to the fields of a functional model at any time. */
  override lockState(): void {
    if (this.#graph === null) super.lockState();
  }

  override subLayers(): readonly Layer[] {
    return [...new Set([...(this.#graph?.layers ?? []), ...this.#fieldLayers()])];
  }

  /** Layers and single ops, in the order of the graph. */
  get operations(): readonly Operation[] {
    return this.graph?.map.operations ?? this.layers;
  }

  /**
   * A layer by its name or `{ index }` in {@link layers}, where -1 is the last.
   *
   * @throws ValueError when there is none, listing the names.
   */
  getLayer(which: string | { name?: string | null; index?: number | null }): Layer {
    const { name = null, index = null } = typeof which === "string" ? { name: which } : (which ?? {});
    const layers = this.layers;
    if (name !== null && index !== null) {
      throw new ValueError(`Provide only a layer name or a layer index. Received: index=${index}, name=${name}.`);
    }
    if (index !== null) {
      const found = layers.at(index);
      if (found !== undefined) return found;
      throw new ValueError(
        `Was asked to retrieve layer at index ${index} but model "${this.name}" only has ${layers.length} layers.`,
      );
    }
    if (name === null) throw new ValueError("Provide either a layer name or layer index at `getLayer`.");
    const found = layers.find((layer) => layer.name === name);
    if (found !== undefined) return found;
    throw new ValueError(
      `No such layer: ${name}. Existing layers are: [${layers.map((layer) => layer.name).join(", ")}].`,
    );
  }

  // ---- inputs and outputs ----

  /** The symbolic inputs in a flat list; empty while they are not known. */
  get inputs(): readonly KerasTensor[] {
    return this.graph?.inputs ?? [];
  }
  /** The symbolic outputs in a flat list; empty while they are not known. */
  get outputs(): readonly KerasTensor[] {
    return this.graph?.outputs ?? [];
  }
  /** The symbolic inputs in the structure they were given in. @throws StateError while they are not known. */
  override get input(): AsGiven<I> {
    return this.#required("input").inputStructure as AsGiven<I>;
  }
  /** The symbolic outputs in the structure they were given in. @throws StateError while they are not known. */
  override get output(): AsGiven<O> {
    return this.#required("output").outputStructure as AsGiven<O>;
  }
  /** @internal As {@link input}, `null` while it is not known. */
  get inputStructure(): SymbolicStructure | null {
    return this.graph?.inputStructure ?? null;
  }
  /** @internal As {@link output}, `null` while it is not known. */
  get outputStructure(): SymbolicStructure | null {
    return this.graph?.outputStructure ?? null;
  }
  /** The shape of the input, or the list of shapes. */
  get inputShape(): Shape | readonly Shape[] {
    return shapesOfAll(this.#required("input shape").inputs);
  }
  /** The shape of the output, or the list of shapes. */
  get outputShape(): Shape | readonly Shape[] {
    return shapesOfAll(this.#required("output shape").outputs);
  }
  /** The names of the input layers. */
  get inputNames(): string[] {
    return namesOf(this.inputs);
  }
  /** The names of the layers that make the outputs. */
  get outputNames(): string[] {
    return namesOf(this.outputs);
  }

  // ---- calls ----

  override get inputSpec(): InputSpec | readonly (InputSpec | null)[] | null {
    return super.inputSpec ?? this.#graph?.inputSpec ?? null;
  }
  override set inputSpec(spec: InputSpec | readonly (InputSpec | null)[] | null) {
    super.inputSpec = spec;
  }

  override convertInputs(args: readonly unknown[]): unknown[] {
    return this.#graph === null ? super.convertInputs(args) : this.#graph.convert(args, this.name);
  }

  // biome-ignore lint/suspicious/noExplicitAny: subclasses name the arguments that they take.
  override call(...args: any[]): LayerOutputs {
    if (this.#graph !== null) return this.#graph.run(args[0], this.name, maskOf(args)) as LayerOutputs;
    throw new NotImplementedError(`Model ${this.className} does not have a \`call()\` method implemented.`);
  }

  /** @internal */
  override get passesMaskOn(): boolean {
    return this.graph !== null;
  }

  override computeOutputSpec(
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> = {},
  ): Structure<KerasTensor> {
    const known = this.#graph?.knownOutputs(args);
    if (known) return known;
    const computed = super.computeOutputSpec(args, kwargs);
    return this.#graph?.listsOne ? [computed] : computed;
  }

  /** Makes the weights of a class with a `call`, by running it once on symbolic tensors of these shapes. */
  // biome-ignore lint/suspicious/noExplicitAny: subclasses name the structure of shapes that they take.
  override build(...shapes: any[]): void {
    const [inputShape] = shapes as [ShapeStructure | null | undefined];
    if (this.#graph !== null || inputShape == null) return;
    const training = callContext()?.training ?? false;
    withCallContext({ training }, () =>
      inferOutputs((x) => this.call(x, { training }), [symbolicOf(inputShape, this.computeDtype)]),
    );
  }

  // ---- text and files ----

  /** Prints the layers with their output shapes and parameters, and the totals, as Keras does. */
  summary(options: SummaryOptions = {}): void {
    printSummary(summaryModel(this), options);
  }

  /** `null` until somebody builds it by a shape: functional models need none. */
  override getBuildConfig(): Config | null {
    return this.#graph !== null ? { input_shape: null } : super.getBuildConfig();
  }

  override getConfig(): Config {
    if (this.#graph === null) return super.getConfig();
    const { map, inputStructure, outputStructure } = this.#graph;
    const graph = graphConfig(map, inputStructure, outputStructure, isFunctional);
    return { name: this.name, trainable: this.trainable, ...graph };
  }

  /**
   * Makes a model from what {@link getConfig} gave. The weights are new.
   *
   * @param options.customObjects Classes and functions of your own that the config names.
   */
  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    if (!("layers" in config) || !("input_layers" in config)) {
      // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
      return layerFromConfig(this, config, options);
    }
    const { layers: _1, input_layers: _2, output_layers: _3, name, trainable, ...rest } = config;
    return withCustomObjects(options.customObjects, () => {
      const { inputs, outputs } = graphFromConfig(config, isFunctional);
      return new this({ inputs, outputs, name, trainable: trainable ?? true, ...rest });
    });
  }

  /** The model as JSON, without weights; {@link modelFromJson} reads it. */
  toJson(): string {
    return pythonJson(writeShared(() => serializeKerasObject(this)));
  }

  /**
   * Loads the weights of a file into this model: a `.weights.h5`, a `.keras`, a `.weights.json` with its shards, a `.safetensors`. They are
   * matched by the structure of layers, not by names; those of a legacy `.h5` by the order of layers. A compiled model gets the state of the
   * optimizer too, if the file has it.
   *
   * @throws ValueError listing everything that does not match; then nothing has changed.
   */
  async loadWeights(path: string, options: LoadWeightsOptions = {}): Promise<void> {
    const { loadWeights } = await import("../saving/load-weights.js");
    await loadWeights(this, path, options);
  }

  /**
   * Writes the weights, and the state of the optimizer, to a file, which is never there in part.
   *
   * @param path Ends in `.weights.h5`, which Keras reads too, in `.safetensors` (the same arrays by the same names), or with `maxShardSize` in
   * `.weights.json`.
   * @throws ValueError for another ending, or a file that exists where `overwrite` is `false`; StateError for a model that is not built.
   */
  async saveWeights(path: string | URL, options: SaveWeightsOptions = {}): Promise<void> {
    const { saveWeightsTo } = await import("../saving/formats.js");
    await saveWeightsTo(this, path, options);
  }

  /**
   * The values of all variables, by kind (`trainable_variables`, `non_trainable_variables`, `optimizer_variables`, `metrics_variables`) and
   * below that by the parts of their paths. {@link setStateTree} takes it back.
   *
   * @param valueFormat `"backend_tensor"` (the default) for tensors, `"numpy_array"` for nested arrays of numbers.
   * @throws ValueError when two variables have one path.
   */
  getStateTree(valueFormat?: "backend_tensor"): StateTree;
  getStateTree(valueFormat: "numpy_array"): StateTree<NestedArray>;
  getStateTree(valueFormat = "backend_tensor"): StateTree<Tensor | NestedArray> {
    return stateTree(this, valueFormat);
  }

  /**
   * Assigns the values of a tree such as {@link getStateTree} gives; kinds and variables that it leaves out stay as they are.
   *
   * @throws ValueError for a kind that is none, or a value of another shape than its variable's.
   */
  setStateTree(tree: StateTree<WeightValue>): void {
    assignStateTree(this, tree);
  }

  /**
   * Writes the model to a `.keras` file, which Keras reads too: its layers, weights and vocabularies, and how it is compiled with the state of
   * the optimizer. The file is never there in part. With `zipped: false` it is a folder of the same files instead, and with an ending `.h5` a
   * legacy file, with a warning.
   *
   * @throws ValueError for another ending, or a file that exists where `overwrite` is `false`.
   * @example await model.save("model.keras");
   */
  async save(path: string | URL, options: SaveOptions = {}): Promise<void> {
    const { saveModelTo } = await import("../saving/formats.js");
    await saveModelTo(this, path, options);
  }

  /**
   * Writes what the model computes when it predicts, with its weights, as a file that other runtimes run: `format: "onnx"` for functional
   * and Sequential models.
   *
   * @throws NotImplementedError for another format, a model whose inputs are not known, and listing all ops that ONNX does not have.
   * @example await model.export("model.onnx", { format: "onnx" });
   */
  async export(path: string | URL, options: ExportOptions): Promise<void> {
    const { exportModel } = await import("../export/index.js");
    await exportModel(this, path, options);
  }
}

defaultBuilds.add(Model.prototype.build);

/** A model given by its inputs and outputs. `keras.Model(inputs, outputs)` makes one. */
// biome-ignore lint/suspicious/noExplicitAny: see Model.
export class Functional<I = any, O = any> extends Model<I, O> {}

registerModule("keras.src.models.functional", { Functional }, true);
registerModule("keras", { Model });

/** Functional models count their calls from one in files: Keras's start with a node of their own. */
function isFunctional(operation: Operation): boolean {
  return operation instanceof Model && operation.graph !== null && operation instanceof Functional;
}

/** Tells `Model(inputs, outputs, options)` and `Model({ inputs, outputs, … })` from the options of a class with a `call`. */
function functionalArguments(args: readonly unknown[]): FunctionalArguments | null {
  const [first, second, third] = args;
  if (args.length > 1 && second !== undefined) {
    if (third !== undefined && !isDict(third)) {
      throw new InvalidTypeError(
        `Model: expected options such as { name: "model" } after inputs and outputs, got ${describe(third)}.`,
      );
    }
    return { inputs: first, outputs: second, options: (third ?? {}) as ModelOptions };
  }
  if (first instanceof KerasTensor || Array.isArray(first))
    throw new ValueError("Model: `outputs` are missing: keras.Model(inputs, outputs).");
  if (!isDict(first) || !("inputs" in first || "outputs" in first)) return null;
  const { inputs, outputs, ...options } = first;
  if (inputs === undefined || outputs === undefined) {
    throw new ValueError(
      `Model: \`${inputs === undefined ? "inputs" : "outputs"}\` are missing: keras.Model({ inputs, outputs }).`,
    );
  }
  return { inputs, outputs, options: options as ModelOptions };
}

/** The mask among the named arguments of a call. */
export function maskOf(args: readonly unknown[]): unknown {
  const named = args.at(-1);
  return args.length > 1 && isDict(named) ? (named.mask ?? null) : null;
}

function shapesOfAll(tensors: readonly KerasTensor[]): Shape | readonly Shape[] {
  return tensors.length === 1 ? tensors[0]!.shape : tensors.map((tensor) => tensor.shape);
}

function namesOf(tensors: readonly KerasTensor[]): string[] {
  return tensors.map((tensor) => tensor.history?.operation.name ?? tensor.name);
}
