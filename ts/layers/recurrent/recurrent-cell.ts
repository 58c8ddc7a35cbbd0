import type { Activation } from "../../activations/index.js";
import type * as constraints from "../../constraints/index.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import { SeedGenerator } from "../../engine/seed.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { InvalidTypeError } from "../../errors.js";
import type * as initializers from "../../initializers/index.js";
import * as ops from "../../ops/index.js";
import * as random from "../../random/index.js";
import type * as regularizers from "../../regularizers/index.js";
import type { Config } from "../../saving/serialization.js";
import { type ActivationLike, resolveActivation, serializeActivation } from "../activations/resolve.js";
import { Layer, type LayerOptions } from "../layer.js";
import {
  type BiasOptions,
  type KernelOptions,
  settingsConfig,
  settingsOf,
  takeSettings,
  type WeightSettings,
} from "../weight-settings.js";
import type { StateSize } from "./cell.js";

/** Options that the built-in cells share. */
export interface RecurrentCellOptions extends LayerOptions, KernelOptions, BiasOptions {
  /** Applied to the new state. Default `"tanh"`. */
  activation?: ActivationLike;
  /** Whether a bias is added. Default `true`. */
  useBias?: boolean;
  /** Of the matrix applied to the state. Default `"orthogonal"`. */
  recurrentInitializer?: initializers.InitializerLike;
  recurrentRegularizer?: regularizers.RegularizerLike | null;
  recurrentConstraint?: constraints.ConstraintLike | null;
  /** The share of the input's elements dropped in training. Default 0. */
  dropout?: number;
  /** The share of the state's elements dropped in training. Default 0. */
  recurrentDropout?: number;
  /** The seed of the dropout. */
  seed?: number | null;
}

/** Options of the cells with gates. */
export interface GatedCellOptions extends RecurrentCellOptions {
  /** Applied to the gates. Default `"sigmoid"`. */
  recurrentActivation?: ActivationLike;
  /** 1: a dropout mask for each gate (always so with `recurrentDropout`); 2 (default): one for all. */
  implementation?: 1 | 2;
}

/** The masks of one pass over a sequence: one for all gates, or one for each. */
type Masks = readonly Tensor[] | null;

export interface RecurrentCell extends WeightSettings<"kernel" | "recurrent" | "bias"> {}

