import type { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";
import type { Variable } from "./variable.js";

/** Something that was computed, with its way back. */
export interface TapeEntry {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /**
   * The gradients of those inputs that are `wanted`, of the gradients of the outputs. Where nothing depends on an output, its gradient is
   * `null`; so is that of an input that does not matter.
   */
  backward(upstream: readonly (Tensor | null)[], wanted: readonly boolean[]): (Tensor | null)[];
}

/** What listens to what is computed and read. See `GradientTape`. */
export interface Tape {
  /** The trace it listens to; `null`: it listens to what runs at once. */
  readonly trace: Trace | null;
  /** Whether it follows what is computed of a tensor. */
  knows(tensor: Tensor): boolean;
  /** Something ran. */
  ran(entry: TapeEntry): void;
  /** Something was recorded in the trace, by the numbers of its values. */
  pushed(inputs: readonly number[], outputs: readonly Tensor[]): void;
  /** The value a variable has now, if it was read or assigned on the tape. */
  currentValue(variable: Variable): Tensor | undefined;
  /** A variable was read. */
  read(variable: Variable, value: Tensor): void;
  /** A variable has this value from here on. */
  assigned(variable: Variable, value: Tensor): void;
}

/** The tapes that are recording now, outer ones first. */
export const openTapes: Tape[] = [];

/** Tells the tapes of a trace (`null`: those of what runs at once) something. */
export function tellTapes(trace: Trace | null, tell: (tape: Tape) => void): void {
  for (const tape of openTapes) if (tape.trace === trace) tell(tape);
}

/** The value of a variable that is read at once: the same tensor for all tapes until another one is assigned. */
export function readOnTapes(variable: Variable, copy: () => Tensor): Tensor {
  let value: Tensor | undefined;
  tellTapes(null, (tape) => {
    value ??= tape.currentValue(variable);
  });
  const read = value ?? copy();
  tellTapes(null, (tape) => tape.read(variable, read));
  return read;
}

/**
 * Tells the tapes that a tensor shares the elements of another one, and gives it.
 *
 * @param back The gradient of the one, of that of the other. Default: it is the same.
 */
export function sameOnTapes(x: Tensor, same: Tensor, back = (gradient: Tensor): Tensor => gradient): Tensor {
  if (openTapes.length === 0) return same;
  const backward: TapeEntry["backward"] = ([gradient = null]) => [gradient === null ? null : back(gradient)];
  tellTapes(null, (tape) => tape.ran({ inputs: [x], outputs: [same], backward }));
  return same;
}

/** Whether a tape follows this concrete tensor: then what is made of it must be made by ops. */
export function onTape(x: Tensor): boolean {
  return openTapes.length > 0 && openTapes.some((tape) => tape.trace === null && tape.knows(x));
}
