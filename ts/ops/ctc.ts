import type { Operand, Result } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { concrete } from "./concrete.js";
import { convertToTensor } from "./core.js";
import { beamSearch } from "./ctc-beam-search.js";
import { einsum } from "./einsum.js";
import * as wire from "./generated.js";
import { oneHot } from "./indexing.js";
import { concatenate, pad, reshape, sliceAxis, stack } from "./movement.js";
import { max, sum } from "./reduce.js";

/** The logarithm of a probability that counts as 0. */
const NEVER = -1e5;

const tensor = (x: Operand): Tensor => convertToTensor(x) as Tensor;

/**
 * The connectionist temporal classification loss of each sequence: −ln of the probability of the target labels, over all their
 * alignments with the outputs.
 *
 * @param target Labels (batch, labels). @param output Logits (batch, steps, classes); the number of steps must be known.
 * @param targetLength Labels that count, and @param outputLength steps that count, of each sequence.
 * @param options.maskIndex The class that means no label; default 0.
 * @see Graves et al., Connectionist Temporal Classification, 2006.
 */
export function ctcLoss<A extends Operand, B extends Operand>(
  target: A,
  output: B,
  targetLength: Operand,
  outputLength: Operand,
  options: { maskIndex?: number } | number = {},
): Result<A, B> {
  const maskIndex = typeof options === "number" ? options : (options.maskIndex ?? 0);
  const compute = (labels: Operand, logits: Operand, labelCount: Operand, stepCount: Operand): Tensor => {
    const [t, x] = [tensor(labels).cast("int32"), tensor(logits)];
    if (t.ndim !== 2 || x.ndim !== 3) {
      throw new ValueError(
        `ctcLoss: expected labels (batch, labels) and logits (batch, steps, classes), got shapes ${formatShape(t.shape)} and ${formatShape(x.shape)}.`,
      );
    }
    return loss(t, x.dtype === "float64" ? x : x.cast("float32"), tensor(labelCount), tensor(stepCount), maskIndex);
  };
  const whole = compute as unknown as (a: A, b: B, c: Operand, d: Operand) => Result<A, B>;
  return composite("CTCLoss", [target, output, targetLength, outputLength] as const, whole, () => ({
    mask_index: maskIndex,
  }));
}

/** ln(eˣ + eʸ). */
const either = (x: Tensor, y: Tensor): Tensor =>
  x.maximum(y).add(wire.log1p(wire.exp(wire.negative(wire.abs(x.subtract(y))))));

/** `phi` whose places after the first are reached from `emit` too. */
function reached(phi: Tensor, emit: Tensor): Tensor {
  const last = (phi.shape[1] as number) - 1;
  return concatenate([sliceAxis(phi, 1, 0, 1), either(sliceAxis(phi, 1, 1, last), emit)], 1);
}

/**
 * The forward algorithm: `phi[n]` is the probability to have passed n labels and to be at no label, `emit[n]` that of being at label n.
 */
function loss(target: Tensor, logits: Tensor, targetLength: Tensor, outputLength: Tensor, maskIndex: number): Tensor {
  const [steps, classes] = [logits.shape[1], logits.shape[2]] as (number | null)[];
  const labels = target.shape[1] as number | null;
  if (typeof steps !== "number" || typeof classes !== "number" || typeof labels !== "number") {
    throw new ValueError("ctcLoss: the numbers of labels, steps and classes must be known.");
  }
  const logs = wire.logSoftmax(logits, { axis: -1 });
  const emits = einsum("btk,bnk->btn", logs, oneHot(target, classes, -1, logs.dtype));
  const same = wire.equal(sliceAxis(target, 1, 0, labels - 1), sliceAxis(target, 1, 1, labels - 1));
  const repeat = pad(same.cast(logs.dtype), [
    [0, 0],
    [0, 1],
  ]);
  const at = (x: Tensor, step: number): Tensor =>
    reshape(sliceAxis(x, 1, step, 1), [x.shape[0] as number | null, x.shape[2] as number | null]);
  const nothing = wire.where(false, at(emits, 0), NEVER);
  let emit = nothing;
  let phi = concatenate([wire.where(false, sliceAxis(nothing, 1, 0, 1), 0), nothing], 1);
  const ends = wire.expandDims(outputLength, { axis: -1 });
  for (let step = 0; step < steps; step++) {
    const [here, none] = [at(emits, step), at(sliceAxis(logs, 2, maskIndex, 1), step)];
    // From a label to the next one no gap is needed, unless they are equal.
    const open = reached(phi, emit.add(repeat.multiply(NEVER)));
    const nextEmit = either(sliceAxis(open, 1, 0, labels), emit).add(here);
    const stay = open.add(none);
    const nextPhi = reached(stay, emit.add(none).add(wire.subtract(1, repeat).multiply(NEVER)));
    const over = wire.lessEqual(ends, step);
    [emit, phi] = [wire.where(over, emit, nextEmit), wire.where(over, phi, nextPhi)];
  }
  const final = wire.takeAlongAxis(reached(phi, emit), wire.expandDims(targetLength, { axis: -1 }));
  return wire.negative(reshape(final, [final.shape[0] as number | null]));
}

