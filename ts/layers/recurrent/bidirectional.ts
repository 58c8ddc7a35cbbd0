import { flatten, type Structure } from "../../engine/nest.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import type { Variable } from "../../engine/variable.js";
import { StateError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import {
  type Config,
  cloneByConfig,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../saving/serialization.js";
import { type Constructor, Layer, type LayerOptions, layerFromConfig, type WeightValue } from "../layer.js";
import { unbuilt } from "./cell.js";
import type { RNNCallOptions } from "./rnn.js";

/** How {@link Bidirectional} joins both directions. */
export type MergeMode = "sum" | "mul" | "ave" | "concat" | null;

/** Options of {@link Bidirectional}. */
export interface BidirectionalOptions extends LayerOptions {
  /** How both outputs become one; `null`: they stay two. Default `"concat"`. */
  mergeMode?: MergeMode;
  /** First values of the weights, those of the forward layer first. */
  weights?: readonly WeightValue[] | null;
  /** The layer that runs backwards. Default: the same with `goBackwards` turned round. */
  backwardLayer?: Layer | null;
}

/** What it needs of a layer that runs over time. */
interface Directed {
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  zeroOutputForMask?: boolean;
  readonly states?: readonly Structure<Variable>[] | null;
  resetState?(): void;
}

const modes: readonly unknown[] = ["sum", "mul", "ave", "concat", null];

/**
 * Runs a recurrent layer over a sequence and a second one over the sequence backwards.
 *
 * Shapes: as the layer's, the last axis twice as long with `mergeMode: "concat"`. With `returnState` a list of the output (two of them
 * without a merge mode), the states of the forward layer, and those of the backward layer.
 *
 * @example layers.Bidirectional(layers.LSTM(64, { returnSequences: true }))
 * Source: `keras.layers.Bidirectional`.
 */
export class Bidirectional extends Layer {
  static override readonly positional = ["layer"];

  readonly forwardLayer: Layer & Directed;
  readonly backwardLayer: Layer & Directed;
  readonly mergeMode: MergeMode;
  readonly stateful: boolean;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  #initialWeights: readonly WeightValue[] | null;

  /**
   * @param layer The layer whose copy runs forwards.
   * @throws ValueError for something that is no layer, an unknown merge mode, or two layers that do not match.
   */
  constructor(layer: Layer, options: BidirectionalOptions = {}) {
    const { mergeMode = "concat", weights = null, backwardLayer = null, ...base } = options;
    if (!(layer instanceof Layer)) {
      throw new ValueError(
        `Please initialize \`Bidirectional\` layer with a \`keras.layers.Layer\` instance. Received: ${describe(layer)}`,
      );
    }
    if (backwardLayer !== null && !(backwardLayer instanceof Layer)) {
      throw new ValueError(
        `\`backwardLayer\` needs to be a \`keras.layers.Layer\` instance. Received: ${describe(backwardLayer)}`,
      );
    }
    if (!modes.includes(mergeMode)) {
      throw new ValueError(
        `Invalid merge mode. Received: ${describe(mergeMode)}. Merge mode should be one of "sum", "mul", "ave", "concat", null`,
      );
    }
    for (const one of [layer, backwardLayer]) {
      if (one === null || typeof (one as Partial<Directed>).goBackwards === "boolean") continue;
      throw new ValueError(
        "Bidirectional: expected a layer that can run backwards, such as an RNN: one with `goBackwards`, `returnSequences`, " +
          `\`returnState\` and \`stateful\`. Received: the layer "${one.name}" (${one.className})`,
      );
    }
    super(base);
    this.forwardLayer = copy(layer, "forward_", null) as Layer & Directed;
    this.backwardLayer = (backwardLayer ?? copy(layer, "backward_", true)) as Layer & Directed;
    this.#verify();
    for (const one of [this.forwardLayer, this.backwardLayer]) {
      if (one.zeroOutputForMask !== undefined) one.zeroOutputForMask = one.returnSequences;
    }
    this.mergeMode = mergeMode;
    this.#initialWeights = weights;
    this.stateful = this.forwardLayer.stateful;
    this.returnSequences = this.forwardLayer.returnSequences;
    this.returnState = this.forwardLayer.returnState;
    this.inputSpec = layer.inputSpec;
  }

  #verify(): void {
    const [forward, backward] = [this.forwardLayer, this.backwardLayer];
    if (forward.goBackwards === backward.goBackwards) {
      throw new ValueError(
        "Forward layer and backward layer should have different `goBackwards` value. Received: " +
          `forwardLayer.goBackwards=${forward.goBackwards}, backwardLayer.goBackwards=${backward.goBackwards}`,
      );
    }
    for (const name of ["stateful", "returnSequences", "returnState"] as const) {
      if (forward[name] !== backward[name]) {
        throw new ValueError(
          `Forward layer and backward layer are expected to have the same value for attribute "${name}", got ` +
            `${forward[name]} for forward layer and ${backward[name]} for backward layer`,
        );
      }
    }
  }

  /** The states of both layers, of stateful ones. */
  get states(): readonly Structure<Variable>[] | null {
    const [forward, backward] = [this.forwardLayer.states ?? null, this.backwardLayer.states ?? null];
    return forward === null || backward === null ? null : [...forward, ...backward];
  }

  override build(sequencesShape: Shape): void {
    for (const layer of [this.forwardLayer, this.backwardLayer]) if (!layer.built) layer.build(sequencesShape);
    if (this.#initialWeights !== null) this.setWeights(this.#initialWeights);
    this.#initialWeights = null;
  }

  /** Sets the states of both layers to zero. @throws StateError unless they are stateful. */
  resetState(): void {
    if (!this.stateful) throw new StateError(`Layer "${this.name}" must be stateful to have states to reset.`);
    this.forwardLayer.resetState?.();
    this.backwardLayer.resetState?.();
  }

  /** Another name of {@link resetState}. */
  resetStates(): void {
    this.resetState();
  }

  override call(sequences: Tensor, ...rest: unknown[]): Tensor | Structure<Tensor>[] {
    const { initialState, mask = null, training = false } = (rest.at(-1) ?? {}) as RNNCallOptions;
    const given = rest.length > 1 ? rest[0] : initialState;
    const states = given == null ? null : (given as readonly Structure<Tensor>[]);
    const run = (layer: Layer, own: readonly Structure<Tensor>[] | null): Structure<Tensor>[] => {
      const named = { training, ...(mask === null ? {} : { mask }), ...(own === null ? {} : { initialState: own }) };
      const made: unknown = layer(sequences, named);
      return Array.isArray(made) ? made : [made as Tensor];
    };
    const half = states === null ? 0 : Math.floor(states.length / 2);
    const [forward, ...forwardStates] = run(this.forwardLayer, states?.slice(0, half) ?? null);
    const [last, ...backwardStates] = run(this.backwardLayer, states?.slice(half) ?? null);
    const dtype = this.computeDtype;
    const cast = (x: Tensor): Tensor => (x.dtype === dtype ? x : x.astype(dtype));
    const y = cast(forward as Tensor);
    const backward = cast(last as Tensor);
    const output = this.#merge(y, this.returnSequences ? ops.flip(backward, 1) : backward);
    if (!this.returnState) return output.length === 1 ? (output[0] as Tensor) : output;
    return [...output, ...forwardStates, ...backwardStates];
  }

  #merge(x: Tensor, y: Tensor): Tensor[] {
    switch (this.mergeMode) {
      case "concat":
        return [ops.concatenate([x, y], -1)];
      case "sum":
        return [x.add(y)];
      case "ave":
        return [x.add(y).divide(2)];
      case "mul":
        return [x.multiply(y)];
      default:
        return [x, y];
    }
  }

  /** The mask of all steps for sequences, once for each output; the last output and the states have none. */
  override computeMask(_inputs: unknown, mask: Structure<Tensor | null> | null = null): unknown {
    const first = this.returnSequences ? (flatten<Tensor | null>(mask)[0] ?? null) : null;
    return this.mergeMode === null ? [first, first] : this.returnState ? [first] : first;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      merge_mode: this.mergeMode,
      layer: serializeKerasObject(this.forwardLayer),
      backward_layer: serializeKerasObject(this.backwardLayer),
    };
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const read = (part: unknown): unknown =>
      part == null ? null : deserializeKerasObject(unbuilt(part as Config), options);
    const made = { ...config, layer: read(config.layer), backward_layer: read(config.backward_layer) };
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, made, options);
  }
}

/** The layer anew, without its state, under a name that tells its direction; turned round where `turn` is set. */
function copy(layer: Layer, prefix: string, turn: true | null): Layer {
  return cloneByConfig(layer, (whole) => {
    const config = { ...(whole.config as Config) };
    config.name = `${prefix}${layer.name.startsWith(prefix) ? layer.name.slice(prefix.length) : layer.name}`;
    if (turn !== null) config.go_backwards = true;
    return { ...unbuilt(whole), config };
  });
}
