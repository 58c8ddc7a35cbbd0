import test from "ava";
import * as keras from "kerosene";
import { ops } from "kerosene";
import { candle } from "../candle.js";

const inf = Number.POSITIVE_INFINITY;
const halves = ["float16", "bfloat16"] as const;

// biome-ignore format: a table
/** Numbers, and what numpy's float16 and ml_dtypes' bfloat16 make of them: `float(np.float64(x).astype(dtype))`. */
const table: readonly (readonly [number, number, number])[] = [
  [0.1, 0.0999755859375, 0.10009765625],
  [-0.1, -0.0999755859375, -0.10009765625],
  [1 / 3, 0.333251953125, 0.333984375],
  [1, 1, 1],
  [-2.5, -2.5, -2.5],
  // The middle between two goes to the even one.
  [1.00048828125, 1, 1],
  [1.00390625, 1.00390625, 1],
  [1.01171875, 1.01171875, 1.015625],
  [2049, 2048, 2048],
  [2051, 2052, 2048],
  // Just above the middle, by less than a float32 can tell.
  [1 + 2 ** -11 + 2 ** -40, 1.0009765625, 1],
  [65504, 65504, 65536],
  [65519, 65504, 65536],
  [65520, inf, 65536],
  [-65520, -inf, -65536],
  [1e5, inf, 99840],
  [3.3895313892515355e38, inf, 3.3895313892515355e38],
  [3.4e38, inf, inf],
  // Subnormal.
  [6.097555160522461e-5, 6.097555160522461e-5, 6.103515625e-5],
  [6e-8, 2 ** -24, 6.007030606269836e-8],
  [2.9802322387695312e-8, 0, 2.9802322387695312e-8],
  [3.1e-8, 2 ** -24, 3.096647560596466e-8],
  [1e-10, 0, 1.000444171950221e-10],
  [1e-40, 0, 9.183549615799121e-41],
  [1e-45, 0, 0],
  [NaN, NaN, NaN],
  [-inf, -inf, -inf],
  [-0, -0, -0],
];
const given = table.map(([x]) => x);

