import { flatten, mapStructure, type Structure } from "../../engine/nest.js";
import { describe, formatShape, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { Variable } from "../../engine/variable.js";
import { StateError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../saving/serialization.js";
import { type Constructor, Layer, type LayerOptions, layerFromConfig } from "../layer.js";
import { callCell, checkCell, outputSize, type RNNCell, type StateSize, unbuilt } from "./cell.js";
import { RecurrentCell } from "./recurrent-cell.js";
import { castStates, runCell, type States } from "./rnn-loop.js";
import { StackedRNNCells } from "./stacked-rnn-cells.js";

/** Options of {@link RNN}. */
export interface RNNOptions extends LayerOptions {
  /** Whether the outputs of all steps are returned, `(batch, time, …)`, rather than the last. Default `false`. */
  returnSequences?: boolean;
  /** Whether the last states are returned after the output. Default `false`. */
  returnState?: boolean;
  /** From the last step to the first; sequences are returned in that order. Default `false`. */
  goBackwards?: boolean;
  /** Whether a call starts from the states in which the one before ended. Needs a known batch size. Default `false`. */
  stateful?: boolean;
  /** Copies the step for each time instead of looping. Default `false`. */
  unroll?: boolean;
  /** Whether the output of a masked step is zero rather than that of the step before. Default `false`. */
  zeroOutputForMask?: boolean;
}

/** Named arguments of a recurrent layer's call. */
export interface RNNCallOptions {
  /** The states to start from. Default: zeros, or where the last call ended (`stateful`). */
  initialState?: Tensor | States | null;
  /** `(batch, time)`: false where a step is to be passed over. */
  mask?: Tensor | null;
  training?: boolean;
}

/**
 * Runs a cell over the time axis: any layer or object with `stateSize` and `call(inputs, states)` that gives `[output, newStates]`.
 *
 * Shapes: `(batch, time, …)` → `(batch, units)`, with `returnSequences` `(batch, time, units)`; with `returnState` a list of that and the
 * states. The cell is recorded once; the loop over it is one op with a derivative.
 *
 * @example layers.RNN([layers.GRUCell(32), layers.GRUCell(16)], { returnSequences: true })
 * Source: `keras.layers.RNN`.
 */
export class RNN extends Layer {
  static override readonly positional: readonly string[] = ["cell"];

  readonly cell: RNNCell;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly unroll: boolean;
  /** Set by `Bidirectional`, which adds up both directions. */
  zeroOutputForMask: boolean;
  #states: Structure<Variable>[] | null = null;
  #batchSize: number | null = null;

  /**
   * @param cell What runs at each step; of a list, one on top of the other.
   * @throws ValueError for something that is no cell.
   */
  constructor(cell: RNNCell | readonly RNNCell[], options: RNNOptions = {}) {
    const { returnSequences, returnState, goBackwards, stateful, unroll, zeroOutputForMask, ...base } = options;
    const one = Array.isArray(cell) ? new StackedRNNCells(cell) : (cell as RNNCell);
    checkCell(one, new.target.name);
    super(base);
    this.cell = one;
    this.returnSequences = returnSequences ?? false;
    this.returnState = returnState ?? false;
    this.goBackwards = goBackwards ?? false;
    this.stateful = stateful ?? false;
    this.unroll = unroll ?? false;
    this.zeroOutputForMask = zeroOutputForMask ?? false;
  }

  /** The sizes of the states, one for each. */
  get stateSize(): readonly StateSize[] {
    const size = this.cell.stateSize;
    return typeof size === "number" ? [size] : size;
  }

  /** The states in which the last call ended, of a stateful layer; `null` before it is built. */
  get states(): readonly Structure<Variable>[] | null {
    return this.#states;
  }

  override build(sequencesShape: Shape): void {
    const [batch = null, , ...rest] = sequencesShape;
    if (this.cell instanceof Layer && !this.cell.built) this.cell.build([batch, ...rest]);
    if (!this.stateful) return;
    if (this.#states !== null) {
      this.resetState();
      return;
    }
    if (batch === null) {
      throw new ValueError(
        `When using \`stateful: true\` in a RNN, the batch size must be static. Found dynamic batch size: sequence.shape=${formatShape(sequencesShape)}. Give the input a \`batchShape\` or \`batchSize\`.`,
      );
    }
    const options = { trainable: false, dtype: this.variableDtype, name: "rnn_state" };
    this.#states = this.getInitialState(batch).map((state) =>
      mapStructure<Tensor, Variable>(
        state,
        ({ shape }) => new Variable((s, { dtype }) => ops.zeros(s, dtype), { ...options, shape: shape as number[] }),
      ),
    );
    this.#batchSize = batch;
  }

  /** The states before the first step: the cell's, or zeros. */
  getInitialState(batchSize: number | null): States {
    const own = this.cell.getInitialState?.(batchSize);
    if (own !== undefined) return (Array.isArray(own) ? own : [own]) as States;
    const dtype = this.cell instanceof Layer ? this.cell.computeDtype : this.computeDtype;
    const zeros = (size: StateSize): Structure<Tensor> =>
      typeof size === "number" ? ops.zeros([batchSize, size], dtype) : size.map(zeros);
    return this.stateSize.map(zeros);
  }

  /**
   * Sets the states of a stateful layer to zero.
   *
   * @throws StateError for a layer that keeps none.
   */
  resetState(): void {
    if (!this.stateful) throw new StateError(`Layer "${this.name}" must be stateful to have states to reset.`);
    for (const state of flatten<Variable>(this.#states ?? [])) state.assign(ops.zeros(state.shape, state.dtype));
  }

  /** Another name of {@link resetState}. */
  resetStates(): void {
    this.resetState();
  }

  override call(sequences: Tensor, ...rest: unknown[]): Tensor | Structure<Tensor>[] {
    const named = (rest.at(-1) ?? {}) as RNNCallOptions;
    const given = rest.length > 1 ? (rest[0] as RNNCallOptions["initialState"]) : named.initialState;
    const training = named.training ?? false;
    const initial = castStates(
      this.#initial(sequences, given),
      this.cell instanceof Layer ? this.cell.computeDtype : this.computeDtype,
    );
    prepareDropout(this.cell, sequences, initial, training);
    try {
      const { last, outputs, states } = runCell(
        (input, before) => callCell(this.cell, input, before, training),
        sequences,
        initial,
        {
          goBackwards: this.goBackwards,
          mask: firstMask(named.mask ?? null),
          // Of an unknown length only shapes are asked for.
          unroll: this.unroll && sequences.shape[1] !== null,
          zeroOutputForMask: this.zeroOutputForMask,
        },
      );
      const after = castStates(states, this.computeDtype);
      if (this.stateful) {
        const kept = flatten<Variable>(this.#states ?? []);
        flatten<Tensor>(after).forEach((state, i) => void kept[i]?.assign(state));
      }
      const output = this.returnSequences ? outputs() : last;
      const cast = output.dtype === this.computeDtype ? output : output.astype(this.computeDtype);
      return this.returnState ? [cast, ...after] : cast;
    } finally {
      resetDropout(this.cell);
    }
  }

  /** The mask of all steps for sequences; the last output and the states have none. */
  override computeMask(_inputs: unknown, mask: Structure<Tensor | null> | null = null): unknown {
    const first = this.returnSequences ? firstMask(mask) : null;
    return this.returnState ? [first, ...this.stateSize.map(() => null)] : first;
  }

  #initial(sequences: Tensor, given: RNNCallOptions["initialState"]): States {
    const batch = sequences.shape[0] ?? null;
    if (this.stateful && batch !== null && this.#batchSize !== null && batch !== this.#batchSize) {
      throw new ValueError(
        "If an RNN is stateful, the batch size of the input sequences must be the same as the batch size of the initial state. " +
          `Expected batch size: ${this.#batchSize}. Received batch size: ${batch}`,
      );
    }
    if (given != null) {
      const states = (Array.isArray(given) ? given : [given]) as States;
      const wanted = this.stateSize.length;
      if (states.length !== wanted) {
        throw new ValueError(
          `Layer "${this.name}": expected ${wanted} initial state${wanted === 1 ? "" : "s"} (stateSize ${describe(this.stateSize)}), got ${states.length}.`,
        );
      }
      return states;
    }
    if (this.#states !== null) {
      return this.#states.map((state) => mapStructure<Variable, Tensor>(state, (variable) => variable.value));
    }
    return this.getInitialState(batch);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), ...runConfig(this), cell: serializeKerasObject(this.cell) };
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const cell = deserializeKerasObject(unbuilt(config.cell as Config), options);
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, { ...config, cell }, options);
  }
}