/** What the built-in cells have in common: options, weights of `gates` parts, and dropout with the same masks at every step. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns the settings.
export abstract class RecurrentCell extends Layer {
  static override readonly positional: readonly string[] = ["units"];

  readonly units: number;
  readonly activation: Activation;
  readonly recurrentActivation: Activation | null;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | null;
  readonly seedGenerator: SeedGenerator | null;
  /** Parts of the weights: one for each gate and one for the new state. */
  protected readonly gates: number;
  readonly #maskCount: number;
  #kernel: Variable | null = null;
  #recurrentKernel: Variable | null = null;
  #bias: Variable | null = null;
  #inputMasks: Masks = null;
  #stateMasks: Masks = null;

  /** @throws ValueError unless `units` is a positive integer, and for unknown names. */
  constructor(units: number, gates: number, options: GatedCellOptions) {
    const [settings, rest] = takeSettings(options, {
      kernel: "glorot_uniform",
      recurrent: "orthogonal",
      bias: "zeros",
    });
    const { activation, recurrentActivation, useBias, implementation, dropout, recurrentDropout, seed, ...base } = rest;
    super(base);
    Object.assign(this, settings);
    this.units = positiveInteger(this.className, "units", units);
    this.gates = gates;
    this.activation = resolveActivation(activation === undefined ? "tanh" : activation);
    this.recurrentActivation =
      gates === 1 ? null : resolveActivation(recurrentActivation === undefined ? "sigmoid" : recurrentActivation);
    this.useBias = useBias ?? true;
    this.dropout = share(this.className, "dropout", dropout);
    this.recurrentDropout = share(this.className, "recurrentDropout", recurrentDropout);
    this.#maskCount = gates > 1 && (implementation === 1 || this.recurrentDropout > 0) ? gates : 1;
    this.seed = seed ?? null;
    this.seedGenerator = this.dropout > 0 || this.recurrentDropout > 0 ? new SeedGenerator(this.seed) : null;
  }

  /** The matrix applied to the input, `null` before the cell is built. */
  get kernel(): Variable | null {
    return this.#kernel;
  }
  /** The matrix applied to the state, `null` before the cell is built. */
  get recurrentKernel(): Variable | null {
    return this.#recurrentKernel;
  }
  /** The bias, `null` before the cell is built or without one. */
  get bias(): Variable | null {
    return this.#bias;
  }

  /** How long the states are. */
  get stateSize(): StateSize {
    return this.units;
  }
  /** How long the output is. */
  get outputSize(): number {
    return this.units;
  }

  /** The shapes of kernel, recurrent kernel and bias. */
  protected weightShapes(inputShape: Shape): { kernel: Shape; recurrent: Shape; bias: Shape } {
    const all = this.units * this.gates;
    return { kernel: [inputShape.at(-1) ?? null, all], recurrent: [this.units, all], bias: [all] };
  }

  /** The initializer of the whole bias. */
  protected wholeBiasInitializer(): initializers.InitializerLike {
    return this.biasInitializer;
  }

  override build(inputShape: Shape): void {
    const shapes = this.weightShapes(inputShape);
    this.#kernel = this.addWeight({
      name: "kernel",
      shape: shapes.kernel,
      ...settingsOf(this, "kernel"),
    });
    this.#recurrentKernel = this.addWeight({
      name: "recurrent_kernel",
      shape: shapes.recurrent,
      ...settingsOf(this, "recurrent"),
    });
    if (this.useBias) {
      this.#bias = this.addWeight({
        name: "bias",
        shape: shapes.bias,
        ...settingsOf(this, "bias"),
        initializer: this.wholeBiasInitializer(),
      });
    }
  }

  /** The states before the first step: zeros. */
  getInitialState(batchSize: number | null): Tensor[] {
    return [ops.zeros([batchSize, this.units], this.computeDtype)];
  }

  /** Draws the dropout masks for all steps of a pass; a call outside of one draws its own. @internal */
  prepareDropout(input: Tensor, state: Tensor): void {
    this.#inputMasks = this.#masks(input, this.dropout);
    this.#stateMasks = this.#masks(state, this.recurrentDropout);
  }

  /** Forgets the masks of the pass. @internal */
  resetDropout(): void {
    this.#inputMasks = null;
    this.#stateMasks = null;
  }

  #masks(like: Tensor, rate: number): Masks {
    if (rate === 0 || this.seedGenerator === null) return null;
    const draw = (): Tensor => random.dropout(ops.onesLike(like), rate, { seed: this.seedGenerator });
    return Array.from({ length: this.#maskCount }, draw);
  }

  /** The input as each gate sees it; one tensor when all see the same. */
  protected droppedInputs(input: Tensor, training: boolean): Tensor[] {
    return dropped(input, training ? (this.#inputMasks ?? this.#masks(input, this.dropout)) : null);
  }
  /** The state as each gate sees it; one tensor when all see the same. */
  protected droppedStates(state: Tensor, training: boolean): Tensor[] {
    return dropped(state, training ? (this.#stateMasks ?? this.#masks(state, this.recurrentDropout)) : null);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      units: this.units,
      ...commonConfig(this),
      seed: this.seed,
    };
  }
}

/** As Keras, what lies outside of [0, 1] is brought there. @throws InvalidTypeError for what is no number. */
function share(who: string, name: string, rate: unknown): number {
  if (rate == null) return 0;
  if (typeof rate === "number" && !Number.isNaN(rate)) return Math.min(1, Math.max(0, rate));
  throw new InvalidTypeError(
    `${who}: expected \`${name}\` to be a number between 0 and 1. Received: ${describe(rate)}`,
  );
}

const dropped = (x: Tensor, masks: Masks): Tensor[] => (masks === null ? [x] : masks.map((mask) => x.multiply(mask)));

/** The part of the config that cells and the layers around them have in common. */
export function commonConfig(cell: RecurrentCell): Config {
  return {
    activation: serializeActivation(cell.activation),
    ...(cell.recurrentActivation === null
      ? {}
      : { recurrent_activation: serializeActivation(cell.recurrentActivation) }),
    use_bias: cell.useBias,
    ...settingsConfig(cell, "kernel", "recurrent", "bias"),
    dropout: cell.dropout,
    recurrent_dropout: cell.recurrentDropout,
  };
}

/** The products of what the gates see and their parts of a matrix, side by side: one product when all see the same. */
export function project(xs: readonly Tensor[], matrix: Tensor | Variable, gates: number): Tensor {
  if (xs.length === 1) return ops.matmul(xs[0] as Tensor, matrix);
  const parts = ops.split(matrix, gates, -1);
  return ops.concatenate(
    xs.map((x, i) => ops.matmul(x, parts[i] as Tensor)),
    -1,
  );
}
