import test from "ava";
import * as keras from "kerosene";
import { gradients } from "../parity/gradients.js";

const { ops } = keras;
type T = keras.Tensor;

/** A function as part of a model, where it is recorded. */
const traced = (fn: (x: T) => T, x: T): unknown => {
  class Apply extends keras.layers.Layer {
    override call(inputs: T): T {
      return fn(inputs);
    }
  }
  const input = keras.Input({ batchShape: x.shape as number[] });
  return (keras.Model(input, new Apply()(input))(x) as T).tolist();
};

test("scan: eagerly, recorded and on Keras tensors", (t) => {
  const xs = keras.tensor([1, 2, 3, 4, 5], { dtype: "float32" });
  const sum = (c: T, x: T) => [c.add(x), c.add(x)] as const;
  const [last, all] = ops.scan(sum, ops.zeros([]), xs);
  t.deepEqual([last.item(), all.tolist()], [15, [1, 3, 6, 10, 15]]);
  const [, back] = ops.scan(sum, ops.zeros([]), xs, { reverse: true });
  t.deepEqual(back.tolist(), [15, 14, 12, 9, 5]);
  t.deepEqual(
    traced((x) => ops.scan(sum, ops.zeros([]), x)[1], xs),
    [1, 3, 6, 10, 15],
  );
  const input = keras.Input({ batchShape: [5] });
  const [, symbolic] = ops.scan(sum, ops.zeros([]), input);
  t.deepEqual((keras.Model(input, symbolic)(xs) as T).tolist(), [1, 3, 6, 10, 15]);
});

test("scan: structures, a length, nothing to go along", (t) => {
  const step = ({ a, b }: { a: T; b: T }) => [{ a: b, b: a.add(b) }, a] as const;
  const [last, fibonacci] = ops.scan(step, { a: ops.ones([]), b: ops.ones([]) }, null, { length: 7 });
  t.deepEqual(fibonacci.tolist(), [1, 1, 2, 3, 5, 8, 13]);
  t.is(last.a.item(), 21);
  t.throws(() => ops.scan(step, { a: ops.ones([]), b: ops.ones([]) }), { message: /length/ });
  t.throws(() => ops.scan((c: T) => [c, c], ops.ones([]), [ops.ones([2]), ops.ones([3])]), { message: /one length/ });
  t.throws(() => traced((x) => ops.scan((c: T) => [c.reshape([2, 1]), c], x, null, { length: 2 })[0], ops.ones([2])), {
    message: /keep its shape/,
  });
});

test("scan: the derivative of a recorded loop", (t) => {
  // y = a·x₁·x₂·x₃, dy/dxᵢ = y / xᵢ
  const xs = keras.tensor([2, 3, 4], { dtype: "float32" });
  const a = keras.tensor(5, { dtype: "float32" });
  const [dx, da] = gradients([xs, a], [keras.tensor(1, { dtype: "float32" })], ([x, start]) => ({
    outputs: [ops.scan((c: T, one: T) => [c.multiply(one), null], start!, x)[0]],
    by: [x!, start!],
  }));
  t.deepEqual([dx!.tolist(), da!.item()], [[60, 40, 30], 24]);
});

test("map and vectorizedMap", (t) => {
  const x = ops.arange(6).reshape([3, 2]);
  t.deepEqual(ops.map((row: T) => row.sum(), x).tolist(), [1, 5, 9]);
  t.deepEqual(
    traced((y) => ops.vectorizedMap((row: T) => row.sum(), y), x.cast("float32")),
    [1, 5, 9],
  );
});

test("foriLoop", (t) => {
  const double = (_: T, x: T): T => x.multiply(2);
  t.deepEqual(ops.foriLoop(0, 3, double, ops.ones([2])).tolist(), [8, 8]);
  t.deepEqual(
    traced((x) => ops.foriLoop(1, 4, (i: T, y: T) => y.add(i.cast("float32")), x), ops.zeros([2])),
    [6, 6],
  );
  t.deepEqual(ops.foriLoop(3, 1, double, ops.ones([2])).tolist(), [1, 1]);
});

test("whileLoop", (t) => {
  const body = (i: T, x: T): T[] => [i.add(1), x.multiply(2)];
  const [i, x] = ops.whileLoop((n: T) => n.less(5), body, [ops.zeros([]), ops.ones([])]);
  t.deepEqual([i.item(), x.item()], [5, 32]);
  const limit = { maximumIterations: 3 };
  t.is(
    ops
      .whileLoop(
        (n: T) => n.less(5),
        (n: T) => n.add(1),
        ops.zeros([]),
        limit,
      )
      .item(),
    3,
  );
  const count = (x0: T, options = {}): T =>
    ops.whileLoop(
      (n: T) => n.less(10),
      (n: T) => n.multiply(2),
      x0,
      options,
    ) as T;
  t.is(
    traced((x0) => count(x0, { maximumIterations: 20 }), ops.ones([])),
    16,
  );
  t.throws(() => traced((x0) => count(x0), ops.ones([])), { message: /maximumIterations/ });
});

test("cond and switch choose, also what variables become", (t) => {
  t.is(
    ops
      .cond(
        true,
        () => ops.ones([]),
        () => ops.zeros([]),
      )
      .item(),
    1,
  );
  const v = new keras.Variable([0], { dtype: "float32", name: "v" });
  class Branch extends keras.layers.Layer {
    override call(x: T): T {
      const positive = x.sum().greater(0);
      return ops.cond(
        positive,
        () => {
          v.assignAdd([1]);
          return x;
        },
        () => x.negative(),
      );
    }
  }
  const input = keras.Input({ batchShape: [2] });
  const model = keras.Model(input, new Branch()(input));
  t.deepEqual((model(keras.tensor([1.5, 2])) as T).tolist(), [1.5, 2]);
  t.deepEqual((model(keras.tensor([-1.5, -2])) as T).tolist(), [1.5, 2]);
  t.deepEqual(v.tolist(), [1]);
  const branches = [(x: T) => x, (x: T) => x.multiply(2), (x: T) => x.multiply(3)];
  t.deepEqual(
    [-1, 1, 7].map((at) => ops.switch(at, branches, ops.ones([])).item()),
    [1, 2, 3],
  );
  for (const [at, want] of [
    [-1, 1],
    [1, 2],
    [7, 3],
  ]) {
    t.is(
      traced((x) => ops.switch(x.cast("int32"), branches, ops.ones([])), keras.tensor(at!, { dtype: "float32" })),
      want,
    );
  }
});

test("associativeScan", (t) => {
  const add = (a: T, b: T): T => a.add(b);
  for (const n of [1, 2, 3, 4, 5, 8, 13]) {
    const x = ops.arange(1, n + 1);
    const want = Array.from({ length: n }, (_, i) => ((i + 1) * (i + 2)) / 2);
    t.deepEqual(ops.associativeScan(add, x).tolist(), want);
  }
  const x = keras.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  t.deepEqual(ops.associativeScan(add, x, { axis: 1, reverse: true }).tolist(), [
    [6, 5, 3],
    [15, 11, 6],
  ]);
});
