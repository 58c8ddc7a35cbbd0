import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { near } from "../near.js";

const { StateError } = keras.errors;
const f32 = (data: keras.TensorLike): Tensor => keras.tensor(data, { dtype: "float32" });

test("recorded once for each signature, run at every call", (t) => {
  let runs = 0;
  const fn = keras.function((x: Tensor, by: number, how: { negative: boolean; list: readonly Tensor[] }) => {
    runs++;
    const y = x.multiply(by).add(how.list[0]!);
    return how.negative ? y.negative() : y;
  });
  const call = (x: Tensor, by: number, negative: boolean): unknown => fn(x, by, { negative, list: [f32(1)] }).tolist();
  t.deepEqual(call(f32([1, 2]), 3, false), [4, 7]);
  t.deepEqual(call(f32([5, 6]), 3, false), [16, 19]);
  t.is(runs, 1);
  t.deepEqual(call(f32([5, 6]), 3, true), [-16, -19]);
  t.deepEqual(call(f32([5, 6]), 4, false), [21, 25]);
  t.deepEqual(call(f32([5]), 3, false), [16]);
  t.deepEqual(call(keras.tensor([5, 6]), 3, false), [16, 19]);
  t.is(runs, 5);
  t.is(fn.tracingCount, 5);
  t.deepEqual(call(f32([0, 0]), 3, false), [1, 1]);
  t.is(runs, 5);
});

test("what it returns has the structure of what the function returns", (t) => {
  const fn = keras.function((x: Tensor) => ({ list: [x, x.add(1), x] as const, name: "n", none: null, nested: { x } }));
  const { list, name, none, nested } = fn(f32([2]));
  t.deepEqual([list.map((y) => y.tolist()), name, none, nested.x.tolist()], [[[2], [3], [2]], "n", null, [2]]);
  const constant = f32([7]);
  t.is(keras.function(() => constant)(), constant);
  t.is(keras.function(() => undefined)(), undefined);
});

test("variables, random numbers and metrics change at every call", (t) => {
  const count = new keras.Variable(f32(0));
  const mean = new keras.metrics.Mean();
  const seeds = new keras.random.SeedGenerator(5);
  const fn = keras.function((x: Tensor) => {
    count.assignAdd(1);
    mean.updateState(x);
    return [count.value, mean.result(), keras.random.uniform([3], { seed: seeds })] as const;
  });
  const first = fn(f32([1, 3]));
  const second = fn(f32([5, 7]));
  t.deepEqual([first[0].item(), second[0].item(), count.item()], [1, 2, 2]);
  t.deepEqual([first[1].item(), second[1].item(), (mean.result() as Tensor).item()], [2, 4, 4]);
  const again = new keras.random.SeedGenerator(5);
  const drawn = [0, 1].map(() => keras.random.uniform([3], { seed: again }).tolist());
  t.deepEqual([first[2].tolist(), second[2].tolist()], drawn);
});

test("control flow that depends on values", (t) => {
  const v = new keras.Variable(f32(0));
  const fn = keras.function((x: Tensor) => {
    const chosen = ops.cond(
      x.sum().greater(0),
      () => {
        v.assign(1);
        return x;
      },
      () => {
        v.assign(-1);
        return x.multiply(10);
      },
    ) as Tensor;
    const [steps] = ops.whileLoop(
      (_: Tensor, sum: Tensor) => sum.less(10),
      (i: Tensor, sum: Tensor) => [i.add(1), sum.add(3)],
      [ops.array(0), x.sum()],
      { maximumIterations: 20 },
    ) as Tensor[];
    const [, sums] = ops.scan((sum: Tensor, one: Tensor) => [sum.add(one), sum.add(one)], ops.zeros([]), x);
    const power = ops.foriLoop(0, 3, (_, y: Tensor) => y.multiply(x), ops.onesLike(x));
    const squares = ops.map((one: Tensor) => one.square(), x);
    return [chosen, steps as Tensor, sums as Tensor, power as Tensor, squares as Tensor].map((y) => y);
  });
  t.deepEqual(
    fn(f32([1, 2])).map((y) => y.tolist()),
    [[1, 2], 3, [1, 3], [1, 8], [1, 4]],
  );
  t.is(v.item(), 1);
  t.deepEqual(
    fn(f32([-1, -2])).map((y) => y.tolist()),
    [[-10, -20], 5, [-1, -3], [-1, -8], [1, 4]],
  );
  t.is(v.item(), -1);
  t.is(fn.tracingCount, 1);
});

