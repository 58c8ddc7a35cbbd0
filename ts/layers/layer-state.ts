import * as constraints from "../constraints/index.js";
import { asDType, type DType, isFloat } from "../engine/dtype.js";
import { flatten, isDict, type Structure } from "../engine/nest.js";
import { Operation } from "../engine/operation.js";
import { describe, formatShape, isKnown, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { currentTrace } from "../engine/trace.js";
import { Variable } from "../engine/variable.js";
import { InvalidTypeError, NotImplementedError, StateError, ValueError } from "../errors.js";
import * as initializers from "../initializers/index.js";
import type { Metric } from "../metrics/metric.js";
import * as regularizers from "../regularizers/index.js";
import { currentPath, withNameScope } from "./name-scope.js";
import { trackFields } from "./tracking.js";
import { assignStored, assignWeights, numberedLoads, type Store, type WeightValue } from "./weights.js";

/** Options of {@link LayerState.addWeight}. */
export interface WeightOptions {
  /** Every dimension known. Default `[]`, a scalar. */
  shape?: Shape;
  /** Default `"glorot_uniform"` for floats, `"zeros"` for others. */
  initializer?: initializers.InitializerLike | null;
  /** Default: the layer's. */
  dtype?: string | null;
  /** Whether the optimizer changes it. Default `true`. */
  trainable?: boolean;
  /** Whether it is read in the dtype of the computation under a mixed dtype policy. Default `true`. */
  autocast?: boolean;
  /** A penalty added to the loss. */
  regularizer?: regularizers.RegularizerLike | null;
  /** Applied after each update. */
  constraint?: constraints.ConstraintLike | null;
  /** The last part of the weight's path. */
  name?: string;
}

/** What a layer has rather than what it does: weights, layers inside it, losses, and whether it is built and trained. */
export abstract class LayerState extends Operation {
  #trainable: boolean;
  #built = false;
  #losses: Tensor[] = [];
  /** The layers inside it at the time when all its state was there; `null` before. */
  #complete: readonly LayerState[] | null = null;
  readonly #ownVariables: { variable: Variable; trainable: boolean }[] = [];

  constructor(name: string | null | undefined, trainable: boolean) {
    super(name);
    this.#trainable = trainable;
  }

  /** The dtype of the weights. */
  abstract get variableDtype(): DType;

  /** Whether the weights exist. */
  get built(): boolean {
    return this.#built;
  }
  set built(value: boolean) {
    this.#built = value;
  }

  /**
   * Makes a weight of this layer, in its constructor, its `build` or its first call.
   *
   * @throws StateError later; InvalidTypeError for anything but an object of options; ValueError for a shape with unknown dimensions, or an
   *   unknown initializer, regularizer or constraint.
   */
  addWeight(options: WeightOptions = {}): Variable {
    if (!isDict(options as unknown)) {
      throw new InvalidTypeError(
        `Layer "${this.name}" (${this.className}): addWeight takes an object of options, such as { shape: [3], name: "kernel" }. ` +
          `Received: ${describe(options)}`,
      );
    }
    const { shape = [], trainable = true, name } = options;
    if (this.#complete !== null) throw this.#tooLate(`the weight ${name === undefined ? "" : `"${name}" `}is new`);
    const dtype = options.dtype == null ? this.variableDtype : asDType(options.dtype, this.name);
    const initializer = initializers.get(options.initializer ?? (isFloat(dtype) ? "glorot_uniform" : "zeros"));
    const regularizer = regularizers.get(options.regularizer);
    const constraint = constraints.get(options.constraint);
    return withNameScope(this.name, this, () => {
      const path = name === undefined ? undefined : `${currentPath()}/${name}`;
      if (!isKnown(shape)) {
        throw new ValueError(
          "Shapes used to initialize variables must be fully-defined (no `None` dimensions). " +
            `Received: shape=${formatShape(shape)} for variable path='${path ?? currentPath()}'`,
        );
      }
      const variable = new Variable(initializer, {
        shape,
        dtype,
        trainable: trainable && this.#trainable,
        autocast: options.autocast ?? true,
        name,
        path,
      });
      if (name === undefined) variable.path = `${currentPath()}/${variable.name}`;
      variable.regularizer = regularizer;
      variable.constraint = constraint;
      this.#ownVariables.push({ variable, trainable });
      return variable;
    });
  }

  /** As {@link addWeight}, where shape and initializer must be given. */
  addVariable(
    shape: Shape,
    initializer: initializers.InitializerLike,
    options: Omit<WeightOptions, "shape" | "initializer"> = {},
  ): Variable {
    return this.addWeight({ ...options, shape, initializer });
  }

  /** Removed from Keras; it stays to say what to do. @throws NotImplementedError always. */
  addMetric(): never {
    throw new NotImplementedError(
      `Layer "${this.name}": addMetric does not exist any more. Give metrics to \`compile({ metrics })\`, or keep a metric in a field and call ` +
        "its `updateState` where it is needed.",
    );
  }

  /** @internal Says that all state is there: from here on new weights and layers are errors. */
  lockState(): void {
    this.#complete ??= this.subLayers();
  }

  /** @internal Lets a method of the layer make weights after all. */
  unlocked(make: () => void): void {
    const before = this.#complete;
    this.#complete = null;
    try {
      make();
    } finally {
      this.#complete = before;
    }
  }

  /** @internal Whether {@link lockState} was called. @throws StateError if other layers are in its fields than then. */
  checkState(): boolean {
    const then = this.#complete;
    if (then === null) return false;
    const now = this.subLayers();
    const other = now.find((layer) => !then.includes(layer));
    if (other !== undefined) throw this.#tooLate(`the layer "${other.name}" is new`);
    return true;
  }

  #tooLate(what: string): StateError {
    return new StateError(
      `Layer "${this.name}" (${this.className}) is built already: no weights and layers can be added to it, but ${what}. ` +
        "Make them in the constructor, or in `build`.",
    );
  }

  /** @internal The layers this one consists of, in order. Models know theirs; others look into their fields. */
  subLayers(): readonly LayerState[] {
    return trackFields(this, isLayer).layers;
  }

  /** @internal The variables that are this layer's alone, in the order of files: trainable ones first, as made. */
  get ownVariables(): readonly Variable[] {
    const mine = new Set(this.#ownVariables.map(({ variable }) => variable));
    const found = trackFields(this, isLayer).variables.filter((variable) => !mine.has(variable));
    const all = [...this.#ownVariables, ...found.map((variable) => ({ variable, trainable: variable.trainable }))];
    return [...all.filter((w) => w.trainable), ...all.filter((w) => !w.trainable)].map(({ variable }) => variable);
  }

  /** @internal Those of them that files keep. */
  get filedVariables(): readonly Variable[] {
    return this.ownVariables;
  }

  /** All weights, those of the layers inside it included. */
  get weights(): Variable[] {
    return [...new Set(this.#withLayersInside().flatMap((layer) => layer.ownVariables))];
  }
  /** The weights that training changes; none while `trainable` is false. */
  get trainableWeights(): Variable[] {
    return this.#trainable ? this.weights.filter((w) => w.trainable) : [];
  }
  /** The weights that training leaves alone. */
  get nonTrainableWeights(): Variable[] {
    return this.#trainable ? this.weights.filter((w) => !w.trainable) : this.weights;
  }
  /** All state: the weights and the states of random generators. */
  get variables(): Variable[] {
    const states = (layer: LayerState): Variable[] =>
      trackFields(layer, isLayer).seedGenerators.map(({ state }) => state);
    return [...new Set(this.#withLayersInside().flatMap((layer) => [...layer.ownVariables, ...states(layer)]))];
  }
  /** The state that training changes by gradients. */
  get trainableVariables(): Variable[] {
    return this.#trainable ? this.variables.filter((v) => v.trainable) : [];
  }
  /** All other state. */
  get nonTrainableVariables(): Variable[] {
    return this.#trainable ? this.variables.filter((v) => !v.trainable) : this.variables;
  }

  /** The metrics in its fields and in those of the layers inside it: in a model they are reset with the others and stand in the logs. */
  get metrics(): Metric[] {
    return [...new Set(this.#withLayersInside().flatMap((layer) => trackFields(layer, isLayer).metrics))];
  }
  /** The state of {@link metrics}. */
  get metricsVariables(): Variable[] {
    return this.metrics.flatMap((metric) => metric.variables);
  }

  /** Whether training changes the weights. Setting it sets it for the layers inside too. */
  get trainable(): boolean {
    return this.#trainable;
  }
  set trainable(value: boolean) {
    for (const layer of this.#withLayersInside()) {
      layer.#trainable = Boolean(value);
      for (const { variable, trainable } of layer.#ownVariables) if (trainable) variable.trainable = layer.#trainable;
    }
  }

  /** The number of scalars in the weights. @throws StateError before the layer is built. */
  countParams(): number {
    if (!this.#built) {
      throw new StateError(
        `You tried to call \`countParams\` on layer "${this.name}", but the layer isn't built. ` +
          "Call it on data, or build it with `layer.build(inputShape)`.",
      );
    }
    return this.weights.reduce((total, weight) => total + weight.size, 0);
  }

  /** The values of {@link weights}. */
  getWeights(): Tensor[] {
    return this.weights.map((weight) => weight.value);
  }

  /**
   * Sets the values of {@link weights}: a list of tensors, nested arrays, or typed arrays of the right size. Nothing changes unless all fit.
   *
   * @throws ValueError for the wrong number of values or a wrong shape.
   */
  setWeights(values: readonly WeightValue[]): void {
    assignWeights(this.name, this.weights, values);
  }

  /**
   * Puts what files keep of this layer, without the layers inside it, into a store: its weights by their numbers. A layer with other state
   * writes its own, together with {@link loadOwnVariables}.
   */
  saveOwnVariables(store: Store): void {
    this.filedVariables.forEach((variable, i) => {
      store[i] = variable.value;
    });
  }

  /**
   * Takes back what {@link saveOwnVariables} put into a store.
   *
   * @throws ValueError unless the store has as many tensors as the layer has weights, each of its weight's shape.
   */
  loadOwnVariables(store: Readonly<Store>): void {
    assignStored(this, this.filedVariables, store);
  }

  /** Adds a scalar to {@link losses}, from inside `call`. */
  addLoss(loss: Tensor | readonly Tensor[]): void {
    const losses = flatten<Tensor>(loss as Structure<Tensor>);
    if (losses.some(({ trace }) => trace !== null && trace.parent !== null)) {
      throw new NotImplementedError(
        `Layer "${this.name}": a loss inside a loop over time (a cell, a layer in TimeDistributed) would be known to its step alone. Add it on the loop's outputs, or set \`unroll: true\`.`,
      );
    }
    anyLosses = true;
    this.#losses.push(...losses);
  }

  /** Scalars that training adds to the loss: those of the last call, and the penalties of regularizers on weights. */
  get losses(): Tensor[] {
    const trace = currentTrace();
    const fits = (loss: Tensor): boolean => loss.trace === null || loss.trace === trace;
    const own = this.#withLayersInside().flatMap((layer) => layer.#losses.filter(fits));
    const penalties = this.trainableWeights.flatMap((w) => (w.regularizer === null ? [] : [w.regularizer(w.value)]));
    return [...own, ...penalties];
  }

  /** @internal Forgets the losses of calls, of this layer and those inside. */
  clearLosses(): void {
    if (!anyLosses) return;
    for (const layer of this.#withLayersInside()) layer.#losses = [];
  }

  /** This layer and those inside it, each once, outer ones first. */
  #withLayersInside(): LayerState[] {
    const all = new Set<LayerState>();
    const walk = (layer: LayerState): void => {
      if (all.has(layer)) return;
      all.add(layer);
      layer.subLayers().forEach(walk);
    };
    walk(this);
    return [...all];
  }
}

numberedLoads.add(LayerState.prototype.loadOwnVariables);

/** Whether any layer ever had a loss of its calls: most programs have none, and every outermost call would look for some. */
let anyLosses = false;

function isLayer(value: unknown): value is LayerState {
  return value instanceof LayerState;
}
