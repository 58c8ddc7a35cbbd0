import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { gradients } from "../parity/gradients.js";

/** The gradient of the sum of a function's outputs with respect to its arguments. */
function gradientsOf(fn: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]): unknown[] {
  const found = gradients(xs, [ops.ones(fn(...xs).shape as number[])], (ts) => ({
    outputs: [fn(...ts)],
    by: ts,
  }));
  return found.map((one) => one?.tolist() ?? null);
}

const numbers = (...values: number[]): Tensor => keras.tensor(values, { dtype: "float32" });
const close = (t: { true(ok: boolean, message?: string): unknown }, got: unknown, want: number[]): void => {
  for (const [i, value] of (got as number[]).entries()) t.true(Math.abs(value - want[i]!) < 1e-5, `${value}`);
};

test("log(1 + eˣ) with a gradient that does not overflow", (t) => {
  // Keras's example. The derivative is the sigmoid of x; that of log(1 + e) divides infinity by infinity at 100.
  const log1pexp = ops.customGradient((x: Tensor) => {
    const e = ops.exp(x);
    const slope = ops.subtract(1, ops.divide(1, e.add(1)));
    return [ops.log(e.add(1)), (upstream: Tensor) => upstream.multiply(slope)];
  });
  const x = numbers(0, 1, 100);
  close(t, gradientsOf(log1pexp, x)[0], [0.5, 0.7310586, 1]);
  t.true(Number.isNaN((gradientsOf((y) => y.exp().add(1).log(), x)[0] as number[])[2]));
  close(t, log1pexp(numbers(0)).tolist(), [Math.log(2)]);
});

test("a gradient that is not linear in what comes from above", (t) => {
  const clipped = ops.customGradient((x: Tensor) => [x, (upstream: Tensor) => upstream.clip(-1, 1)]);
  t.deepEqual(
    gradientsOf((x) => clipped(x).multiply(numbers(0.5, 3, -7)), numbers(1, 2, 3)),
    [[0.5, 1, -1]],
  );
});

test("several arguments and outputs, a chain of two, one called twice", (t) => {
  const two = ops.customGradient((a: Tensor, b: Tensor) => [
    [a.add(b), a.multiply(b)],
    ([u, v]: Tensor[]) => [u!.multiply(10), v!.multiply(100)],
  ]);
  t.deepEqual(
    gradientsOf(
      (a, b) => {
        const [sum, product] = two(a, b) as Tensor[];
        return sum!.add(product!.multiply(2));
      },
      numbers(1),
      numbers(2),
    ),
    [[10], [200]],
  );
  // Only one output is used: the other's gradient is zero.
  t.deepEqual(
    gradientsOf((a, b) => (two(a, b) as Tensor[])[0]!, numbers(1), numbers(2)),
    [[10], [0]],
  );
  const tripled = ops.customGradient((x: Tensor) => [x.square(), (u: Tensor) => u.multiply(3)]);
  // d/dx 5·t(t(x)) = 5·3·3, and of x itself 1 more.
  t.deepEqual(
    gradientsOf((x) => tripled(tripled(x)).multiply(5).add(x), numbers(2)),
    [[46]],
  );
  t.deepEqual(
    gradientsOf((x) => tripled(x).add(tripled(x)), numbers(2)),
    [[6]],
  );
});

test("in a layer of a model, where the gradient decides what is learned", async (t) => {
  const reversed = ops.customGradient((x: Tensor) => [x, (u: Tensor) => u.negative()]);
  class Reverse extends layers.Layer {
    override call(x: Tensor) {
      return reversed(x);
    }
  }
  const trained = async (reverse: boolean): Promise<number> => {
    const inputs = keras.Input([1]);
    const x = layers.Dense(1, { useBias: false, kernelInitializer: "ones" })(inputs);
    const model = keras.Model(inputs, reverse ? new Reverse()(x) : x);
    model.compile({ optimizer: keras.optimizers.SGD({ learningRate: 0.1 }), loss: "mse" });
    await model.trainOnBatch(ops.ones([1, 1]), ops.zeros([1, 1]));
    return model.weights[0]!.value.item();
  };
  // The gradient of (w·1 - 0)² is 2 at w = 1.
  t.is(Math.fround(await trained(false)), Math.fround(0.8));
  t.is(Math.fround(await trained(true)), Math.fround(1.2));
});

test("what does not fit", (t) => {
  const x = numbers(1);
  t.throws(() => ops.customGradient(((y: Tensor) => y) as never)(x), {
    name: "TypeError",
    message: /\[outputs, gradient\]/,
  });
  const many = ops.customGradient((y: Tensor) => [y, (u: Tensor) => [u, u]]);
  t.throws(() => gradientsOf((y) => many(y), x), { name: "ValueError", message: /each of the 1 tensors.*got 2/ });
  const wide = ops.customGradient((y: Tensor) => [y, () => ops.ones([3])]);
  t.throws(() => gradientsOf((y) => wide(y), x), { name: "ValueError", message: /argument 0 has shape \(3,\)/ });
  const plain = ops.customGradient((y: Tensor) => [y, (u: Tensor) => u]);
  t.throws(() => ops.map((row) => plain(row as Tensor), new keras.KerasTensor([2, 2]) as never), {
    name: "NotImplementedError",
    message: /body of a loop/,
  });
  t.deepEqual(plain(new keras.KerasTensor([null, 2]) as never).shape, [null, 2]);
});