test("values are not there while it is recorded", (t) => {
  const v = new keras.Variable(f32(1));
  const branches: ((x: Tensor) => unknown)[] = [
    (x) => (x.item() > 0 ? x : x.negative()),
    (x) => ((x as unknown as number) > 0 ? x : x.negative()),
    (x) => x.tolist(),
    (x) => x.dataSync(),
    () => v.item(),
    () => v.tolist(),
  ];
  for (const branch of branches) {
    t.throws(() => keras.function(branch)(f32(1)), { instanceOf: StateError, message: /ops\.cond/ }, String(branch));
  }
  t.throws(() => keras.function(async (x: Tensor) => x)(f32(1)), { message: /must not be async/ });
  t.throws(() => keras.function(() => 1)(...([new Float32Array(2)] as unknown as [])), {
    message: /Make a tensor of it/,
  });
  t.throws(() => keras.function(3 as never), { message: /expected a function/ });
});

test("a traced tensor that got out says so", (t) => {
  let out: Tensor | undefined;
  keras.function((x: Tensor) => {
    out = x.add(1);
    return x;
  })(f32(1));
  t.throws(() => out?.item(), { instanceOf: StateError, message: /no elements to read/ });
  t.throws(() => out?.add(1), { instanceOf: StateError, message: /outside the function that made it/ });
  t.throws(() => keras.function((x: Tensor) => x.add(out as Tensor))(f32(1)), {
    message: /outside the function that made it/,
  });
  t.throws(() => keras.function((x: Tensor) => x)(out as Tensor), { message: /outside the function that made it/ });
});

test("variables are made in the first call only", (t) => {
  let kept: keras.Variable | undefined;
  const good = keras.function((x: Tensor) => {
    kept ??= new keras.Variable(f32([1, 2]));
    return x.add(kept);
  });
  t.deepEqual(good(f32([1, 1])).tolist(), [2, 3]);
  t.deepEqual(good(f32([[1, 1]])).tolist(), [[2, 3]]);
  const bad = keras.function((x: Tensor) => x.add(new keras.Variable(f32([1]))));
  t.throws(() => bad(f32([1])), { instanceOf: StateError, message: /made once/ });
  const layer = layers.Dense(2);
  const builds = keras.function((x: Tensor) => layer(x));
  t.deepEqual(builds(f32([[1, 2]])).shape, [1, 2]);
  t.is(layer.weights.length, 2);
  t.deepEqual(builds(f32([[1, 2]])).tolist(), layer(f32([[1, 2]])).tolist());
});

test("a function in a function, on a tape, and on symbolic tensors", (t) => {
  const square = keras.function((x: Tensor) => x.square());
  const outer = keras.function((x: Tensor) => square(x).add(1));
  t.is(outer(f32(3)).item(), 10);
  const v = new keras.Variable(f32(3));
  const tape = new keras.GradientTape();
  const y = tape.record(() => square(v.value));
  t.is(tape.gradient(y, v)?.item(), 6);
  t.true(square(keras.Input({ shape: [2] }) as never) instanceof keras.KerasTensor);
});

