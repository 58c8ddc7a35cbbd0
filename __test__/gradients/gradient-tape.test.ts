import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { near } from "../near.js";

const f32 = (data: keras.TensorLike): Tensor => keras.tensor(data, { dtype: "float32" });
const lists = (gradients: readonly (Tensor | null)[]): unknown[] => gradients.map((one) => one?.tolist() ?? null);

test("variables are watched, tensors when told", (t) => {
  const w = new keras.Variable(f32([2, 3]));
  const frozen = new keras.Variable(f32([1, 1]), { trainable: false });
  const x = f32([5, 7]);
  const other = f32([1, 1]);
  const tape = new keras.GradientTape();
  tape.watch(x);
  const y = tape.record(() => ops.sum(w.multiply(w).multiply(x).multiply(other).multiply(frozen)));
  t.is(y.item(), 4 * 5 + 9 * 7);
  t.deepEqual(tape.watchedVariables(), [w]);
  t.deepEqual(lists(tape.gradient(y, [w, x, other, frozen])), [[20, 42], [4, 9], null, null]);
});

test("the structure of the sources, and zeros for what does not matter", (t) => {
  const [a, b] = [new keras.Variable(f32([1, 2])), new keras.Variable(f32([3]))];
  const tape = new keras.GradientTape();
  const y = tape.record(() => a.multiply(3).sum());
  const found = tape.gradient(y, { a, list: [b] }, { unconnectedGradients: "zero" });
  t.deepEqual(found.a.tolist(), [3, 3]);
  t.deepEqual(found.list[0].tolist(), [0]);
});

test("once, unless it is persistent", (t) => {
  const w = new keras.Variable(f32([2]));
  const once = new keras.GradientTape();
  const y = once.record(() => w.square());
  t.deepEqual(once.gradient(y, w)?.tolist(), [4]);
  t.throws(() => once.gradient(y, w), { instanceOf: keras.errors.StateError, message: /persistent: true/ });
  const often = new keras.GradientTape({ persistent: true });
  const [u, v] = often.record(() => [w.square(), w.exp()] as const);
  t.deepEqual(often.gradient(u, w)?.tolist(), [4]);
  near(t, often.gradient(v, w)?.tolist(), [Math.exp(2)], "", 1e-6);
  t.deepEqual(often.gradient([u, u], w)?.tolist(), [8]);
});

test("the value of a variable is that of its read", (t) => {
  const w = new keras.Variable(f32([3]));
  const tape = new keras.GradientTape();
  const y = tape.record(() => w.multiply(w).multiply(w));
  w.assign([100]);
  t.deepEqual(tape.gradient(y, w)?.tolist(), [27]);
});

test("weights of the elements of the target, several targets, a target that is a source", (t) => {
  const x = f32([1, 2]);
  const tape = new keras.GradientTape({ persistent: true });
  tape.watch(x);
  const [y, z] = tape.record(() => [x.square(), x.multiply(5)] as const);
  t.deepEqual(tape.gradient([y, z], x, { outputGradients: [f32([10, 1]), null] })?.tolist(), [25, 9]);
  t.deepEqual(tape.gradient(x, x)?.tolist(), [1, 1]);
  t.throws(() => tape.gradient(y, x, { outputGradients: f32([1]) }), {
    message: /target's shape \(2,\), got shape \(1,\)/,
  });
  t.throws(() => tape.gradient(ops.cast(y, "int32"), x), { message: /must be floating, got one of dtype int32/ });
});

test("what is not recorded has no gradient", (t) => {
  const x = f32([3]);
  const tape = new keras.GradientTape({ persistent: true });
  tape.watch(x);
  const before = x.square();
  const [y, aside] = tape.record(() => [before.multiply(x), tape.stopRecording(() => x.square())] as const);
  t.deepEqual(tape.gradient(y, x)?.tolist(), [9]);
  t.is(tape.gradient(aside, x), null);
  t.is(tape.gradient(y.multiply(2), x), null);
});

test("tapes around tapes: second and third derivatives", (t) => {
  const x = f32([2]);
  const outer = new keras.GradientTape();
  outer.watch(x);
  const second = outer.record(() => {
    const middle = new keras.GradientTape();
    middle.watch(x);
    const first = middle.record(() => {
      const inner = new keras.GradientTape();
      inner.watch(x);
      const y = inner.record(() => x.pow(4));
      return inner.gradient(y, x) as Tensor;
    });
    near(t, first.tolist(), [32], "", 1e-5);
    return middle.gradient(first, x) as Tensor;
  });
  near(t, second.tolist(), [48], "", 1e-5);
  near(t, outer.gradient(second, x)?.tolist(), [48], "", 1e-5);
});

test("a gradient penalty: the outer tape goes through the inner tape's variables", (t) => {
  // y = (w x)^2; dy/dx = 2 w^2 x; its square 4 w^4 x^2; d/dw = 16 w^3 x^2
  const w = new keras.Variable(f32([3]));
  const x = f32([2]);
  const outer = new keras.GradientTape();
  const penalty = outer.record(() => {
    const inner = new keras.GradientTape({ watchAccessedVariables: false });
    inner.watch(x);
    const y = inner.record(() => w.multiply(x).square());
    return ops.square(inner.gradient(y, x) as Tensor);
  });
  t.deepEqual(lists(outer.gradient(penalty, [w])), [[16 * 27 * 4]]);
});

