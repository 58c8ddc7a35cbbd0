import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;

test("reshape, squeeze and expandDims of concrete tensors", (t) => {
  const x = ops.arange(6);
  t.deepEqual(x.reshape([2, -1]).shape, [2, 3]);
  t.deepEqual(ops.zeros([0, 3]).reshape([-1, 3]).shape, [0, 3]);
  t.deepEqual(ops.expandDims(x, [0, -1]).shape, [1, 6, 1]);
  t.deepEqual(ops.expandDims(x, -1).squeeze().shape, [6]);
  t.deepEqual(ops.zeros([1, 2, 1]).squeeze(0).shape, [2, 1]);
  t.throws(() => x.reshape([4, -1]), { name: "ValueError", message: /6 elements.*\(4, -1\)/ });
  t.throws(() => x.reshape([5]), { name: "ValueError" });
  t.throws(() => x.squeeze(0), { name: "ValueError", message: /length 6, expected 1/ });
  t.throws(() => ops.expandDims(x, 3), { name: "ValueError", message: /axis 3/ });
});

test("the same with unknown dimensions", (t) => {
  const x = new keras.KerasTensor([null, 2, 3]);
  t.deepEqual(x.reshape([-1, 6]).shape, [null, 6]);
  t.deepEqual(ops.expandDims(x, -1).shape, [null, 2, 3, 1]);
  t.deepEqual(ops.expandDims(x, -1).squeeze(-1).shape, [null, 2, 3]);
  t.deepEqual(x.transpose([1, 0, 2]).shape, [2, null, 3]);
  t.deepEqual(ops.concatenate([x, x], 1).shape, [null, 4, 3]);
  t.deepEqual(ops.stack([x, x], -1).shape, [null, 2, 3, 2]);
  t.deepEqual(
    ops.split(x, 3, -1).map((part) => part.shape),
    [
      [null, 2, 1],
      [null, 2, 1],
      [null, 2, 1],
    ],
  );
});

test("split and concatenate are opposites", (t) => {
  const x = ops.arange(12).reshape([3, 4]);
  t.deepEqual(ops.concatenate(ops.split(x, 2, 1), 1).tolist(), x.tolist());
  t.deepEqual(
    ops.split(x, [1], 0).map((part) => part.shape),
    [
      [1, 4],
      [2, 4],
    ],
  );
  t.throws(() => ops.split(x, 2, 0), { name: "ValueError", message: /length 3.*2 equal parts/ });
  t.throws(() => ops.concatenate([]), { name: "ValueError" });
  t.throws(() => ops.concatenate([x, ops.zeros([2, 5], "int32")]), { name: "ValueError", message: /concatenate/ });
});

test("take and one-hot read indices as integers", (t) => {
  const x = keras.tensor([
    [1.5, 2.5],
    [3.5, 4.5],
  ]);
  t.deepEqual(ops.take(x, 1, 0).tolist(), [3.5, 4.5]);
  t.deepEqual(ops.take(x, [1, 0], 1).tolist(), [
    [2.5, 1.5],
    [4.5, 3.5],
  ]);
  t.deepEqual(ops.take(x, [3, 0]).tolist(), [4.5, 1.5]);
  t.deepEqual(ops.oneHot([0, 2], 3).tolist(), [
    [1, 0, 0],
    [0, 0, 1],
  ]);
});
