import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;

test("zeros, ones, full", (t) => {
  t.deepEqual(ops.zeros([2]).tolist(), [0, 0]);
  t.is(ops.zeros([]).item(), 0);
  t.deepEqual(ops.ones([1, 2], "int32").tolist(), [[1, 1]]);
  t.deepEqual(ops.full([2], 2.5, { dtype: "float64" }).dtype, "float64");
  t.deepEqual(ops.ones([2], "int64").dataSync(), BigInt64Array.of(1n, 1n));
  t.deepEqual(ops.ones([1], "bool").tolist(), [true]);
});

test("likes take shape and dtype", (t) => {
  const x = keras.tensor([[1, 2]]);
  t.deepEqual([ops.zerosLike(x).dtype, ops.zerosLike(x).shape], ["int32", [1, 2]]);
  t.deepEqual(ops.onesLike(x, "float32").tolist(), [[1, 1]]);
  t.deepEqual(ops.fullLike(x, 7).tolist(), [[7, 7]]);
  t.deepEqual(ops.zerosLike(new keras.KerasTensor([null, 2])).shape, [null, 2]);
});

test("ranges", (t) => {
  t.deepEqual(ops.arange(3).tolist(), [0, 1, 2]);
  t.deepEqual(ops.arange(3, 0, -1).tolist(), [3, 2, 1]);
  t.deepEqual(ops.arange(3, 0).tolist(), []);
  t.is(ops.arange(0, 1, 0.5).dtype, "float32");
  t.deepEqual(ops.linspace(0, 1, 3).tolist(), [0, 0.5, 1]);
  t.deepEqual(ops.linspace(1, 2, 1).tolist(), [1]);
  t.throws(() => ops.arange(0, 1, 0), { name: "ValueError" });
  t.throws(() => ops.arange(Infinity), { name: "ValueError" });
});

test("eye", (t) => {
  t.deepEqual(ops.eye(2).tolist(), [
    [1, 0],
    [0, 1],
  ]);
  t.deepEqual(ops.eye(2, 3, 1).tolist(), [
    [0, 1, 0],
    [0, 0, 1],
  ]);
  t.deepEqual(ops.eye(3, 2, -1).tolist(), [
    [0, 0],
    [1, 0],
    [0, 1],
  ]);
  t.deepEqual(ops.eye(2, 2, 5).tolist(), [
    [0, 0],
    [0, 0],
  ]);
});
