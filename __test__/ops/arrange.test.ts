import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;
const x = ops.arange(6).reshape([2, 3]);

test("rearrange splits, moves and joins axes", (t) => {
  t.deepEqual(ops.rearrange(x, "a b -> b a").tolist(), x.transpose().tolist());
  t.deepEqual(ops.rearrange(x, "a (b c) -> (a c) b", { c: 3 }).tolist(), [[0], [1], [2], [3], [4], [5]]);
  const symbol = new keras.KerasTensor([null, 4, 6]);
  t.deepEqual(ops.rearrange(symbol, "b (h p) w -> b h (p w)", { p: 2 }).shape, [null, 2, 12]);
  for (const [pattern, lengths, message] of [
    ["a b", {}, /expected one "->"/],
    ["a b -> a c", {}, /"c" stands on one side only|"b" stands/],
    ["a b c -> c b a", {}, /3 axes.*\(2, 3\)/],
    ["a (b c) -> a b c", {}, /all lengths but one/],
    ["a (b c) -> a b c", { b: 2 }, /axis 1 of length 3/],
    ["a a -> a", {}, /twice/],
    ["a b -> b a", { z: 2 }, /no "z"/],
  ] as const) {
    t.throws(() => ops.rearrange(x, pattern, lengths), { name: "ValueError", message });
  }
});

test("roll, repeat, tile with unknown and with odd arguments", (t) => {
  t.deepEqual(ops.roll(x, [1, 4], [0, 1]).tolist(), [
    [5, 3, 4],
    [2, 0, 1],
  ]);
  t.deepEqual(ops.repeat(new keras.KerasTensor([null, 2]), 3, 0).shape, [null, 2]);
  t.deepEqual(ops.repeat(x, [0, 2], 0).tolist(), [
    [3, 4, 5],
    [3, 4, 5],
  ]);
  t.deepEqual(ops.tile(x, [2, 1, 1]).shape, [2, 2, 3]);
  t.throws(() => ops.repeat(x, [1, 2], 1), { message: /one for each place of axis 1, got 2/ });
  t.throws(() => ops.roll(x, [1, 2], [0, 1, 1]), { message: /one shift for each axis/ });
  t.throws(() => ops.tile(x, -1), { message: /non-negative/ });
});

test("sliceUpdate holds its start inside and takes tensors", (t) => {
  const start = keras.tensor([5, -2]);
  t.deepEqual(ops.sliceUpdate(x, start, [[9, 9]]).tolist(), [
    [0, 1, 2],
    [9, 9, 5],
  ]);
  t.throws(() => ops.sliceUpdate(x, [0], [[9]]), { message: /one start and one size/ });
  t.throws(() => ops.sliceUpdate(x, [0, 0], ops.ones([3, 1], "int32")), { message: /does not fit into \(2, 3\)/ });
});

test("slices start at numbers or at tensors", (t) => {
  t.deepEqual(ops.slice(x, [0, 1], [2, 1]).tolist(), [[1], [4]]);
  t.deepEqual(ops.slice(x, keras.tensor([0, 1]), [2, 1]).tolist(), [[1], [4]]);
  t.deepEqual(ops.slice(x, keras.tensor([7, 7]), [1, 2]).tolist(), [[4, 5]]);
  t.throws(() => ops.slice(x, keras.tensor([0]), [1, 2]), { message: /slice: expected one start and one size/ });
});

test("parts and splits", (t) => {
  t.deepEqual(
    ops.arraySplit(ops.arange(5), 3).map((part) => part.tolist()),
    [[0, 1], [2, 3], [4]],
  );
  t.deepEqual(
    ops.unstack(new keras.KerasTensor([2, null])).map((part) => part.shape),
    [[null], [null]],
  );
  t.throws(() => ops.unstack(new keras.KerasTensor([null, 2])), { message: /unknown length: give num/ });
  t.throws(() => ops.vsplit(ops.arange(4), 2), { message: /at least 2 axes/ });
});

test("saturateCast keeps to the range of the target", (t) => {
  t.deepEqual(ops.saturateCast([-5, 300, 7], "uint8").tolist(), [0, 255, 7]);
  t.deepEqual(ops.saturateCast(keras.tensor([-1.5, 1e9, 3.7]), "int8").tolist(), [-1, 127, 3]);
  const big = keras.tensor(BigUint64Array.of(2n ** 64n - 1n));
  t.deepEqual(ops.saturateCast(big, "int64").dataSync(), BigInt64Array.of(2n ** 63n - 1n));
  t.deepEqual(ops.saturateCast(keras.tensor(BigInt64Array.of(-1n)), "uint64").dataSync(), BigUint64Array.of(0n));
});

test("view reads bytes", (t) => {
  const one = keras.tensor([1], { dtype: "float32" });
  t.deepEqual(ops.view(one, "int32").tolist(), [0x3f800000]);
  t.deepEqual(ops.view(one, "uint8").tolist(), [0, 0, 128, 63]);
  t.throws(() => ops.view(one, "float64"), { message: /last axis/ });
});

test("bits", (t) => {
  t.deepEqual(ops.leftShift([1, 1, 1], [31, 32, -1]).tolist(), [-(2 ** 31), 0, 0]);
  t.deepEqual(ops.rightShift([-8, -8, 8], [1, 40, 40]).tolist(), [-4, -1, 0]);
  t.throws(() => ops.bitwiseAnd([1.5], [1]), { message: /expected integers/ });
});

test("spacing with tensors for ends", (t) => {
  const start = keras.tensor([0, 10], { dtype: "float32" });
  t.deepEqual(ops.linspace(start, [4, 20], 3).tolist(), [
    [0, 10],
    [2, 15],
    [4, 20],
  ]);
  t.deepEqual(ops.linspace(start, [4, 20], 3, { axis: -1 }).shape, [2, 3]);
  const [values, step] = ops.linspace(0, 1, 5, { retstep: true });
  t.deepEqual([values.tolist(), step.item()], [[0, 0.25, 0.5, 0.75, 1], 0.25]);
});

test("select, average, count", (t) => {
  const out = ops.select([x.less(2), x.greater(4)], [x.multiply(10), x.negative()], 7);
  t.deepEqual(out.tolist(), [
    [0, 10, 7],
    [7, 7, -5],
  ]);
  t.deepEqual(ops.average(x, 0, [1, 3]).tolist(), [2.25, 3.25, 4.25]);
  t.throws(() => ops.average(x, 0, [1, 2, 3]), { message: /weights in the shape/ });
  t.is(ops.countNonzero(x).item(), 5);
});
