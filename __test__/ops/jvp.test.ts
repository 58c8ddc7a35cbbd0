import test from "ava";
import * as keras from "kerosene";

const { ops } = keras;

test("the derivative in a direction", (t) => {
  const [value, tangent] = ops.jvp((x) => x.multiply(x).multiply(3), [[1.5, 2.5]], [[1, 0.5]]);
  t.deepEqual(
    [value.tolist(), tangent.tolist()],
    [
      [6.75, 18.75],
      [9, 7.5],
    ],
  );
  const a = keras.tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { dtype: "float32" },
  );
  const [[y, same], [dy, ds], aux] = ops.jvp(
    (x, w) => [[x.matmul(w), w] as const, "aside"] as const,
    [a, a],
    [ops.onesLike(a), ops.zerosLike(a)],
    { hasAux: true },
  );
  t.deepEqual([y.shape, same.tolist(), ds.tolist(), aux], [[2, 2], a.tolist(), ops.zerosLike(a).tolist(), "aside"]);
  t.deepEqual(dy.tolist(), ops.onesLike(a).matmul(a).tolist());
});

test("what does not depend on the primals has the derivative 0", (t) => {
  const [, tangent] = ops.jvp((x) => ops.floor(x).multiply(0.5), [[1.5]], [[1]]);
  t.deepEqual(tangent.tolist(), [0]);
});

test("tangents must fit", (t) => {
  t.throws(() => ops.jvp((x) => x, [[1.5, 2.5]], [[1]]), { message: /tangent of shape \(2,\), got \(1,\)/ });
  t.throws(() => ops.jvp((x) => x, [[1, 2]], [[1, 1]]), { message: /float primals, got int32/ });
  t.throws(() => ops.jvp((x) => x, [[1.5]], []), { message: /expected 1 tangents, got 0/ });
});