for (const [i, dtype] of halves.entries()) {
  const wanted = table.map((row) => row[i + 1] as number);

  test(`${dtype}: numbers round as numpy's do`, (t) => {
    const x = keras.tensor(given, { dtype });
    t.is(x.dtype, dtype);
    t.deepEqual(x.tolist(), wanted);
    t.deepEqual(x.dataSync(), Float32Array.from(wanted));
    t.deepEqual(keras.tensor(new Float64Array(given), { dtype }).tolist(), wanted);
    t.deepEqual(new keras.Variable(given, { dtype }).tolist(), wanted);
    t.deepEqual(new keras.Variable(given, { dtype }).dataSync(), Float32Array.from(wanted));
  });

  test(`${dtype}: the core rounds the same way, and casts back`, (t) => {
    const x = keras.tensor(given, { dtype: "float64" }).astype(dtype);
    // What comes between float32's subnormal numbers and 0 is 0 to the core.
    const normal = (list: readonly number[]) =>
      list.filter((_, k) => Math.abs(given[k] as number) > 1e-37 || !given[k]);
    t.deepEqual(normal(x.tolist()), normal(wanted));
    t.deepEqual(normal(x.astype("float32").tolist()), normal(wanted));
    t.deepEqual(normal(x.astype("float64").astype(dtype).tolist()), normal(wanted));
  });

  test(`${dtype}: casts from and to integers and booleans`, (t) => {
    t.deepEqual(keras.tensor([300, -7, 2049]).astype(dtype).tolist(), [300, -7, 2048]);
    t.deepEqual(keras.tensor([1.9, -1.9, 300], { dtype }).astype("int32").tolist(), [1, -1, 300]);
    t.deepEqual(keras.tensor([0, -0, NaN, 2], { dtype }).astype("bool").tolist(), [false, false, true, true]);
    t.deepEqual(keras.tensor([true, false]).astype(dtype).tolist(), [1, 0]);
    t.deepEqual(keras.tensor([1n, 2n]).astype(dtype).tolist(), [1, 2]);
    const other = dtype === "float16" ? "bfloat16" : "float16";
    t.deepEqual(keras.tensor([1.5, 70000], { dtype }).astype(other).tolist(), [1.5, inf]);
  });

  test(`${dtype}: ops compute in float32 and round`, (t) => {
    const step = dtype === "float16" ? 2 ** -10 : 2 ** -7;
    const one = keras.tensor(1, { dtype });
    t.is(one.add(step).item(), 1 + step);
    t.is(one.add(step / 2).item(), 1);
    // One after the other they would stay at 1 / step.
    const n = 4096;
    t.is(ops.sum(ops.ones([n], dtype)).item(), n);
    t.is(ops.matmul(ops.ones([1, n], dtype), ops.ones([n, 1], dtype)).item(), n);
    t.is(ops.mean(ops.full([n], 3, dtype)).item(), 3);
    for (const y of [
      one.add(1),
      one.multiply(2.5),
      ops.exp(one),
      ops.matmul([[1]], ops.ones([1, 1], dtype)),
      ops.sum(one),
    ]) {
      t.is(y.dtype, dtype);
    }
    t.is(one.add(keras.tensor([1.5])).dtype, "float32");
    t.is(one.add(keras.tensor([1])).dtype, dtype);
    t.is(one.add(keras.tensor(1, { dtype: dtype === "float16" ? "bfloat16" : "float16" })).dtype, "float32");
    t.deepEqual(ops.argmax(keras.tensor([1, 3, 2], { dtype })).tolist(), 1);
    t.deepEqual(keras.tensor([1, 3], { dtype }).greater(2).tolist(), [false, true]);
  });

  test(`${dtype}: what makes tensors of numbers makes these`, (t) => {
    t.deepEqual(ops.arange(0, 1, 0.25, dtype).tolist(), [0, 0.25, 0.5, 0.75]);
    t.deepEqual(ops.eye(2, null, 0, dtype).tolist(), [[1, 0], [0, 1]]); // biome-ignore format: a matrix
    t.deepEqual(ops.full([2], 0.1, dtype).tolist(), [wanted[0], wanted[0]]);
    t.deepEqual(ops.zerosLike(keras.tensor([1, 2], { dtype })).dtype, dtype);
    t.deepEqual(ops.oneHot([1], 2, -1, dtype).tolist(), [[0, 1]]);
    t.deepEqual(ops.linspace(0, 1, 3, { dtype }).tolist(), [0, 0.5, 1]);
    const uniform = keras.random.uniform([50000], { dtype, seed: 1 });
    t.is(uniform.dtype, dtype);
    t.true(ops.max(uniform).item() < 1 && ops.min(uniform).item() >= 0);
    t.true(Math.abs(ops.mean(keras.random.normal([50000], { dtype, seed: 1, mean: 2 })).item() - 2) < 0.02);
  });

  test(`${dtype}: tensors are shown with as many digits as they have`, (t) => {
    t.is(String(keras.tensor([0.1, 1.5, 10], { dtype })), "[ 0.1  1.5 10. ]");
    t.is(String(keras.tensor(1 / 3, { dtype })), dtype === "float16" ? "0.3333" : "0.334");
  });

  test(`${dtype}: variables keep, change and give their values`, (t) => {
    const v = new keras.Variable([1, 2], { dtype });
    v.assignAdd([0.5, 0.25]);
    t.deepEqual(v.tolist(), [1.5, 2.25]);
    v.assign(keras.tensor([0.1, 1e6]));
    t.deepEqual(v.tolist(), [wanted[0], dtype === "float16" ? inf : 999424]);
  });

  test(`${dtype}: gradients have the dtype of what they are taken for`, (t) => {
    const gradient = keras.grad((x: keras.Tensor) => ops.sum(ops.square(x)))(
      keras.tensor([1, 2, 3], { dtype }),
    ) as keras.Tensor;
    t.is(gradient.dtype, dtype);
    t.deepEqual(gradient.tolist(), [2, 4, 6]);
  });

  test(`${dtype}: on candle's tensors as on ours`, (t) => {
    const x = keras.random.normal([4, 8], { dtype, seed: 1 });
    const y = keras.random.normal([8, 3], { dtype, seed: 2 });
    const both = (f: () => keras.Tensor) => [f(), keras.device(candle, f)] as [keras.Tensor, keras.Tensor];
    for (const f of [
      () => ops.matmul(x, y),
      () => ops.softmax(x),
      () => ops.mean(x, 0),
      () => ops.transpose(x),
      () => ops.gelu(x),
      () => ops.concatenate([x, x]),
    ]) {
      const [ours, theirs] = both(f);
      t.is(theirs.dtype, dtype);
      t.true(ops.max(ops.abs(ours.subtract(theirs))).item() <= (dtype === "float16" ? 2 ** -8 : 2 ** -5));
    }
  });
}
