import test from "ava";
import * as keras from "kerosene";
import { ops } from "kerosene";

const { KerasTensor } = keras;
const floats = (...values: number[]): keras.Tensor => keras.tensor(values, { dtype: "float32" });

// Values and dtypes are those of keras.ops on JAX.
test("integers rounded before the point stay integers", (t) => {
  const x = ops.round(ops.array([27, 5, 25, -27]), -1);
  t.deepEqual([x.dtype, x.tolist()], ["int32", [30, 0, 20, -30]]);
  const same = ops.round(ops.array([27, 5]), 2);
  t.deepEqual([same.dtype, same.tolist()], ["int32", [27, 5]]);
});

test("clip between tensors", (t) => {
  t.deepEqual(ops.clip(floats(-1, 0.5, 9), floats(0, 1, 2), 3).tolist(), [0, 1, 3]);
  t.deepEqual(ops.clip(new KerasTensor([null, 3]), floats(0, 1, 2), new KerasTensor([3])).shape, [null, 3]);
  t.throws(() => ops.clip(floats(1), 2, 1), { message: /xMin <= xMax/ });
});

test("ldexp by a bare number", (t) => {
  t.deepEqual(ops.ldexp(floats(1, 1.5), 2).tolist(), [4, 6]);
  t.throws(() => ops.ldexp(floats(1), 2.5), { name: "TypeError" });
});

test("where with a condition alone", (t) => {
  const [rows, columns] = ops.where([
    [true, false],
    [false, true],
  ]);
  t.deepEqual(
    [rows!.tolist(), columns!.tolist()],
    [
      [0, 1],
      [0, 1],
    ],
  );
  t.throws(() => ops.where(floats(1), floats(1), null as never), { name: "ValueError", message: /both of x1 and x2/ });
});

test("shapes of one number, and full of a tensor", (t) => {
  t.deepEqual([ops.zeros(3).shape, ops.ones(2).shape, ops.full(2, 7).tolist()], [[3], [2], [7, 7]]);
  t.deepEqual(ops.full([2, 2], ops.array([1, 2])).tolist(), [
    [1, 2],
    [1, 2],
  ]);
  t.is(ops.full([2], ops.array([1, 2]), "int32").dtype, "int32");
  t.deepEqual(ops.fullLike(ops.zeros([2, 2]), floats(3, 4)).tolist(), [
    [3, 4],
    [3, 4],
  ]);
  t.deepEqual(ops.full([4, 2], new KerasTensor([2])).shape, [4, 2]);
});

test("a product in another dtype, wherever the options stand", (t) => {
  for (const x of [ops.prod([2, 3], { dtype: "float32" }), ops.prod([2, 3], null, { dtype: "float32" })])
    t.deepEqual([x.dtype, x.item()], ["float32", 6]);
});

test("tensors in a list keep their dtype", (t) => {
  const both = keras.tensor([floats(1, 2), floats(3, 4)] as never);
  t.deepEqual(
    [both.dtype, both.tolist()],
    [
      "float32",
      [
        [1, 2],
        [3, 4],
      ],
    ],
  );
  t.is(keras.tensor([Float32Array.of(1, 2)] as never).dtype, "float32");
  t.is(keras.tensor([ops.array([1, 0]).astype("uint8"), [1, 0]] as never).dtype, "uint8");
  t.is(keras.tensor([ops.array([1, 0]), 0.5].slice(1) as never).dtype, "float32");
  t.is(keras.tensor([ops.array([1, 2]), [0.5, 1]] as never).dtype, "float32");
});

test("lengths that do not meet are named", (t) => {
  t.throws(() => ops.tensordot(ops.ones([2, 3]), ops.ones([4, 5]), 1), {
    name: "ValueError",
    message: /tensordot: axis 1 of \(2, 3\) and axis 0 of \(4, 5\) have lengths 3 and 4/,
  });
  t.throws(() => ops.reshape(ops.ones([4]), [-1, -1]), { name: "ValueError", message: /at most one.*\(-1, -1\)/ });
});

const half = (dtype: string, ...values: number[]): keras.Tensor => floats(...values).astype(dtype as never);
const ints = (...values: number[]): keras.Tensor => ops.array(values);

const momentsOfIntegers = () => ops.moments(ops.reshape(ints(1, 2, 4, 4), [2, 2]), [0]);

/** A call, and the dtype and the elements that keras.ops gives on JAX. */
const asKeras: Record<string, [run: () => keras.Tensor, dtype: string, elements: unknown]> = {
  "where: a number takes the dtype of the other choice": [
    () => ops.where(floats(1, 0), 0, half("float16", 2, 3)),
    "float16",
    [0, 3],
  ],
  "where: of integers by floats": [() => ops.where(floats(1, 0), 1, ints(2, 3)), "int32", [1, 3]],
  "quantile of half precision": [() => ops.quantile(half("float16", 1, 2, 4), 0.25), "float16", 1.5],
  "median of half precision": [() => ops.median(half("bfloat16", 1, 2, 4)), "bfloat16", 2],
  "nanmedian of half precision": [() => ops.nanmedian(half("float16", 1, Number.NaN, 4)), "float16", 2.5],
  "correlate of integers": [() => ops.correlate(ints(1, 2, 3), ints(0, 1), "full"), "float32", [1, 2, 3, 0]],
  "moments of integers: the mean": [() => momentsOfIntegers()[0], "float32", [2.5, 3]],
  "moments of integers: the variance": [() => momentsOfIntegers()[1], "float32", [2.25, 1]],
  "arange from a fraction in integers": [() => ops.arange(2.5, -3, -1, "int32"), "int32", [2, 1, 0, -1, -2, -3]],
  "arange by a fraction in integers": [() => ops.arange(0.5, 3, 0.7, "int32"), "int32", [0, 0, 0, 0]],
  "arange by more than one in integers": [() => ops.arange(0, 3, 1.5, "int32"), "int32", [0, 1]],
  "max of booleans with an initial": [() => ops.max(ops.array([true, false]), null, { initial: 0 }), "bool", true],
  "clip of integers by fractions": [() => ops.clip(ints(0, 1, 5), 0.5, 2.5), "float32", [0.5, 1, 2.5]],
  "slice to the end": [
    () => ops.slice(ops.reshape(ops.arange(12), [3, 4]), [1, 2], [-1, -1]),
    "int32",
    [
      [6, 7],
      [10, 11],
    ],
  ],
  "segmentSum: an id below 0 is outside": [
    () => ops.segmentSum(ints(1, 2, 3), ints(-1, 0, 2), { numSegments: 3 }),
    "int32",
    [2, 0, 3],
  ],
  "segmentMin: an id below 0 is outside": [
    () => ops.segmentMin(ints(1, 2, 3), ints(-1, 0, 2), { numSegments: 3 }),
    "int32",
    [2, 2147483647, 3],
  ],
  "reshape to a number": [
    () =>
      ops.reshape(
        ops.array([
          [1, 2],
          [3, 4],
        ]),
        4,
      ),
    "int32",
    [1, 2, 3, 4],
  ],
};

for (const [name, [run, dtype, elements]] of Object.entries(asKeras)) {
  test(name, (t) => {
    const found = run();
    t.deepEqual([found.dtype, found.tolist()], [dtype, elements]);
  });
}
