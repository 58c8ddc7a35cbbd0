import type { Operand, Result } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { convertToTensor } from "./core.js";
import { einsum } from "./einsum.js";
import * as wire from "./generated.js";
import { oneHot } from "./indexing.js";
import { concatenate, pad, reshape, sliceAxis } from "./movement.js";
import { sum } from "./reduce.js";

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
  // All labels are passed.
  const all = oneHot(targetLength, labels + 1, -1, logs.dtype);
  return wire.negative(sum(reached(phi, emit).multiply(all), 1));
}
