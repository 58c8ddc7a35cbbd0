import test from "ava";
import * as keras from "kerosene";

test("the dtype follows the data", (t) => {
  t.is(keras.tensor([1, 2]).dtype, "int32");
  t.is(keras.tensor([1, 2.5]).dtype, "float32");
  t.is(keras.tensor([true, false]).dtype, "bool");
  t.is(keras.tensor([true, 2]).dtype, "int32");
  t.is(keras.tensor([1n]).dtype, "int64");
  t.is(keras.tensor([2 ** 40]).dtype, "float32");
  t.is(keras.tensor([]).dtype, "float32");
  t.is(keras.tensor(3).dtype, "int32");
  for (const [Kind, dtype] of [
    [Float32Array, "float32"],
    [Float64Array, "float64"],
    [Int8Array, "int8"],
    [Uint8Array, "uint8"],
    [Int16Array, "int16"],
    [Uint16Array, "uint16"],
    [Int32Array, "int32"],
    [Uint32Array, "uint32"],
    [BigInt64Array, "int64"],
    [BigUint64Array, "uint64"],
  ] as const) {
    t.is(keras.tensor(new Kind(2)).dtype, dtype);
  }
  t.is(keras.tensor(Buffer.from([1, 2])).dtype, "uint8");
});

test("a dtype converts: fractions are cut, anything but 0 is true", (t) => {
  t.deepEqual(keras.tensor([1.7, -1.7], { dtype: "int32" }).tolist(), [1, -1]);
  t.deepEqual(keras.tensor([0, 0.5, 2], { dtype: "bool" }).tolist(), [false, true, true]);
  t.deepEqual(keras.tensor(Uint8Array.of(1, 2), { dtype: "float32" }).tolist(), [1, 2]);
  t.deepEqual(keras.tensor([1.5, 2], { dtype: "int64" }).dataSync(), BigInt64Array.of(1n, 2n));
});

test("nested arrays give the shape, tensors among them are stacked", (t) => {
  t.deepEqual(keras.tensor([[[1], [2]]]).shape, [1, 2, 1]);
  t.deepEqual(keras.tensor([[], []]).shape, [2, 0]);
  t.deepEqual(keras.tensor(7).shape, []);
  t.deepEqual(keras.tensor([Float32Array.of(1, 2), Float32Array.of(3, 4)] as never).tolist(), [
    [1, 2],
    [3, 4],
  ]);
  t.deepEqual(keras.tensor([keras.tensor([1]), keras.tensor([2])] as never).tolist(), [[1], [2]]);
});

test("data is copied in and out", (t) => {
  const data = Float32Array.of(1, 2, 3, 4);
  const x = keras.tensor(data, { shape: [2, 2] });
  data[0] = 9;
  const out = x.dataSync();
  out[1] = 9;
  t.deepEqual(x.tolist(), [
    [1, 2],
    [3, 4],
  ]);
  t.deepEqual(keras.tensor(data, { shape: [-1, 2] }).shape, [2, 2]);
});

test("int64 comes out as numbers while they are exact", (t) => {
  t.deepEqual(keras.tensor(BigInt64Array.of(5n, 2n ** 60n)).tolist(), [5, 2n ** 60n]);
  t.is(keras.tensor(BigInt64Array.of(5n)).item(), 5);
});

/** Bad data: the error's name, a part of its message, and what throws it. */
const bad: [string, string, RegExp, () => unknown][] = [
  ["ragged rows", "ValueError", /ragged.*length 2 where others have 1/, () => keras.tensor([[1], [2, 3]])],
  ["number among rows", "ValueError", /ragged.*a number stands/, () => keras.tensor([[1], 2])],
  ["row among numbers", "ValueError", /ragged.*an array of 1/, () => keras.tensor([1, [2]])],
  ["unknown dtype", "TypeError", /unknown dtype "flot32".*float32/, () => keras.tensor([1], { dtype: "flot32" })],
  [
    "size",
    "ValueError",
    /shape \(2, 2\) needs 4 elements, but the data has 3/,
    () => keras.tensor([1, 2, 3], { shape: [2, 2] }),
  ],
  ["free size", "ValueError", /shape/, () => keras.tensor([1, 2, 3], { shape: [-1, 2] })],
  ["negative dimension", "ValueError", /non-negative/, () => keras.tensor([1], { shape: [-2] })],
  ["shape is no array", "TypeError", /expected a shape/, () => keras.tensor([1], { shape: 3 as never })],
  ["too big for dtype", "ValueError", /300 does not fit uint8/, () => keras.tensor([300], { dtype: "uint8" })],
  [
    "NaN as integer",
    "ValueError",
    /NaN cannot be an element of dtype int32/,
    () => keras.tensor([NaN], { dtype: "int32" }),
  ],
  ["strings", "TypeError", /expected numbers or booleans.*"a"/, () => keras.tensor(["a"] as never)],
  ["undefined", "TypeError", /expected a tensor.*undefined/, () => keras.tensor(undefined as never)],
  ["object", "TypeError", /an object of class Date/, () => keras.tensor(new Date() as never)],
  ["symbolic", "ValueError", /symbolic/, () => keras.tensor(new keras.KerasTensor([2]) as never)],
  ["huge", "ValueError", /do not fit in memory/, () => keras.ops.zeros([2 ** 20, 2 ** 20])],
  ["uncountable", "ValueError", /too many elements/, () => keras.ops.zeros([2 ** 40, 2 ** 40])],
];
for (const [what, name, message, act] of bad) {
  test(`bad data: ${what}`, (t) => {
    const error = t.throws(act, { message });
    t.is(error?.name, name);
    t.true(error instanceof keras.errors.KeroseneError);
  });
}
