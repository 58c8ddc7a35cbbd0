import test from "ava";
import * as keras from "kerosene";
import { makeDefaultSeed, setRandomSeed } from "#kerosene/engine/seed.js";
import { trace } from "#kerosene/engine/trace.js";

const { random, ops } = keras;

test("a whole number as seed gives the same tensor at every call", (t) => {
  t.deepEqual(random.normal([5], { seed: 1 }).tolist(), random.normal([5], { seed: 1 }).tolist());
  t.notDeepEqual(random.normal([5], { seed: 1 }).tolist(), random.normal([5], { seed: 2 }).tolist());
  t.notDeepEqual(random.normal([5], { seed: 1 }).tolist(), random.normal([5], { seed: 2 ** 32 + 1 }).tolist());
});

test("a generator goes on from call to call, and the same one twice gives the same row", (t) => {
  const draw = (): unknown[] => {
    const seed = random.SeedGenerator(1337);
    return [random.uniform([3], { seed }).tolist(), random.uniform([3], { seed }).tolist()];
  };
  const [first, second] = draw();
  t.notDeepEqual(first, second);
  t.deepEqual(draw(), [first, second]);
});

test.serial("the global generator starts from setRandomSeed", (t) => {
  const draw = (): unknown[] => [random.normal([3]).tolist(), makeDefaultSeed(), random.randint([3], 0, 100).tolist()];
  setRandomSeed(7);
  const first = draw();
  t.notDeepEqual(draw(), first);
  setRandomSeed(7);
  t.deepEqual(draw(), first);
});

test("a traced function draws new numbers at every run", (t) => {
  const seed = random.SeedGenerator(3);
  const made = trace([], () => random.uniform([4], { seed }));
  const plan = made.trace.compile([made.result]);
  const runs = [0, 1].map(() => {
    const out = new Float32Array(4);
    plan.runSync([], [out]);
    return [...out];
  });
  t.notDeepEqual(runs[0], runs[1]);
  const eager = random.SeedGenerator(3);
  t.deepEqual(runs[0], random.uniform([4], { seed: eager }).tolist());
  t.deepEqual(runs[1], random.uniform([4], { seed: eager }).tolist());
});

test("distributions have the right moments and bounds", (t) => {
  const moments = (x: keras.Tensor): [number, number] => [x.mean().item(), x.std().item()];
  const near = (got: number, want: number, within: number): void => {
    t.true(Math.abs(got - want) < within, `${got}`);
  };
  const n = [100_000];
  const [m1, s1] = moments(random.normal(n, { mean: 2, stddev: 3, seed: 1 }));
  near(m1, 2, 0.05);
  near(s1, 3, 0.05);
  const u = random.uniform(n, { minval: -1, maxval: 3, seed: 1 });
  near(u.mean().item(), 1, 0.02);
  t.true(u.min().item() >= -1 && u.max().item() < 3);
  const cut = random.truncatedNormal(n, { stddev: 2, seed: 1 });
  t.true(cut.abs().max().item() <= 4);
  near(moments(cut)[1], 2 * 0.8796, 0.05);
  const whole = random.randint(n, -2, 3, { seed: 1 });
  t.deepEqual([whole.min().item(), whole.max().item(), whole.dtype], [-2, 2, "int32"]);
  const kept = random.dropout(ops.ones(n), 0.25, { seed: 1 });
  near(kept.mean().item(), 1, 0.02);
  near(kept.max().item(), 4 / 3, 1e-6);
  near(kept.equal(0).astype("float32").mean().item(), 0.25, 0.02);
});

test("shuffle keeps what is there", (t) => {
  const x = ops.arange(100);
  const mixed = random.shuffle(x, { seed: 5 });
  t.notDeepEqual(mixed.tolist(), x.tolist());
  t.deepEqual(
    mixed.tolist().sort((a: number, b: number) => a - b),
    x.tolist(),
  );
});

test("bad arguments are refused", (t) => {
  t.throws(() => random.randint([2], 3, 3), { name: "ValueError", message: /minval < maxval/ });
  t.throws(() => random.randint([2], 0, 3, { dtype: "float32" }), { name: "ValueError" });
  t.throws(() => random.dropout(ops.ones([2]), 1.5), { name: "ValueError", message: /rate/ });
  t.throws(() => random.normal([2], { seed: -1 }), { name: "ValueError", message: /seed/ });
  t.throws(() => random.normal([2], { dtype: "flot" }), { name: "TypeError", message: /flot/ });
  t.throws(() => random.normal([-1]), { name: "ValueError" });
});

const momentsOf = (x: keras.Tensor): [number, number] => {
  const values = Array.from(x.dataSync() as Float32Array);
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return [mean, values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length];
};

test("gamma, beta and binomial have their moments", (t) => {
  const near = (x: keras.Tensor, mean: number, variance: number): void => {
    const [m, v] = momentsOf(x);
    t.true(Math.abs(m - mean) < 6 * Math.sqrt(variance / 20000), `mean ${m}, expected ${mean}`);
    t.true(Math.abs(v - variance) < 0.15 * variance, `variance ${v}, expected ${variance}`);
  };
  for (const alpha of [0.3, 1, 4.5]) near(keras.random.gamma([20000], alpha, { seed: 1 }), alpha, alpha);
  for (const [a, b] of [
    [0.5, 0.5],
    [2, 5],
  ] as const) {
    near(keras.random.beta([20000], a, b, { seed: 2 }), a / (a + b), (a * b) / ((a + b) ** 2 * (a + b + 1)));
  }
  for (const [n, p] of [
    [10, 0.3],
    [1000, 0.9],
    [50, 0.5],
  ] as const) {
    near(keras.random.binomial([20000], n, p, { seed: 3 }), n * p, n * p * (1 - p));
  }
  const some = keras.random.gamma([2, 3], keras.tensor([1, 2, 3], { dtype: "float32" }), { seed: 4 });
  t.deepEqual(some.shape, [2, 3]);
  t.deepEqual(some.tolist(), keras.random.gamma([2, 3], [1, 2, 3], { seed: 4 }).tolist());
  t.deepEqual(keras.random.binomial([2], 5, [0, 1]).tolist(), [0, 5]);
});

test("categorical draws classes by their logits", (t) => {
  const logits = keras.tensor([
    [0, Math.log(3)],
    [-Infinity, 0],
  ]);
  const drawn = keras.random.categorical(logits, 8000, { seed: 5 });
  t.deepEqual([drawn.shape, drawn.dtype], [[2, 8000], "int32"]);
  const [ones, all] = (drawn.tolist() as number[][]).map((row) => row.reduce((a, b) => a + b, 0)) as [number, number];
  t.true(Math.abs(ones / 8000 - 0.75) < 0.03);
  t.is(all, 8000);
});

test("dropout by slices", (t) => {
  const x = keras.ops.ones([64, 3, 2]);
  const rows = keras.random.dropout(x, 0.5, { noiseShape: [null, 1, 1], seed: 6 }).tolist() as number[][][];
  for (const row of rows) t.is(new Set(row.flat()).size, 1);
  t.is(new Set(rows.flat(2)).size, 2);
  t.throws(() => keras.random.dropout(x, 0.5, { noiseShape: [2, 1, 1] }), { message: /does not broadcast/ });
});