test("gradients of one's own, and none", (t) => {
  const doubled = ops.customGradient((x: Tensor) => [x.multiply(1), (up: Tensor) => up.multiply(7).multiply(x)]);
  const x = f32([2]);
  const tape = new keras.GradientTape({ persistent: true });
  tape.watch(x);
  const [y, z] = tape.record(() => [doubled(x.multiply(3)), ops.stopGradient(x.square()).multiply(x)] as const);
  t.deepEqual(tape.gradient(y, x)?.tolist(), [7 * 6 * 3]);
  t.deepEqual(tape.gradient(z, x)?.tolist(), [4]);
});

test("a loop that runs at once", (t) => {
  keras.utils.setRandomSeed(3);
  const lstm = layers.LSTM(3);
  const x = keras.random.normal([2, 5, 4]);
  lstm(x);
  const loss = (): Tensor => ops.sum(ops.square(lstm(x)));
  const tape = new keras.GradientTape();
  tape.watch(x);
  const y = tape.record(loss);
  const found = tape.gradient(y, [...lstm.trainableVariables, x]);
  for (const [i, weight] of lstm.trainableVariables.entries()) {
    const value = weight.value;
    const elements = value.dataSync() as Float32Array;
    const h = 1e-2;
    const at = (by: number): number => {
      const moved = elements.slice();
      moved[1] = elements[1]! + by;
      weight.assign(keras.tensor(moved, { shape: value.shape }));
      return loss().item();
    };
    const slope = (at(h) - at(-h)) / (2 * h);
    weight.assign(value);
    near(t, Number(found[i]?.dataSync()[1]), slope, "", 2e-3);
  }
  t.deepEqual(found.at(-1)?.shape, [2, 5, 4]);
});

test("what runs as a whole is followed: jvp, and what it reads from around it", (t) => {
  const [x, w] = [f32([2]), new keras.Variable(f32([3]))];
  const tape = new keras.GradientTape();
  tape.watch(x);
  // d/dx of w x^3 along 1 is 3 w x^2
  const y = tape.record(() => keras.jvp((a: Tensor) => a.pow(3).multiply(w), [x], [f32([1])])[1]);
  near(t, lists(tape.gradient(y, [x, w])) as number[][], [[36], [12]], "", 1e-5);
});

test("tensors in arrays are followed, at once and compiled", (t) => {
  const [v, w] = [new keras.Variable(f32([2, 3])), new keras.Variable(f32(5))];
  const slopes = (x: Tensor): (Tensor | null)[] => {
    const tape = new keras.GradientTape();
    tape.watch(x);
    const y = tape.record(() => {
      const rows = ops.convertToTensor([v, [w, 1], [x, 2.5]] as never);
      return ops
        .sum(
          rows.multiply([
            [1, 2],
            [3, 4],
            [5, 6],
          ]),
        )
        .add(keras.tensor([w, x] as never).prod());
    });
    return [y, ...tape.gradient(y, [v, w, x])];
  };
  const eager = lists(slopes(f32(7)));
  t.deepEqual(eager, [2 + 6 + 15 + 4 + 35 + 15 + 35, [1, 2], 3 + 7, 5 + 5]);
  t.deepEqual(lists(keras.function(slopes)(f32(7))), eager);
  t.throws(() => keras.function((x: Tensor) => ops.convertToTensor([x, [x, x]] as never))(f32(1)), {
    message: /ragged/,
  });
});

test("a variable assigned on the tape hands its gradient on", (t) => {
  const x = f32([3]);
  const v = new keras.Variable(f32([0]));
  const tape = new keras.GradientTape({ persistent: true });
  tape.watch(x);
  const y = tape.record(() => {
    v.assign(x.square());
    return v.multiply(2);
  });
  t.deepEqual(lists(tape.gradient(y, [x, v])), [[12], null]);
});

test("errors say what to do", (t) => {
  t.throws(() => new keras.GradientTape().watch(keras.tensor([1, 2])), { message: /one of dtype int32/ });
  t.throws(() => new keras.GradientTape().record(async () => 1), { message: /must not be async/ });
  t.throws(() => new keras.GradientTape().gradient(1 as never, []), {
    message: /expected a tensor as the target, got 1/,
  });
  const x = f32([1]);
  t.throws(() => new keras.GradientTape().gradient(x, ["x" as never]), { message: /variables as sources, got "x"/ });
  t.throws(() => new keras.GradientTape().gradient(x, x, { unconnectedGradients: "ones" as never }), {
    message: /"none" or "zero"/,
  });
});

test("a whole training by hand falls, and the tape lets go of what it recorded", (t) => {
  keras.utils.setRandomSeed(1);
  const inputs = keras.Input({ shape: [4] });
  const h = layers.Dropout(0.1)(layers.BatchNormalization()(layers.Dense(8, { activation: "tanh" })(inputs)));
  const model = keras.Model(inputs, layers.Dense(1)(h));
  const optimizer = keras.optimizers.Adam(0.02);
  const x = keras.random.normal([64, 4]);
  const y = x.sum(1, { keepdims: true });
  const losses: number[] = [];
  for (let i = 0; i < 40; i++) {
    const tape = new keras.GradientTape();
    const loss = tape.record(() => ops.mean(keras.losses.meanSquaredError(y, model(x, { training: true }))));
    const gradients = tape.gradient(loss, model.trainableVariables);
    optimizer.applyGradients(gradients.map((g, k) => [g, model.trainableVariables[k]!]));
    losses.push(loss.item());
  }
  t.true(losses.at(-1)! < losses[0]! / 3, `${losses[0]} to ${losses.at(-1)}`);
});
