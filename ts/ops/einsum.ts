import { toTensor } from "../engine/convert.js";
import type { DType } from "../engine/dtype.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { diagonal } from "./diagonals.js";
import { parseEinsum } from "./einsum-notation.js";
import * as wire from "./generated.js";
import { reshape, transpose } from "./movement.js";
import { sum } from "./reduce.js";

/** A tensor with the letter of each of its axes. */
interface Labelled {
  readonly tensor: Tensor;
  readonly labels: readonly string[];
}

/**
 * Sums of products in Einstein's notation: each operand's axes are named by letters, an axis whose letter is not in the result is summed
 * over, `...` stands for axes that broadcast. Without `->` the result has the letters that occur once, in alphabetical order.
 *
 * Operands are contracted from left to right, each pair as one matrix product.
 *
 * @example ops.einsum("bij,bjk->bik", x, y)
 * @example ops.einsum("...i,i->...", x, weights)
 * @throws ValueError for a notation that cannot be read, or axes of one letter with different lengths.
 */
export function einsum<X extends Operand>(subscripts: string, ...operands: X[]): Result<X> {
  if (typeof subscripts !== "string" || operands.length === 0) {
    throw new ValueError(
      `einsum: expected a notation such as "ij,jk->ik" and at least one tensor, got ${describe(subscripts)} and ${operands.length} operands.`,
    );
  }
  const compute = (...given: Operand[]): Tensor => {
    const tensors = given.map((x) => toTensor(x as TensorLike, undefined, "einsum"));
    const narrow = tensors.every((t) => t.dtype === "int8");
    return contract(subscripts, narrow ? tensors.map((t) => t.cast("int32" as DType)) : tensors);
  };
  return composite("Einsum", operands, compute as unknown as (...xs: X[]) => Result<X>, () => ({ subscripts }));
}

function contract(subscripts: string, tensors: readonly Tensor[]): Tensor {
  const { inputs, output } = parseEinsum(
    subscripts,
    tensors.map((t) => t.ndim),
  );
  checkLengths(
    subscripts,
    inputs,
    tensors.map((t) => t.shape),
  );
  const terms = tensors.map((tensor, i) => single({ tensor, labels: inputs[i] as string[] }));
  let left = terms[0] as Labelled;
  for (let i = 1; i < terms.length; i++) {
    left = pair(left, terms[i] as Labelled, new Set([...output, ...inputs.slice(i + 1).flat()]));
  }
  return arranged(summed(left, new Set(output)), output);
}

/** Axes of one letter must have one length; those under an ellipsis may also have length 1. */
function checkLengths(
  subscripts: string,
  inputs: readonly (readonly string[])[],
  shapes: readonly (readonly (number | null)[])[],
): void {
  const known = new Map<string, number>();
  for (const [i, labels] of inputs.entries()) {
    for (const [axis, label] of labels.entries()) {
      const length = shapes[i]?.[axis] ?? null;
      const before = known.get(label) ?? 1;
      if (length !== null && length !== 1 && before !== 1 && before !== length) {
        const all = shapes.map((s) => formatShape(s)).join(" and ");
        throw new ValueError(
          `einsum: in "${subscripts}" the axes named ${label} have lengths ${before} and ${length}. The shapes are ${all}.`,
        );
      }
      if (length !== null && (length !== 1 || !known.has(label))) known.set(label, length);
    }
  }
}

/** A letter twice in one operand takes the diagonal. */
function single(x: Labelled): Labelled {
  for (const [axis, label] of x.labels.entries()) {
    const again = x.labels.indexOf(label, axis + 1);
    if (again < 0) continue;
    const labels = [...x.labels.filter((l) => l !== label), label];
    return single({ tensor: diagonal(x.tensor, 0, axis, again), labels });
  }
  return x;
}

/** Without the axes nobody asks for. */
function summed(x: Labelled, wanted: ReadonlySet<string>): Labelled {
  const axes = x.labels.flatMap((label, i) => (wanted.has(label) ? [] : [i]));
  if (axes.length === 0) return x;
  return { tensor: sum(x.tensor, axes), labels: x.labels.filter((label) => wanted.has(label)) };
}