test("a whole step: tape, optimizer, dropout and batch normalization, against the same steps one op at a time", (t) => {
  const results = [false, true].map((compiled) => {
    keras.utils.setRandomSeed(7);
    const inputs = keras.Input({ shape: [3] });
    const h = layers.Dropout(0.3, { seed: 1 })(
      layers.BatchNormalization()(layers.Dense(5, { activation: "relu" })(inputs)),
    );
    const model = keras.Model(inputs, layers.Dense(1)(h));
    const optimizer = keras.optimizers.Adam({ learningRate: 0.05, weightDecay: 0.01, clipnorm: 1 });
    const x = keras.random.normal([8, 3], { seed: 3 });
    const y = x.sum(1, { keepdims: true });
    const step = (a: Tensor, b: Tensor): Tensor => {
      const tape = new keras.GradientTape();
      const loss = tape.record(() => ops.mean(keras.losses.meanSquaredError(b, model(a, { training: true }))));
      const { trainableVariables } = model;
      optimizer.apply(tape.gradient(loss, trainableVariables), trainableVariables);
      return loss;
    };
    const run = compiled ? keras.function(step) : step;
    const losses = [0, 1, 2, 3].map(() => run(x, y).item());
    return {
      losses,
      weights: model.weights.map((w) => w.tolist()),
      steps: (optimizer.iterations as keras.Variable).item(),
    };
  });
  near(t, results[1]!.losses, results[0]!.losses, "losses", 1e-4);
  near(t, results[1]!.weights, results[0]!.weights, "weights", 1e-3);
  t.deepEqual([results[0]!.steps, results[1]!.steps], [4, 4]);
});

test("two updates in one function: the second gradient starts from the first update", (t) => {
  const v = new keras.Variable(f32(1));
  const fn = keras.function(() => {
    for (let i = 0; i < 2; i++) {
      const tape = new keras.GradientTape();
      const y = tape.record(() => v.square());
      v.assignSub(ops.multiply(tape.gradient(y, v) as Tensor, 0.25));
    }
  });
  fn();
  t.is(v.item(), 0.25); // v -= 0.25 * 2 v, twice; through the first update the second gradient would be another
});

test("tapes in a recorded function are as they are outside", (t) => {
  const w = new keras.Variable(f32([2, 3]));
  const frozen = new keras.Variable(f32([1, 1]), { trainable: false });
  const all = (x: Tensor, other: Tensor): unknown[] => {
    const before = x.square();
    const tape = new keras.GradientTape({ persistent: true });
    tape.watch(x);
    const [y, z] = tape.record(() => {
      const inner = new keras.GradientTape();
      inner.watch(x);
      const cube = inner.record(() => w.multiply(x.square().multiply(x)));
      return [x.multiply(w).multiply(before).multiply(other).multiply(frozen), inner.gradient(cube, x)] as const;
    });
    return [...tape.gradient(y, [w, x, other, frozen]), tape.gradient(z as Tensor, x), tape.gradient(y, before)];
  };
  const [x, other] = [f32([5, 7]), f32([2, 1])];
  const tolists = (found: unknown[]): unknown => found.map((one) => (one as Tensor | null)?.tolist() ?? null);
  const eager = tolists(all(x, other));
  t.deepEqual(eager, [[250, 343], [100, 147], null, null, [60, 126], null]);
  t.deepEqual(tolists(keras.function(all)(x, other)), eager);
});

test("run eagerly, to look inside", (t) => {
  let runs = 0;
  const fn = keras.function((x: Tensor) => {
    runs++;
    return x.add(1);
  });
  keras.config.runFunctionsEagerly(true);
  try {
    t.true(keras.config.functionsRunEagerly());
    for (const i of [1, 2, 3]) t.is(fn(f32(i)).item(), i + 1);
    t.deepEqual([runs, fn.tracingCount], [3, 0]);
  } finally {
    keras.config.runFunctionsEagerly(false);
  }
});

test.serial("recorded again and again it warns, once", async (t) => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", listen);
  const fn = keras.function(function grow(x: Tensor) {
    return x.add(1);
  });
  for (let i = 1; i < 12; i++) fn(ops.zeros([i]));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  t.deepEqual(warnings.filter((text) => text.includes("grow")).length, 1);
  t.true(warnings.some((text) => /keras.function "grow": the last 5 calls all recorded/.test(text)));
});