/** Options of {@link ctcDecode}. */
export interface CtcDecodeOptions {
  /** `"greedy"` (default): the best class of each step; `"beam_search"`: the best labels over their alignments, for tensors with values. */
  strategy?: "greedy" | "beam_search";
  /** How many candidates a search keeps; default 100. */
  beamWidth?: number;
  /** How many results a search gives; default 1. */
  topPaths?: number;
  /** Whether the greedy strategy takes equal classes one after the other for one label; default true. */
  mergeRepeated?: boolean;
  /** The class that means no label; default 0. `null`: the last. */
  maskIndex?: number | null;
}

/**
 * The labels that outputs (batch, steps, classes) stand for: (paths, batch, steps) filled up with -1 (int32), and scores (batch, paths):
 * for the greedy strategy the negative sum of the best logits, for a search the logarithms of the probabilities.
 *
 * @throws ValueError for an unknown strategy; NotImplementedError for a search over a symbolic or traced tensor.
 */
export function ctcDecode<X extends Operand>(
  inputs: X,
  sequenceLengths: Operand,
  options: CtcDecodeOptions = {},
): [Result<X>, Result<X>] {
  const { strategy = "greedy", beamWidth = 100, topPaths = 1, mergeRepeated = true, maskIndex = 0 } = options;
  if (strategy !== "greedy" && strategy !== "beam_search") {
    throw new ValueError(`ctcDecode: expected strategy "greedy" or "beam_search", got ${describe(strategy)}.`);
  }
  const compute = (given: Operand, lengths: Operand): [Tensor, Tensor] => {
    const x = tensor(given);
    const classes = x.shape.at(-1);
    if (x.ndim !== 3 || typeof classes !== "number") {
      throw new ValueError(`ctcDecode: expected (batch, steps, classes), got shape ${formatShape(x.shape)}.`);
    }
    const mask = maskIndex ?? classes - 1;
    if (strategy === "greedy") return greedy(x, tensor(lengths), mask, mergeRepeated);
    const logs = concrete(wire.logSoftmax(x, { axis: -1 }), "ctcDecode");
    return beamSearch(logs, concrete(lengths, "ctcDecode"), mask, beamWidth, topPaths);
  };
  const whole = compute as unknown as (x: X, lengths: Operand) => [Result<X>, Result<X>];
  return composite("CTCDecode", [inputs, sequenceLengths] as const, whole, () => ({
    strategy,
    beam_width: beamWidth,
    top_paths: topPaths,
    merge_repeated: mergeRepeated,
    mask_index: maskIndex,
  }));
}

function greedy(x: Tensor, lengths: Tensor, mask: number, merge: boolean): [Tensor, Tensor] {
  const steps = x.shape[1] as number | null;
  if (steps === null) throw new ValueError("ctcDecode: the number of steps must be known.");
  const places = wire.iota({ shape: [1, steps], axis: 1 });
  const over = wire.greaterEqual(places, wire.expandDims(lengths, { axis: -1 }));
  const best = wire.where(over, mask, wire.argmax(x, { axis: -1 }));
  const scores = wire.where(over, 0, max(x, -1));
  const before = pad(
    sliceAxis(best, 1, 0, steps - 1),
    [
      [0, 0],
      [1, 0],
    ],
    { constantValues: -1 },
  );
  const none = merge ? wire.logicalOr(wire.equal(best, mask), wire.equal(best, before)) : wire.equal(best, mask);
  const order = wire.argsort(wire.where(none, steps, places));
  const labels = wire.takeAlongAxis(wire.where(none, -1, best), order);
  return [stack([labels]), wire.negative(sum(scores, 1, { keepdims: true }))];
}
