import type { DType } from "../../engine/dtype.js";
import { flatten, mapStructure, pack, type Structure } from "../../engine/nest.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";

/** The states of a cell: a list of tensors, or of the states of cells inside it. */
export type States = readonly Structure<Tensor>[];

/** One step of a cell: its output and its new states. */
export type StepFunction = (input: Tensor, states: States) => readonly [Tensor, States];

/** How {@link runCell} runs. */
export interface RunOptions {
  /** From the last step to the first; the outputs are in the order in which they came. */
  readonly goBackwards: boolean;
  /** (batch, time): the steps at which nothing happens are false. */
  readonly mask: Tensor | null;
  /** Copies the step for each time instead of looping. */
  readonly unroll: boolean;
  /** Whether the output of a masked step is zero, rather than the first state. */
  readonly zeroOutputForMask: boolean;
}

/** What comes out of {@link runCell}. */
export interface RunResult {
  /** (batch, …): the output of the last step. */
  readonly last: Tensor;
  /** (batch, time, …): all outputs. */
  readonly outputs: () => Tensor;
  readonly states: States;
}

/**
 * Runs a step over the time axis of `sequences` (batch, time, …).
 *
 * The step is recorded once and becomes one op with a derivative (see `ops.scan`), unless it is to be unrolled.
 */
export function runCell(step: StepFunction, sequences: Tensor, initial: States, options: RunOptions): RunResult {
  const mask = options.mask === null ? null : timeMajor(timeMask(options.mask));
  const inputs = timeMajor(sequences);
  return options.unroll ? unrolled(step, inputs, initial, mask, options) : looped(step, inputs, initial, mask, options);
}

function timeMajor(x: Tensor): Tensor {
  return ops.transpose(x, [1, 0, ...Array.from({ length: x.ndim - 2 }, (_, i) => i + 2)]);
}

/** The mask as booleans of (batch, time): a step counts if any of its elements does. */
function timeMask(mask: Tensor): Tensor {
  const bools = mask.dtype === "bool" ? mask : mask.astype("bool");
  return bools.ndim <= 2
    ? bools
    : ops.any(
        bools,
        Array.from({ length: bools.ndim - 2 }, (_, i) => i + 2),
      );
}

/** A mask of (batch,) beside a tensor of (batch, …). */
function beside(mask: Tensor, x: Tensor): Tensor {
  return ops.expandDims(
    mask,
    Array.from({ length: x.ndim - 1 }, (_, i) => i + 1),
  );
}

const choose = (mask: Tensor, now: Tensor, before: Tensor): Tensor => ops.where(beside(mask, now), now, before);

function chooseStates(mask: Tensor, now: States, before: States): States {
  const old = flatten<Tensor>(before);
  const chosen = flatten<Tensor>(now).map((state, i) => choose(mask, state, old[i] as Tensor));
  return pack(before, chosen) as States;
}

/** The state that stands for the output of the step before: the first, or that of the last of several cells. */
function previousOutput(states: States): Tensor {
  const first = states[0] as Structure<Tensor>;
  return Array.isArray(first) ? ((states.at(-1) as Tensor[])[0] as Tensor) : (first as Tensor);
}

function looped(
  step: StepFunction,
  inputs: Tensor,
  initial: States,
  mask: Tensor | null,
  { goBackwards, zeroOutputForMask }: RunOptions,
): RunResult {
  const carries = flatten<Tensor>(initial);
  let lastCarry = -1;
  const [last, stacked] = ops.scan(
    (before: Tensor[], slices: Tensor[]) => {
      const states = pack(initial, before) as States;
      const [output, after] = step(slices[0] as Tensor, states);
      const flat = flatten<Tensor>(after);
      if (flat.length !== before.length) {
        throw new ValueError(`The cell was given ${before.length} states, but returned ${flat.length}.`);
      }
      // Most cells give a state as their output: then the last state is the last output, and nothing need be kept for it.
      const same = mask === null || !zeroOutputForMask ? flat.indexOf(output) : -1;
      if (mask === null) {
        lastCarry = same;
        return [flat, output];
      }
      const active = slices[1] as Tensor;
      const kept = flatten<Tensor>(chooseStates(active, after, states));
      const instead = zeroOutputForMask ? ops.zerosLike(output) : previousOutput(states);
      if (same >= 0 && before[same] === instead) {
        lastCarry = same;
        return [kept, kept[same] as Tensor];
      }
      return [kept, choose(active, output, instead)];
    },
    carries,
    mask === null ? [inputs] : [inputs, mask],
    { reverse: goBackwards, recorded: true },
  ) as [Tensor[], Tensor];
  return {
    last: lastCarry >= 0 ? (last[lastCarry] as Tensor) : end(stacked, goBackwards),
    outputs: () => timeMajor(goBackwards ? ops.flip(stacked, 0) : stacked),
    states: pack(initial, last) as States,
  };
}

/** The element of a stack that came last. */
function end(stacked: Tensor, goBackwards: boolean): Tensor {
  return ops.getItem(stacked, [goBackwards ? 0 : -1]);
}

function unrolled(
  step: StepFunction,
  inputs: Tensor,
  initial: States,
  mask: Tensor | null,
  { goBackwards, zeroOutputForMask }: RunOptions,
): RunResult {
  const length = inputs.shape[0];
  if (length == null || length === 0) throw new ValueError("Unrolling requires a fixed number of timesteps.");
  let states = initial;
  const outputs: Tensor[] = [];
  for (let t = 0; t < length; t++) {
    const at = goBackwards ? length - 1 - t : t;
    const one = (x: Tensor): Tensor => ops.getItem(x, [at]);
    const [output, after] = step(one(inputs), states);
    if (mask === null) {
      outputs.push(output);
      states = pack(initial, flatten<Tensor>(after)) as States;
      continue;
    }
    const active = one(mask);
    const before = zeroOutputForMask ? undefined : outputs.at(-1);
    outputs.push(choose(active, output, before ?? ops.zerosLike(output)));
    states = chooseStates(active, after, states);
  }
  return { last: outputs.at(-1) as Tensor, outputs: () => ops.stack(outputs, 1), states };
}

/** Every state in a dtype. */
export function castStates(states: States, dtype: DType): States {
  return mapStructure<Tensor, Tensor>(states, (state) =>
    state.dtype === dtype ? state : state.astype(dtype),
  ) as States;
}