test("one recording for many shapes", (t) => {
  let runs = 0;
  const w = new keras.Variable(f32([2, 3]));
  const calls = new keras.Variable(f32(0));
  const layer = layers.Dense(2, { kernelInitializer: "ones" });
  const fn = keras.function(
    (x: Tensor, other: { y: Tensor }) => {
      runs++;
      calls.assignAdd(1);
      return { sum: ops.sum(layer(x.multiply(w)), 0), y: other.y.add(x.mean()), softmax: ops.softmax(x, 0) };
    },
    { reduceRetracing: true },
  );
  const y = f32([10]);
  for (const n of [1, 4, 2, 7, 4, 1, 300]) {
    const x = keras.random.uniform([n, 2], { seed: n });
    const found = fn(x, { y });
    near(t, found.sum.tolist(), ops.sum(layer(x.multiply(w)), 0).tolist(), `sum ${n}`);
    near(t, found.y.tolist(), y.add(x.mean()).tolist(), `y ${n}`);
    near(t, found.softmax.tolist(), ops.softmax(x, 0).tolist(), `softmax ${n}`);
  }
  t.is(runs, 3); // twice for the first shape, where the layer makes its weights; once for all others
  t.is(fn.tracingCount, 2);
  t.is(calls.item(), 7);
  t.throws(() => fn(f32([[1, 2, 3]]), { y }), { message: /multiply.*\(1, 3\).*\(2,\)/ });
});

test.serial("where open dimensions cannot be, it says so and records each shape", async (t) => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", listen);
  const fn = keras.function(
    function slope(x: Tensor) {
      const tape = new keras.GradientTape();
      tape.watch(x);
      const y = tape.record(() => x.square().mean());
      return tape.gradient(y, x) as Tensor;
    },
    { reduceRetracing: true },
  );
  t.deepEqual(
    [[2], [2, 4], [2, 4, 6]].map((x) => fn(f32(x)).tolist()),
    [[4], [2, 4], [4 / 3, 8 / 3, 4].map(Math.fround)],
  );
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  t.is(warnings.filter((text) => /"slope": `reduceRetracing` has no effect here/.test(text)).length, 1);
});

test("gradients of one's own, and loops, are the same one op at a time and compiled", (t) => {
  const steep = ops.customGradient((x: Tensor) => [x.tanh(), (up: Tensor) => up.multiply(x).multiply(100)]);
  const w = new keras.Variable(f32([0.5, -0.25]));
  const slopes = (x: Tensor): (Tensor | null)[] => {
    const outside = steep(x);
    const tape = new keras.GradientTape();
    tape.watch(x);
    const y = tape.record(() => {
      const [last, all] = ops.scan(
        (carry: Tensor, row: Tensor) => [carry.multiply(row).add(w).tanh(), carry.square()],
        ops.ones([2]),
        x,
      );
      const looped = ops.foriLoop(0, 3, (_, z: Tensor) => z.multiply(w).add(x.at(0)), w.value) as Tensor;
      return [last, all, looped, steep(x.multiply(w)), outside].reduce<Tensor>(
        (sum, part) => sum.add((part as Tensor).sum()),
        ops.zeros([]),
      );
    });
    return [y, ...tape.gradient(y, [x, w, outside])];
  };
  const x = f32([
    [0.1, 0.2],
    [0.3, -0.4],
    [0.5, 0.6],
  ]);
  const [eager, compiled] = [slopes, keras.function(slopes)].map((fn) => fn(x).map((one) => one?.tolist() ?? null));
  t.is(eager![3], null);
  t.is(compiled![3], null);
  for (const i of [0, 1, 2]) near(t, compiled![i], eager![i], `${i}`, 1e-5);
});

test("a training inside a loop inside a function", (t) => {
  const v = new keras.Variable(f32(1));
  const fn = keras.function(() =>
    ops.scan(
      (_: unknown, by: Tensor) => {
        const tape = new keras.GradientTape();
        const loss = tape.record(() => v.square());
        v.assignSub((tape.gradient(loss, v) as Tensor).multiply(by));
        return [[], loss];
      },
      [],
      f32([0.25, 0.25, 0.5]),
    ),
  );
  const [, losses] = fn() as [unknown, Tensor];
  t.deepEqual(losses.tolist(), [1, 0.25, 0.0625]);
  t.is(v.item(), 0);
});
