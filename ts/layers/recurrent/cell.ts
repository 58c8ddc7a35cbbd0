import { describe } from "../../engine/shape.js";
import type { Tensor } from "../../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer } from "../layer.js";
import type { States } from "./rnn-loop.js";

/** The size of a cell's state: the length of a vector, or one for each of several states. */
export type StateSize = number | readonly StateSize[];

/**
 * What an {@link RNN} runs: a layer, or any object with these members.
 *
 * `call(input, states)` gives `[output, newStates]` for one step.
 */
export interface RNNCell {
  /** How long the states are. */
  readonly stateSize: StateSize;
  /** How long the output is. Default: the first state's size. */
  readonly outputSize?: number | undefined;
  /** The states before the first step. Default: zeros. */
  getInitialState?(batchSize: number | null): Tensor | States;
  // biome-ignore lint/suspicious/noExplicitAny: states are a tensor or a list of them, as the cell likes.
  call(inputs: any, states: any, options?: any): any;
}

/** Checks that something can be run as a cell. @throws ValueError or InvalidTypeError that says what is missing. */
export function checkCell(cell: unknown, who: string): asserts cell is RNNCell {
  const given = cell as Partial<RNNCell> | null | undefined;
  if (typeof given?.call !== "function") {
    throw new ValueError(
      `${who}: a cell must have a \`call\` method \`call(inputs, states)\` that returns \`[output, newStates]\`. Received: ${describe(cell)}`,
    );
  }
  if (given.stateSize === undefined || given.stateSize === null) {
    throw new ValueError(`${who}: \`stateSize\` must be specified as a property of the RNN cell.`);
  }
  if (typeof given.stateSize !== "number" && !Array.isArray(given.stateSize)) {
    throw new InvalidTypeError(
      `${who}: \`stateSize\` must be an integer, or a list of integers (one for each state tensor). Received: ${describe(given.stateSize)}`,
    );
  }
}

/** Named arguments of a built-in cell's call. */
export interface CellCallOptions {
  /** The states, where they are not the second argument. */
  readonly states?: unknown;
  readonly training?: boolean;
}

/** The states and the training flag of a call `(inputs, states, { training })` or `(inputs, { states, training })`. */
export function cellArguments(rest: readonly unknown[], who: string): { states: unknown; training: boolean } {
  const named = (rest.at(-1) ?? {}) as CellCallOptions;
  const states = rest.length > 1 ? rest[0] : named.states;
  if (states == null)
    throw new ValueError(`${who}: a cell is called with an input and its states: \`cell(inputs, states)\`.`);
  return { states, training: named.training ?? false };
}

/** A config without what it was built on: who runs a cell builds it, under its own name. */
export function unbuilt(config: Config): Config {
  const { build_config: _, ...rest } = config;
  return rest;
}

/** How long a cell's output is. */
export function outputSize(cell: RNNCell): number {
  let size: StateSize = cell.outputSize ?? cell.stateSize;
  while (typeof size !== "number") size = size[0] as StateSize;
  return size;
}

/** One step of a cell: its output and its new states as a list. */
export function callCell(cell: RNNCell, input: Tensor, states: unknown, training: boolean): readonly [Tensor, States] {
  const call = cell as unknown as (...args: unknown[]) => unknown;
  const result = cell instanceof Layer ? call(input, states, { training }) : cell.call(input, states, { training });
  if (!Array.isArray(result) || result.length !== 2) {
    throw new ValueError(`A cell's \`call\` must return \`[output, newStates]\`. Received: ${describe(result)}`);
  }
  const [output, after] = result as [Tensor, unknown];
  return [output, (Array.isArray(after) ? after : [after]) as States];
}
