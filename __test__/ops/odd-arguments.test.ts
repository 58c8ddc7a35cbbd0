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