/** The part of the config that says how the cell is run. */
export function runConfig(layer: RNN): Config {
  return {
    return_sequences: layer.returnSequences,
    return_state: layer.returnState,
    go_backwards: layer.goBackwards,
    stateful: layer.stateful,
    unroll: layer.unroll,
    zero_output_for_mask: layer.zeroOutputForMask,
  };
}

/** The mask of the sequences: of a list of masks the first. */
function firstMask(mask: Structure<Tensor | null> | null): Tensor | null {
  return flatten<Tensor | null>(mask)[0] ?? null;
}

/** Draws the dropout masks of a pass before it starts: every step uses the same. */
function prepareDropout(cell: RNNCell, sequences: Tensor, states: States, training: boolean): void {
  if (!training) return;
  if (cell instanceof RecurrentCell) {
    if (cell.dropout > 0 || cell.recurrentDropout > 0) {
      cell.prepareDropout(ops.getItem(sequences, [":", 0]), flatten<Tensor>(states)[0] as Tensor);
    }
    return;
  }
  if (!(cell instanceof StackedRNNCells)) return;
  let inputs = sequences;
  cell.cells.forEach((part, i) => {
    const own = states[i] as Structure<Tensor>;
    prepareDropout(part, inputs, (Array.isArray(own) ? own : [own]) as States, training);
    // Only the shape counts: what the next cell gets is as long as this one's output.
    const state = flatten<Tensor>(own)[0] as Tensor;
    inputs = ops.zeros([state.shape[0] ?? null, 1, outputSize(part)], state.dtype);
  });
}

function resetDropout(cell: RNNCell): void {
  if (cell instanceof RecurrentCell) cell.resetDropout();
  if (cell instanceof StackedRNNCells) cell.cells.forEach(resetDropout);
}
