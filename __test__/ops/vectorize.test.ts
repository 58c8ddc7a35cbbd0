import test from "ava";
import * as keras from "kerosene";
import { ops, type Tensor } from "kerosene";

const matrix = ops.reshape(ops.arange(6, null, 1, "float32"), [2, 3]);

// The values are those of numpy.vectorize.
test("a function of numbers broadcasts its arguments", (t) => {
  const larger = ops.vectorize((a: Tensor, b: Tensor) => ops.where(a.greater(b), a, b));
  t.deepEqual((larger([1, 5, 3], 2) as Tensor).tolist(), [2, 5, 3]);
  t.deepEqual((larger(matrix, [2, 2, 2]) as Tensor).tolist(), [
    [2, 2, 2],
    [3, 4, 5],
  ]);
  t.is((larger(1, 4) as Tensor).item(), 4);
});

test("a signature, and arguments left as they are", (t) => {
  const product = ops.vectorize((m: Tensor, v: Tensor) => ops.matmul(m, v), { signature: "(m,n),(n)->(m)" });
  t.deepEqual((product(ops.stack([matrix, matrix]), [1, 0, 2]) as Tensor).tolist(), [
    [4, 13],
    [4, 13],
  ]);
  const power = ops.vectorize((a: Tensor, n: number) => ops.power(a, n), { excluded: [1] });
  t.deepEqual((power([1, 2, 3], 2) as Tensor).tolist(), [1, 4, 9]);
  const both = ops.vectorize((v: Tensor) => [v.sum(), v.max()], { signature: "(n)->(),()" });
  t.deepEqual(
    (both(matrix) as Tensor[]).map((y) => y.tolist()),
    [
      [3, 12],
      [2, 5],
    ],
  );
  t.deepEqual((product(new keras.KerasTensor([4, 2, 3]), [1, 0, 2]) as keras.KerasTensor).shape, [4, 2]);
});

test("what does not fit", (t) => {
  const one = (a: Tensor): Tensor => a;
  t.throws(() => ops.vectorize(3 as never), { name: "TypeError" });
  t.throws(() => ops.vectorize(one, { signature: "n->m" }), {
    name: "ValueError",
    message: /"n->m" is not of the form/,
  });
  t.throws(() => ops.vectorize(one, { signature: "(n)->(n)" })(1), {
    name: "ValueError",
    message: /wants 1 dimensions/,
  });
  t.throws(() => ops.vectorize(one, { signature: "(n)->(n)" })(matrix, matrix), { message: /has 1 arguments, got 2/ });
  const two = ops.vectorize((a: Tensor, b: Tensor) => a.add(b));
  t.throws(() => two([1, 2], [1, 2, 3]), { name: "ValueError", message: /\(2,\) and \(3,\) cannot be broadcast/ });
});
