/** Values and derivatives at ties, zeros, infinities and NaN, and dtypes for dtypes, as real Keras (on JAX) gave them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { trace } from "#kerosene/engine/trace.js";

type Cell = number | string | boolean;
interface Point {
  op: string;
  args: (Cell | Cell[])[][];
  out: Cell[];
  grads?: Cell[][];
  options?: { axis?: number; pad_width?: [number, number][]; mode?: string };
}
interface Dtypes {
  dtypes: string[];
  unary: Record<string, string>;
  binary: Record<string, string[]>;
}

const folder = join(import.meta.dirname, "..", "..", "..", "__test__", "ops");
const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
const ops = keras.ops as unknown as Record<string, (...args: unknown[]) => keras.Tensor>;
/** At 0, where |x| has two slopes, TensorFlow and PyTorch take neither and JAX the right one. This library takes neither. */
const kinks = new Set(["abs", "fabs"]);
/** Where both are equal JAX's formula adds a slope too much (1.06 for 0.71), and takes half of one at the origin. */
const ties = new Set(["hypot"]);

const words: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity, "-0": -0 };
const number = (cell: Cell): number => (typeof cell === "string" ? (words[cell] as number) : Number(cell));

const shapes: Record<string, number[]> = { pad: [2, 3], nan: [3, 3] };

function close(got: number, want: number): boolean {
  if (Object.is(got, want) || got === want) return true;
  return Math.abs(got - want) <= 2e-6 + 2e-5 * Math.abs(want);
}

function call({ op, options }: Point): (xs: keras.Tensor[]) => keras.Tensor {
  const fn = ops[snakeToCamel(op)] as (...args: unknown[]) => keras.Tensor;
  return (xs) => {
    if (op === "pad") return fn(...xs, options?.pad_width, { mode: options?.mode });
    return options?.axis === undefined ? fn(...xs) : fn(...xs, options.axis);
  };
}

function inputs(point: Point): keras.Tensor[] {
  const shape = point.op === "pad" ? shapes.pad : point.op.startsWith("nan") && point.options ? shapes.nan : undefined;
  return point.args.map((cells) => {
    const values = Float32Array.from((cells as Cell[]).map(number));
    return keras.tensor(values, { shape: shape ?? [values.length] });
  });
}

/** Whether this library and JAX part here on purpose. */
function known({ op, args }: Point, i: number): boolean {
  const at = (k: number): number => number((args[k] as Cell[])[i] as Cell);
  return (kinks.has(op) && at(0) === 0) || (ties.has(op) && at(0) === at(1));
}

function wrong(got: ArrayLike<number | bigint>, want: Cell[], skip: (i: number) => boolean): string[] {
  return want.flatMap((cell, i) =>
    skip(i) || close(Number(got[i]), number(cell)) ? [] : [`place ${i}: ${got[i]}, Keras ${cell}`],
  );
}

const { cases } = read<{ cases: Point[] }>("keras-points.json");
for (const point of cases) {
  const name = `${point.op}${point.options ? ` ${JSON.stringify(point.options)}` : ""}`;
  test(`${name}: value`, (t) => {
    t.deepEqual(
      wrong(call(point)(inputs(point)).dataSync(), point.out, () => false),
      [],
    );
  });
  const { grads } = point;
  if (grads === undefined) continue;
  test(`${name}: derivative`, (t) => {
    const xs = inputs(point);
    const traced = trace(xs, (...args) => call(point)(args as keras.Tensor[]));
    const found = traced.trace.gradients([traced.result], traced.inputs as keras.Tensor[], [
      keras.ops.onesLike(traced.result),
    ]);
    // Where a derivative of infinities or NaN is asked for, or JAX has NaN, there is nothing to promise.
    for (const [k, want] of grads.entries()) {
      const gradient = found[k];
      const out = new Float32Array(want.length);
      if (gradient) {
        const data = xs.map((x) => x.dataSync());
        traced.trace.compile([gradient]).runSync(data, [out]);
      }
      const finite = (i: number): boolean =>
        point.op === "pad" || xs.every((x) => Number.isFinite(Number(x.dataSync()[i])));
      t.deepEqual(
        wrong(out, want, (i) => want[i] === "nan" || known(point, i) || (!finite(i) && !point.op.startsWith("nan"))),
        [],
        `operand ${k}`,
      );
    }
  });
}

const table = read<Dtypes>("keras-dtypes.json");
const symbol = (dtype: string | undefined): keras.KerasTensor =>
  new keras.KerasTensor([2, 2], { dtype: dtype as string });
const dtypeOf = (char: string): string | undefined => (char === "-" ? undefined : table.dtypes[Number(char)]);
for (const [op, row] of Object.entries(table.unary)) {
  const fn = ops[snakeToCamel(op)];
  if (fn === undefined) continue;
  test(`${op}: dtypes`, (t) => {
    const got = [...row].map((char, i) => (char === "-" ? undefined : fn(symbol(table.dtypes[i])).dtype));
    t.deepEqual(got, [...row].map(dtypeOf));
  });
}
for (const [op, rows] of Object.entries(table.binary)) {
  const fn = ops[snakeToCamel(op)];
  if (fn === undefined) continue;
  test(`${op}: dtypes`, (t) => {
    const wanted = rows.map((row) => [...row].map(dtypeOf));
    const got = rows.map((row, i) =>
      [...row].map((char, j) =>
        char === "-" ? undefined : fn(symbol(table.dtypes[i]), symbol(table.dtypes[j])).dtype,
      ),
    );
    t.deepEqual(got, wanted);
  });
}
