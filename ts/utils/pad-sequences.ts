import { toTensor } from "../engine/convert.js";
import { allocate, asDType, type DType, isBig, isTypedArray } from "../engine/dtype.js";
import { elementOf } from "../engine/half.js";
import type { NestedArray } from "../engine/operand.js";
import { describe, formatShape, sameShape, sizeOf } from "../engine/shape.js";
import { Tensor, wrap } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** Options of {@link padSequences}. */
export interface PadSequencesOptions {
  /** The length all get. Default: that of the longest. */
  maxlen?: number | null;
  /** Default `"int32"`. Fractions are cut off by an integer type. */
  dtype?: DType | (string & {});
  /** Where short sequences are filled up: before or after. Default `"pre"`. */
  padding?: "pre" | "post";
  /** Where long sequences are cut: at their beginning or end. Default `"pre"`. */
  truncating?: "pre" | "post";
  /** What fills up. Default 0. */
  value?: number;
}

/** A sequence: numbers, or parts of one shape. */
export type SequenceData = Tensor | readonly unknown[] | ArrayLike<number>;

/**
 * Sequences of different lengths as one tensor: short ones are filled up with `value`, long ones cut to `maxlen`.
 *
 * @param sequences A list of sequences: arrays, typed arrays or tensors, of numbers or of parts that all have one shape.
 * @returns `(sequences, maxlen, ...part)` of `dtype`.
 * @example keras.utils.padSequences([[1], [2, 3], [4, 5, 6]], { maxlen: 2 }) // [[0, 1], [2, 3], [5, 6]]
 * @throws ValueError for what is no sequence, parts of different shapes, and an unknown `padding` or `truncating`.
 * Source: `keras.utils.pad_sequences`.
 */
export function padSequences(sequences: readonly SequenceData[], options: PadSequencesOptions = {}): Tensor {
  const { padding = "pre", truncating = "pre", value = 0 } = options;
  if (padding !== "pre" && padding !== "post") throw new ValueError(`Padding type "${String(padding)}" not understood`);
  if (truncating !== "pre" && truncating !== "post") {
    throw new ValueError(`Truncating type "${String(truncating)}" not understood`);
  }
  if (!Array.isArray(sequences)) throw new ValueError("`sequences` must be a list of sequences.");
  const dtype = asDType(options.dtype ?? "int32", "padSequences");
  if (typeof value !== "number") {
    throw new InvalidTypeError(`padSequences: expected \`value\` to be a number, got ${describe(value)}.`);
  }
  const lengths = sequences.map(lengthOf);
  const maxlen = options.maxlen ?? Math.max(0, ...lengths);
  if (!Number.isInteger(maxlen) || maxlen < 0) {
    throw new ValueError(
      `padSequences: expected \`maxlen\` to be a whole number from 0, got ${String(options.maxlen)}.`,
    );
  }
  const parts = sequences.map((sequence, index) => {
    const length = lengths[index] as number;
    if (length === 0) return null;
    const cut = Math.max(0, length - maxlen);
    return slice(
      sequence,
      truncating === "pre" ? [cut, length] : [0, length - cut],
      dtype,
      `padSequences: sequence ${index}`,
    );
  });
  const sample = parts.find((part) => part !== null)?.shape.slice(1) ?? [];
  const size = sizeOf(sample) as number;
  const output = allocate(dtype, sequences.length * maxlen * size, "padSequences");
  if (value !== 0)
    (output as { fill(value: unknown): void }).fill(isBig(dtype) ? BigInt(value) : elementOf(value, dtype));
  for (const [index, part] of parts.entries()) {
    if (part === null) continue;
    if (!sameShape(part.shape.slice(1), sample)) {
      throw new ValueError(
        `Shape of sample ${formatShape(part.shape.slice(1))} of sequence at position ${index} is different from expected shape ${formatShape(sample)}`,
      );
    }
    const before = padding === "pre" ? maxlen - (part.shape[0] as number) : 0;
    (output as { set(part: unknown, at: number): void }).set(part.storage, (index * maxlen + before) * size);
  }
  return wrap(dtype, [sequences.length, maxlen, ...sample], output);
}

function lengthOf(sequence: unknown, index: number): number {
  if (sequence instanceof Tensor && sequence.ndim > 0) return sequence.shape[0] as number;
  if (Array.isArray(sequence) || isTypedArray(sequence)) return sequence.length;
  throw new ValueError(
    `\`sequences\` must be a list of sequences. Found ${describe(sequence)} at position ${index}, which is none.`,
  );
}

function slice(sequence: SequenceData, [from, to]: readonly [number, number], dtype: DType, who: string): Tensor {
  const part = sequence instanceof Tensor ? sequence.at(`${from}:${to}`) : (sequence as unknown[]).slice(from, to);
  return toTensor(part as NestedArray, dtype, who);
}
