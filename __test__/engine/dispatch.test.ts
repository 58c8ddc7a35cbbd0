import test from "ava";
import * as keras from "kerosene";
import { apply, cachedPlans } from "#kerosene/engine/dispatch.js";

const { ops } = keras;

test("bare numbers take the dtype of the tensors beside them", (t) => {
  const dtypeOf = (x: keras.Tensor): string => x.dtype;
  const [f, i, u, b] = [
    keras.tensor([1.5]),
    keras.tensor([1]),
    keras.tensor([1], { dtype: "uint8" }),
    keras.tensor([true]),
  ] as const;
  t.is(dtypeOf(f.add(1)), "float32");
  t.is(dtypeOf(i.add(1)), "int32");
  t.is(dtypeOf(i.add(1.5)), "float32");
  t.is(dtypeOf(i.divide(2)), "float32");
  t.is(dtypeOf(u.mod(5)), "uint8");
  t.is(dtypeOf(u.add(0.5)), "float32");
  t.is(dtypeOf(b.add(1)), "int32");
  t.is(dtypeOf(ops.add(1, 2)), "int32");
  t.is(dtypeOf(ops.add(1, 0.5)), "float32");
  t.is(dtypeOf(ops.where(b, f, 0)), "float32");
  t.is(dtypeOf(ops.where(b, 1, 0)), "int32");
  t.is(dtypeOf(f.greater(0)), "bool");
  t.is(dtypeOf(keras.tensor(Float64Array.of(1)).multiply(2)), "float64");
  t.throws(() => u.add(300), { name: "ValueError", message: /300 does not fit uint8/ });
});

test("JavaScript arrays are operands", (t) => {
  t.deepEqual(ops.add([1, 2], [3, 4]).tolist(), [4, 6]);
  t.deepEqual(keras.tensor([1.5, 2]).multiply([2, 4]).tolist(), [3, 8]);
  t.deepEqual(ops.add(Float32Array.of(1, 2), 1).tolist(), [2, 3]);
});

test("errors name the op and what it was given", (t) => {
  const [a, b] = [ops.zeros([2, 3]), ops.zeros([4, 5])];
  const error = t.throws(() => ops.matmul(a, b), { name: "ValueError", message: /matmul.*\(2, 3\).*\(4, 5\)/s });
  t.true(error instanceof keras.errors.KeroseneError);
  t.throws(() => a.add(b), { name: "ValueError", message: /add.*\(2, 3\).*\(4, 5\)/s });
  t.throws(() => apply("no_such_op", [a]), { message: /no_such_op/ });
  t.throws(() => ops.sum(a, 7), { name: "ValueError", message: /axis 7.*rank 2/ });
  t.throws(() => ops.add(a, "x" as never), { name: "TypeError", message: /add: expected a tensor.*"x"/ });
  t.throws(() => ops.add(a, undefined as never), { name: "TypeError", message: /undefined/ });
});

test("plans are kept, and not without end", (t) => {
  for (let n = 1; n < 4500; n++) ops.zeros([n]).add(1);
  t.true(cachedPlans() <= 4096);
  t.deepEqual(ops.zeros([2]).add(1).tolist(), [1, 1]);
});

test("small ops leave nothing behind", (t) => {
  let x = keras.tensor([1, 2, 3, 4], { dtype: "float32" });
  const loop = (count: number): void => {
    for (let i = 0; i < count; i++) x = x.multiply(-1);
  };
  loop(50_000);
  const settled = process.memoryUsage().rss;
  loop(1_000_000);
  t.true(process.memoryUsage().rss - settled < 50 * 2 ** 20);
  t.deepEqual(x.tolist(), [1, 2, 3, 4]);
});
