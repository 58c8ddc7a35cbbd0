import { mapStructure, type Structure } from "../../engine/nest.js";
import { describe, type Shape } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import {
  type Config,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "../../saving/serialization.js";
import { type Constructor, Layer, type LayerOptions, layerFromConfig } from "../layer.js";
import { callCell, cellArguments, checkCell, outputSize, type RNNCell, type StateSize, unbuilt } from "./cell.js";
import type { States } from "./rnn-loop.js";

/** Options of {@link StackedRNNCells}. */
export type StackedRNNCellsOptions = LayerOptions;

/**
 * Cells one on top of the other as one cell: each gets the output of the one before. Its states are the lists of theirs.
 *
 * @example layers.RNN(layers.StackedRNNCells([layers.LSTMCell(32), layers.LSTMCell(16)]))
 * Source: `keras.layers.StackedRNNCells`.
 */
export class StackedRNNCells extends Layer {
  static override readonly positional = ["cells"];

  readonly cells: readonly RNNCell[];

  /** @throws ValueError for an empty list, and for something that is no cell. */
  constructor(cells: readonly RNNCell[], options: StackedRNNCellsOptions = {}) {
    if (!Array.isArray(cells) || cells.length === 0) {
      throw new ValueError(`StackedRNNCells: expected a list of at least one cell. Received: ${describe(cells)}`);
    }
    for (const cell of cells) checkCell(cell, "StackedRNNCells");
    super(options);
    this.cells = [...cells];
  }

  /** The sizes of the states of each cell. */
  get stateSize(): readonly StateSize[] {
    return this.cells.map(({ stateSize }) => stateSize);
  }
  /** How long the output is: that of the last cell. */
  get outputSize(): number {
    return outputSize(this.cells.at(-1) as RNNCell);
  }

  override build(inputShape: Shape): void {
    let shape = inputShape;
    for (const cell of this.cells) {
      if (cell instanceof Layer && !cell.built) cell.build(shape);
      shape = [inputShape[0] ?? null, outputSize(cell)];
    }
  }

  /** The states of each cell before the first step. */
  getInitialState(batchSize: number | null): States {
    const zeros = (size: number): Tensor => ops.zeros([batchSize, size], this.computeDtype);
    return this.cells.map(
      (cell) =>
        (cell.getInitialState?.(batchSize) as Structure<Tensor> | undefined) ??
        mapStructure<number, Tensor>(cell.stateSize as Structure<number>, zeros),
    );
  }

  override call(inputs: Tensor, ...rest: unknown[]): [Tensor, Structure<Tensor>] {
    const { states, training } = cellArguments(rest, this.name);
    let output = inputs;
    const after = this.cells.map((cell, i) => {
      const own = (states as States)[i] as Structure<Tensor>;
      const [next, made] = callCell(cell, output, Array.isArray(own) ? own : [own], training);
      output = next;
      return made.length === 1 && !Array.isArray(own) ? (made[0] as Structure<Tensor>) : made;
    });
    return [output, after.length === 1 ? (after[0] as Structure<Tensor>) : after];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), cells: this.cells.map((cell) => serializeKerasObject(cell)) };
  }

  static override fromConfig<T extends Layer>(
    this: Constructor<T>,
    config: Config,
    options: DeserializeOptions = {},
  ): T {
    const cells = (config.cells as Config[]).map((cell) => deserializeKerasObject(unbuilt(cell), options));
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on, which may be a subclass.
    return layerFromConfig(this, { ...config, cells }, options);
  }
}
