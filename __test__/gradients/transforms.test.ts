import test from "ava";
import * as keras from "kerosene";
import { ops, type Tensor } from "kerosene";
import { near } from "../near.js";

const f32 = (data: keras.TensorLike): Tensor => keras.tensor(data, { dtype: "float32" });

/** At once, and inside a compiled function. */
const ways: [string, <A extends unknown[], R>(fn: (...args: A) => R) => (...args: A) => R][] = [
  ["at once", (fn) => fn],
  ["compiled", (fn) => keras.function(fn)],
];

for (const [name, way] of ways) {
  test(`the gradient of a function, ${name}`, (t) => {
    const fn = (x: Tensor, p: { w: Tensor; rest: Tensor[] }): Tensor => x.multiply(p.w).multiply(p.rest[0]!).sum();
    const [x, p] = [f32([1, 2]), { w: f32([3, 4]), rest: [f32([5, 6]), f32([7])] }];
    t.deepEqual(way(keras.grad(fn))(x, p).tolist(), [15, 24]);
    const found = way(keras.grad(fn, { argnums: 1 }))(x, p);
    t.deepEqual([found.w.tolist(), ...found.rest.map((g) => g.tolist())], [[5, 12], [3, 8], [0]]);
    const [value, [gx, gp]] = way(keras.valueAndGrad(fn, { argnums: [0, 1] }))(x, p);
    t.deepEqual([value.item(), gx.tolist(), gp.w.tolist()], [63, [15, 24], [5, 12]]);
    const last = way(keras.grad((a: Tensor, b: Tensor) => a.multiply(b).sum(), { argnums: -1 }));
    t.deepEqual(last(x, f32([8, 9])).tolist(), [1, 2]);
  });

  test(`what comes beside the value, ${name}`, (t) => {
    const fn = (x: Tensor) => [x.square().sum(), { twice: x.multiply(2) }] as const;
    const [gradient, aux] = way(keras.grad(fn, { hasAux: true }))(f32([3]));
    t.deepEqual([gradient.tolist(), aux.twice.tolist()], [[6], [6]]);
    const [[value, again], g] = way(keras.valueAndGrad(fn, { hasAux: true }))(f32([3]));
    t.deepEqual([value.item(), again.twice.tolist(), g.tolist()], [9, [6], [6]]);
  });

  test(`the same tensor as two arguments, and derivatives of derivatives, ${name}`, (t) => {
    const x = f32([3]);
    t.deepEqual(way(keras.grad((a: Tensor, b: Tensor) => a.multiply(b).sum()))(x, x).tolist(), [3]);
    const cube = (a: Tensor): Tensor => a.pow(3).sum();
    const second = keras.grad((a: Tensor) => keras.grad(cube)(a).sum());
    const third = keras.grad((a: Tensor) => second(a).sum());
    near(t, [way(second)(x).item(), way(third)(x).item()], [18, 6], "", 1e-5);
  });

  test(`the Jacobian, ${name}`, (t) => {
    const m = f32([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    t.deepEqual(
      way(keras.jacobian((x: Tensor) => m.matmul(x)))(f32([[1], [1]]))
        .reshape([3, 2])
        .tolist(),
      m.tolist(),
    );
    const fn = (x: Tensor, y: Tensor): Tensor => ops.outer(x, y.square());
    const [jx, jy] = way(keras.jacobian(fn, { argnums: [0, 1] }))(f32([1, 2]), f32([3, 4, 5]));
    t.deepEqual(
      [jx.shape, jy.shape],
      [
        [2, 3, 2],
        [2, 3, 3],
      ],
    );
    t.deepEqual(jx.at(":", 1).tolist(), [
      [16, 0],
      [0, 16],
    ]);
    t.deepEqual(jy.at(1).tolist(), [
      [12, 0, 0],
      [0, 16, 0],
      [0, 0, 20],
    ]);
    // a Hessian: the Jacobian of the gradient
    const hessian = keras.jacobian(keras.grad((x: Tensor) => x.at(0).multiply(x.at(1)).square()));
    t.deepEqual(way(hessian)(f32([2, 3])).tolist(), [
      [18, 24],
      [24, 8],
    ]);
  });

  test(`with jvp, ${name}`, (t) => {
    const fn = (x: Tensor): Tensor => x.pow(3);
    const along = way((x: Tensor, v: Tensor) => keras.jvp(fn, [x], [v])[1])(f32([1, 2]), f32([1, 10]));
    near(t, along.tolist(), [3, 120], "", 1e-5);
    t.is(keras.jvp, ops.jvp);
  });
}

test("a Jacobian from a tape", (t) => {
  const [w, other] = [new keras.Variable(f32([1, 2])), new keras.Variable(f32([1]))];
  const tape = new keras.GradientTape();
  const y = tape.record(() => w.square());
  const found = tape.jacobian(y, [w, other]);
  t.deepEqual(found[0]?.tolist(), [
    [2, 0],
    [0, 4],
  ]);
  t.is(found[1], null);
  t.throws(() => tape.jacobian(y, w), { message: /persistent: true/ });
});

test("errors say what to do", (t) => {
  t.throws(() => keras.grad((x: Tensor) => x)(f32([1, 2])), {
    message: /one number, but it returned a tensor of shape \(2,\)/,
  });
  t.throws(() => keras.grad((x: Tensor) => x)(keras.tensor([1])), { message: /got one of dtype int32/ });
  t.throws(() => keras.grad((x: Tensor) => x, { argnums: 2 as never })(f32([1])), { message: /names argument 2/ });
  t.throws(() => keras.grad((x: Tensor) => x as never, { hasAux: true })(f32([1])), {
    message: /return \[value, aux\]/,
  });
  t.throws(() => keras.grad((() => 1) as never)(f32([1])), { message: /to return a tensor, got 1/ });
  t.throws(() => keras.grad(3 as never), { message: /expected a function, got 3/ });
});