function arranged(x: Labelled, order: readonly string[]): Tensor {
  return order.join() === x.labels.join()
    ? x.tensor
    : transpose(
        x.tensor,
        order.map((label) => x.labels.indexOf(label)),
      );
}

/** Two operands as one, with the letters in `wanted`. */
function pair(a: Labelled, b: Labelled, wanted: ReadonlySet<string>): Labelled {
  const x = summed(a, new Set([...wanted, ...b.labels]));
  const y = summed(b, new Set([...wanted, ...x.labels]));
  const both = x.labels.filter((label) => y.labels.includes(label));
  const batch = both.filter((label) => wanted.has(label));
  const shared = both.filter((label) => !wanted.has(label));
  const rows = x.labels.filter((label) => !both.includes(label));
  const columns = y.labels.filter((label) => !both.includes(label));
  if (shared.length === 0 || (rows.length === 0 && columns.length === 0)) {
    const whole = {
      tensor: times(x, y, batch, rows, columns, shared),
      labels: [...batch, ...rows, ...columns, ...shared],
    };
    return summed(whole, wanted);
  }
  return product(x, y, { batch, rows, columns, shared });
}

/** The product element by element, on axes (batch, rows, columns, shared). */
function times(x: Labelled, y: Labelled, batch: string[], rows: string[], columns: string[], shared: string[]): Tensor {
  const left = arranged(x, [...batch, ...rows, ...shared]);
  const right = arranged(y, [...batch, ...columns, ...shared]);
  const at = batch.length + rows.length;
  return wire.multiply(
    widened(
      left,
      columns.map((_, i) => at + i),
    ),
    widened(
      right,
      rows.map((_, i) => batch.length + i),
    ),
  );
}

const widened = (x: Tensor, axes: readonly number[]): Tensor =>
  axes.length === 0 ? x : wire.expandDims(x, { axis: axes });

interface Roles {
  readonly batch: readonly string[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly shared: readonly string[];
}

/** The contraction as one matrix product (batch, rows, shared) · (batch, shared, columns). */
function product(x: Labelled, y: Labelled, { batch, rows, columns, shared }: Roles): Labelled {
  const n = batch.length;
  // Rows need not be one axis where the right operand is one matrix: the product takes all leading axes as rows.
  const open = n === 0;
  const transposeA = !open && x.labels.join() === [...batch, ...shared, ...rows].join();
  const transposeB = y.labels.join() === [...batch, ...columns, ...shared].join();
  const left = merged(arranged(x, transposeA ? x.labels : [...batch, ...rows, ...shared]), n, [
    transposeA ? shared.length : open ? null : rows.length,
    transposeA ? rows.length : shared.length,
  ]);
  const right = merged(arranged(y, transposeB ? y.labels : [...batch, ...shared, ...columns]), n, [
    transposeB ? columns.length : shared.length,
    transposeB ? shared.length : columns.length,
  ]);
  const out = wire.matmul(left, right, { transposeA, transposeB });
  const length = (of: Labelled) => (label: string) => of.tensor.shape[of.labels.indexOf(label)] ?? null;
  const labels = [...batch, ...rows, ...columns];
  const fits = columns.length === 1 && (open || rows.length === 1);
  if (fits) return { tensor: out, labels };
  const shape = [...out.shape.slice(0, n), ...rows.map(length(x)), ...columns.map(length(y))];
  return { tensor: reshape(out, shape), labels };
}

/** Runs of axes after the first `n` made one axis each; `null` leaves all axes in that place as they are. */
function merged(x: Tensor, n: number, runs: readonly (number | null)[]): Tensor {
  const fixed = runs.reduce<number>((s, r) => s + (r ?? 0), 0);
  const shape = [...x.shape.slice(0, n)];
  let at = n;
  for (const run of runs) {
    const count = run ?? x.ndim - n - fixed;
    const part = x.shape.slice(at, at + count);
    if (run === null) shape.push(...part);
    else shape.push(part.includes(null) ? null : (part as number[]).reduce((a, b) => a * b, 1));
    at += count;
  }
  return shape.length === x.ndim ? x : reshape(x, shape);
}
