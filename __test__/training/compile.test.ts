import test from "ava";
import * as keras from "kerosene";
import { ProgbarLogger } from "#kerosene/callbacks/progbar-logger.js";
import type { CompileOptions } from "#kerosene/training/options.js";
import { near } from "../near.js";

const { layers, losses, metrics } = keras;

const x = keras.tensor([
  [1, 2],
  [0, 1],
  [-1, 0.5],
  [2, 0],
]);
const targets = {
  p: keras.tensor([[1], [0], [1], [1]], { dtype: "float32" }),
  q: keras.tensor(
    [
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ],
    { dtype: "float32" },
  ),
  r: keras.tensor([[2], [1], [0], [1]], { dtype: "float32" }),
};
const weights = keras.tensor([1, 2, 0, 0.5]);

/** The structures of outputs that models here have, of three layers' outputs or of their targets. */
const shapes = {
  one: ({ p }) => p,
  "one in a list": ({ p }) => [p],
  "one in a dict": ({ p }) => ({ o: p }),
  list: ({ p, q }) => [p, q],
  dict: ({ p, q }) => ({ b: p, a: q }),
  "list in a dict": ({ p, q, r }) => ({ u: p, v: [q, r] }),
  "list in a list": ({ p, q, r }) => [p, [q, r]],
  "dict in a list": ({ p, q, r }) => [p, { z: q, y: r }],
  "dict in a dict": ({ p, q, r }) => ({ m: { k: p, j: q }, l: r }),
} satisfies Record<string, (parts: Record<"p" | "q" | "r", unknown>) => unknown>;
type Kind = keyof typeof shapes;

const dense = (units: number, name: string, value: number) =>
  layers.Dense(units, { name, kernelInitializer: keras.initializers.Constant(value), useBias: false });

function model(kind: Kind) {
  const i = keras.Input({ shape: [2], name: "i" });
  const parts = { p: dense(1, "p", 0.5)(i), q: dense(2, "q", 0.25)(i), r: dense(1, "r", -0.5)(i) };
  return keras.Model(i, shapes[kind](parts) as never);
}

/** A model that says nothing of its outputs before it is called. */
class Unknown extends keras.Model {
  p = dense(1, "p", 0.5);
  q = dense(2, "q", 0.25);
  r = dense(1, "r", -0.5);
  kind: Kind;

  constructor(kind: Kind) {
    super();
    this.kind = kind;
  }

  override call(inputs: keras.Tensor) {
    return shapes[this.kind]({ p: this.p(inputs), q: this.q(inputs), r: this.r(inputs) }) as never;
  }
}

type Case = readonly [Kind, CompileOptions, Record<string, number>, { weighted?: boolean; y?: unknown }?];

const mse = { p: 0.51562, q: 0.37891, r: 4.64062 };
const mae = { p: 0.5625, q: 0.53125, r: 1.8125 };

/** What `model.evaluate(..., return_dict=True)` of Keras 3.15.1 gives for the same `compile` (on JAX), to five decimals. */
const cases: Case[] = [
  ["one", { loss: "mse" }, { loss: mse.p }],
  ["one", { loss: ["mse"] }, { loss: mse.p }],
  ["one", { loss: { p: "mse" } }, { loss: mse.p }],
  ["one", { loss: losses.MeanSquaredError }, { loss: mse.p }],
  ["one", { loss: losses.meanSquaredError }, { loss: mse.p }],
  ["one", { loss: "MeanSquaredError" }, { loss: mse.p }],
  ["one", { loss: "mse", lossWeights: 2 }, { loss: 1.03125 }],
  ["one", { loss: "mse", lossWeights: [2] }, { loss: 1.03125 }],
  ["one", { loss: { p: "mse" }, lossWeights: { p: 2 } }, { loss: 1.03125 }],
  [
    "one",
    { loss: "mse", metrics: ["mae", losses.meanSquaredError, metrics.MeanSquaredError()] },
    { loss: mse.p, mae: mae.p, mean_squared_error: mse.p, mean_squared_error_1: mse.p },
  ],
  ["one", { loss: "mse", metrics: { p: ["mae"] } }, { loss: mse.p, mae: mae.p }],
  ["one", { loss: "mse", metrics: [["mae", "mse"]] }, { loss: mse.p, mae: mae.p, mse: mse.p }],
  ["one", { loss: "mse", metrics: [metrics.MeanAbsoluteError] }, { loss: mse.p, mean_absolute_error: mae.p }],
  [
    "one",
    { loss: "mse", metrics: ["mae", "mae"], weightedMetrics: ["mae", "mae", "mse"] },
    { loss: 0.1875, mae: mae.p, mae_1: mae.p, mse: 0.21429, weighted_mae: 0.42857, weighted_mae_1: 0.42857 },
    { weighted: true },
  ],
  [
    "one",
    { loss: losses.MeanSquaredError({ name: "hey" }), metrics: [metrics.MeanAbsoluteError({ name: "yo" })] },
    { loss: mse.p, yo: mae.p },
  ],
  ["one in a list", { loss: "mse", metrics: ["mae"] }, { loss: mse.p, mae: mae.p }],
  ["one in a dict", { loss: "mse", metrics: ["mae"] }, { loss: mse.p, mae: mae.p }],
  ["one in a dict", { loss: { o: "mse" }, metrics: { o: "mae" } }, { loss: mse.p, mae: mae.p }],

  ["list", { loss: "mse" }, { loss: 0.89453, p_loss: mse.p, q_loss: mse.q }],
  ["list", { loss: ["mse", "mae"] }, { loss: 1.04688, p_loss: mse.p, q_loss: mae.q }],
  ["list", { loss: { p: "mse", q: "mae" } }, { loss: 1.04688, p_loss: mse.p, q_loss: mae.q }],
  ["list", { loss: { q: "mae", p: "mse" } }, { loss: 1.04688, p_loss: mse.p, q_loss: mae.q }],
  ["list", { loss: { p: "mse", q: null } }, { loss: mse.p }],
  ["list", { loss: [null, "mse"] }, { loss: mse.q }],
  ["list", { loss: ["mse", null] }, { loss: mse.p }, { y: [targets.p] }],
  ["list", { loss: "mse" }, { loss: 0.89453, p_loss: mse.p, q_loss: mse.q }, { y: { q: targets.q, p: targets.p } }],
  ["list", { loss: ["mse", "mae"], lossWeights: [2, 0.5] }, { loss: 1.29688, p_loss: mse.p, q_loss: mae.q }],
  [
    "list",
    { loss: { p: "mse", q: "mae" }, lossWeights: { q: 0.5, p: 2 } },
    { loss: 1.29688, p_loss: mse.p, q_loss: mae.q },
  ],
  ["list", { loss: { p: "mse", q: "mae" }, lossWeights: [2, 0.5] }, { loss: 1.29688, p_loss: mse.p, q_loss: mae.q }],
  ["list", { loss: "mse", lossWeights: 2 }, { loss: 1.78906, p_loss: mse.p, q_loss: mse.q }],
  [
    "list",
    { loss: "mse", metrics: ["mae", "mse"] },
    { loss: 0.89453, p_loss: mse.p, p_mae: mae.p, q_loss: mse.q, q_mse: mse.q },
  ],
  [
    "list",
    { loss: "mse", metrics: [["mae"], ["mse", "accuracy"]] },
    { loss: 0.89453, p_loss: mse.p, p_mae: mae.p, q_accuracy: 0.5, q_loss: mse.q, q_mse: mse.q },
  ],
  [
    "list",
    { loss: "mse", metrics: { q: ["mse", "acc"], p: "mae" } },
    { loss: 0.89453, p_loss: mse.p, p_mae: mae.p, q_acc: 0.5, q_loss: mse.q, q_mse: mse.q },
  ],
  [
    "list",
    { loss: "mse", metrics: { q: ["mse", "acc"] } },
    { loss: 0.89453, p_loss: mse.p, q_acc: 0.5, q_loss: mse.q, q_mse: mse.q },
  ],
  ["list", { loss: "mse", metrics: [null, "mae"] }, { loss: 0.89453, p_loss: mse.p, q_loss: mse.q, q_mae: mae.q }],
  [
    "list",
    { loss: "mse", metrics: [["mae"], ["mae"]], weightedMetrics: [["mae"], ["mse"]] },
    {
      loss: 0.45312,
      p_loss: 0.1875,
      p_mae: mae.p,
      p_weighted_mae: 0.42857,
      q_loss: 0.26562,
      q_mae: mae.q,
      q_mse: 0.30357,
    },
    { weighted: true },
  ],

  ["dict", { loss: "mse" }, { a_loss: mse.q, b_loss: mse.p, loss: 0.89453 }],
  ["dict", { loss: ["mse", "mae"] }, { a_loss: mse.q, b_loss: mae.p, loss: 0.94141 }],
  ["dict", { loss: { b: "mse", a: "mae" } }, { a_loss: mae.q, b_loss: mse.p, loss: 1.04688 }],
  ["dict", { loss: { a: "mae", b: "mse" } }, { a_loss: mae.q, b_loss: mse.p, loss: 1.04688 }],
  ["dict", { loss: { b: "mse", a: null } }, { loss: mse.p }],
  ["dict", { loss: ["mse", "mae"], lossWeights: [2, 0.5] }, { a_loss: mse.q, b_loss: mae.p, loss: 1.03906 }],
  [
    "dict",
    { loss: { b: "mse", a: "mae" }, lossWeights: { a: 0.5, b: 2 } },
    { a_loss: mae.q, b_loss: mse.p, loss: 1.29688 },
  ],
  [
    "dict",
    { loss: "mse", metrics: ["mae", "mse"] },
    { a_loss: mse.q, a_mae: mae.q, b_loss: mse.p, b_mse: mse.p, loss: 0.89453 },
  ],
  [
    "dict",
    { loss: "mse", metrics: { b: "mae", a: ["mse", "acc"] } },
    { a_acc: 0.5, a_loss: mse.q, a_mse: mse.q, b_loss: mse.p, b_mae: mae.p, loss: 0.89453 },
  ],
  [
    "dict",
    { loss: "mse", metrics: [["mae"], ["mae"]], weightedMetrics: { b: ["mae"] } },
    { a_loss: 0.26562, a_mae: mae.q, b_loss: 0.1875, b_mae: mae.p, b_weighted_mae: 0.42857, loss: 0.45312 },
    { weighted: true },
  ],

  ["list in a dict", { loss: "mse" }, { loss: 5.53516, u_loss: mse.p, "v/q_loss": mse.q, "v/r_loss": mse.r }],
  [
    "list in a dict",
    { loss: { v: ["mae", "mse"], u: "mse" }, metrics: { u: "mae", v: ["mse", "mae"] } },
    {
      loss: 5.6875,
      p_mae: mae.p,
      q_mse: mse.q,
      r_mae: mae.r,
      u_loss: mse.p,
      "v/q_loss": mae.q,
      "v/r_loss": mse.r,
    },
  ],
  [
    "list in a dict",
    { loss: { u: "mse", v: ["mae", "mse"] }, lossWeights: { u: 2, v: [1, 3] } },
    { loss: 15.48438, u_loss: mse.p, "v/q_loss": mae.q, "v/r_loss": mse.r },
  ],
  ["list in a dict", { loss: { u: "mse", v: [null, "mse"] } }, { loss: 5.15625, u_loss: mse.p, "v/r_loss": mse.r }],
  [
    "list in a dict",
    { loss: "mse", metrics: { u: ["mae", "mse"], v: [["mae"], null] } },
    {
      loss: 5.53516,
      p_mae: mae.p,
      p_mse: mse.p,
      q_mae: mae.q,
      u_loss: mse.p,
      "v/q_loss": mse.q,
      "v/r_loss": mse.r,
    },
  ],
  ["list in a list", { loss: "mse" }, { "1/q_loss": mse.q, "1/r_loss": mse.r, loss: 5.53516, p_loss: mse.p }],
  [
    "list in a list",
    { loss: ["mse", "mae", "mse"] },
    { "1/q_loss": mae.q, "1/r_loss": mse.r, loss: 5.6875, p_loss: mse.p },
  ],
  [
    "list in a list",
    { loss: ["mse", ["mae", "mse"]], metrics: ["mae", [["mse", "mae"], null]] },
    {
      "1/q_loss": mae.q,
      "1/r_loss": mse.r,
      loss: 5.6875,
      p_loss: mse.p,
      p_mae: mae.p,
      q_mae: mae.q,
      q_mse: mse.q,
    },
  ],
  [
    "dict in a list",
    {
      loss: ["mse", { z: "mse", y: "mae" }],
      metrics: ["mae", { y: "mse", z: "mae" }],
      lossWeights: [1, { y: 2, z: 3 }],
    },
    {
      "1/y_loss": mae.r,
      "1/z_loss": mse.q,
      loss: 5.27734,
      p_loss: mse.p,
      p_mae: mae.p,
      q_mae: mae.q,
      r_mse: mse.r,
    },
  ],
  [
    "dict in a dict",
    { loss: { l: "mae", m: { k: "mse", j: "mae" } }, metrics: { l: "mae", m: { k: "mse", j: "mae" } } },
    {
      l_loss: mae.r,
      loss: 2.85938,
      "m/j_loss": mae.q,
      "m/k_loss": mse.p,
      p_mse: mse.p,
      q_mae: mae.q,
      r_mae: mae.r,
    },
  ],
  [
    "dict in a dict",
    { loss: { m: { j: null, k: "mse" }, l: "mae" } },
    { l_loss: mae.r, loss: 2.32812, "m/k_loss": mse.p },
  ],
];

/** The same for a subclass of Model that returns these outputs. */
const unknown: Case[] = [
  ["one", { loss: "mse", metrics: ["mae"] }, { loss: mse.p, mae: mae.p }],
  [
    "list",
    { loss: ["mse", "mae"], metrics: [["mae"], ["mae"]] },
    { loss: 1.04688, mae: mae.p, mae_1: mae.q, mae_loss: mae.q, mse_loss: mse.p },
  ],
  // Keras has one `mse_loss` here, that of the second output: each output's loss must stand in the logs
  ["list", { loss: "mse" }, { loss: 0.89453, mse_loss: mse.p, mse_loss_1: mse.q }],
  [
    "dict",
    { loss: "mse", metrics: ["mae", "mse"] },
    { a_loss: mse.q, a_mae: mae.q, b_loss: mse.p, b_mse: mse.p, loss: 0.89453 },
  ],
  [
    "dict",
    { loss: { b: "mse", a: "mae" }, metrics: { a: "mae" } },
    { a_loss: mae.q, a_mae: mae.q, b_loss: mse.p, loss: 1.04688 },
  ],
  [
    "list in a dict",
    { loss: { u: "mse", v: ["mae", "mse"] }, metrics: { u: "mae", v: ["mse", "mae"] } },
    {
      loss: 5.6875,
      mae: mae.p,
      mae_1: mae.r,
      mse: mse.q,
      u_loss: mse.p,
      "v/mae_loss": mae.q,
      "v/mse_loss": mse.r,
    },
  ],
  [
    "list in a list",
    { loss: ["mse", ["mae", "mse"]], metrics: ["mae", ["mse", "mae"]] },
    {
      "1/mae_loss": mae.q,
      "1/mse_loss": mse.r,
      loss: 5.6875,
      mae: mae.p,
      mae_1: mae.r,
      mse: mse.q,
      mse_loss: mse.p,
    },
  ],
];

const text = (options: CompileOptions): string =>
  JSON.stringify(options, (_, value) => (typeof value === "function" ? `<${value.name || "object"}>` : value));

for (const [kinds, table] of [
  ["functional", cases],
  ["subclass", unknown],
] as const) {
  table.forEach(([kind, options, want, { weighted = false, y = shapes[kind](targets) } = {}], index) => {
    test(`${kinds} ${index}: ${kind} ${text(options)}`, async (t) => {
      const made = kinds === "functional" ? model(kind) : new Unknown(kind);
      made.compile({ optimizer: "sgd", ...options });
      const logs = await made.evaluate(x, y as never, {
        verbose: 0,
        batchSize: 4,
        returnDict: true,
        ...(weighted && { sampleWeight: weights }),
      });
      t.deepEqual(Object.keys(logs).sort(), Object.keys(want).sort());
      for (const [name, value] of Object.entries(want)) near(t, logs[name]!, value, name, 1e-5);
      if (kinds === "subclass") return;
      // the same again from what a file would hold
      const again = model(kind);
      again.compileFromConfig(JSON.parse(JSON.stringify(keras.saving.serializeKerasObject(made.getCompileConfig()))));
      const reloaded = await again.evaluate(x, y as never, {
        verbose: 0,
        batchSize: 4,
        returnDict: true,
        ...(weighted && { sampleWeight: weights }),
      });
      t.deepEqual(reloaded, logs);
    });
  });
}

const wrong: [Kind, CompileOptions, RegExp][] = [
  ["one", { loss: { zz: "mse" } }, /Expected keys \["p"\] in loss dict.*missing: "p"; unknown: "zz"/],
  ["one", { loss: ["mse", "mae"] }, /`loss` is a list of 2, but the model has 1 output\(s\) \("p"\)/],
  ["one", { loss: "mse", metrics: { zz: ["mae"] } }, /Expected keys \["p"\] in metrics dict.*unknown: "zz"/],
  ["list", { loss: "mse", metrics: { p: { x: "mae" } } }, /`metrics` holds a list or dict.*a metric or a list of them/],
  ["one", { loss: "mse", metrics: ["mae", { x: "mse" }] }, /`metrics` holds a list or dict/],
  ["one in a dict", { loss: { p: "mse" } }, /Expected keys \["o"\] in loss dict/],
  ["list", { loss: [["mse"], "mse"] }, /`loss` holds a list or dict where the model has one output/],
  ["list", { loss: "mse", lossWeights: { p: 1 } }, /`lossWeights` must give a weight.*missing: "q".*"p", "q"/],
  ["list", { loss: "mse", weightedMetrics: ["mae"] }, /`weightedMetrics` is a list of 1, but the model has 2/],
  ["dict", { loss: { b: "mse" } }, /Expected keys \["a", "b"\] in loss dict.*missing: "a"/],
  ["dict", { loss: { p: "mse", q: "mae" } }, /unknown: "p", "q"/],
  ["list in a dict", { loss: { u: "mse" } }, /Expected keys \["u", "v"\] in loss dict.*missing: "v"/],
  [
    "list in a dict",
    { loss: { u: "mse", v: ["mse"] } },
    /`loss\["v"\]` must have the structure.*a list of 2, got a list of 1/,
  ],
  [
    "list in a dict",
    { loss: "mse", metrics: { p: "mae" } },
    /Expected keys \["u", "v"\] in metrics dict.*unknown: "p"/,
  ],
  [
    "dict in a dict",
    { loss: { l: "mse", m: { k: "mse", h: "mse" } } },
    /Expected keys \["j", "k"\] in loss\["m"\] dict.*missing: "j"; unknown: "h"/,
  ],
  [
    "dict in a list",
    { loss: ["mse", { y: "mse", z: "meansquared" }] },
    /Could not interpret loss identifier: meansquared/,
  ],
];
for (const [kind, options, message] of wrong) {
  test(`refuses ${kind} ${text(options)}`, (t) => void t.throws(() => model(kind).compile(options), { message }));
}

test("an error in a loss or metric says whose it is", async (t) => {
  const made = model("list");
  const wide = keras.ops.zeros([4, 3]);
  made.compile({ optimizer: "sgd", loss: ["mse", "huber"] });
  await t.throwsAsync(made.fit(x, [targets.p, wide], { verbose: 0 }), {
    message: /in loss "huber" of output "q", called on targets \(4, 3\) and predictions \(4, 2\)/,
    instanceOf: keras.errors.ValueError,
  });
  made.compile({ optimizer: "sgd", loss: ["mse", null], metrics: { q: [metrics.F1Score()] } });
  await t.throwsAsync(made.fit(x, [targets.p, keras.ops.zeros([4])], { verbose: 0 }), {
    message: /f1_score[\s\S]*in metric "f1_score" of output "q", called on targets \(4,\) and predictions \(4, 2\)/,
  });
  made.compile({ optimizer: "sgd", loss: ["mse", null], metrics: { q: ["mae"] } });
  await t.throwsAsync(made.evaluate(x, [targets.p, wide], { verbose: 0 }), {
    message: /in metric "mae" of output "q"/,
  });
});

test("nested targets, sample weights and training", async (t) => {
  const made = model("list in a dict");
  made.compile({
    optimizer: keras.optimizers.SGD(0.01),
    loss: { u: "mse", v: ["mae", "mse"] },
    weightedMetrics: { u: "mse" },
  });
  const y = { u: targets.p, v: [targets.q, targets.r] };
  const sampleWeight = { u: weights, v: [null, weights] };
  const history = await made.fit(x, y as never, {
    epochs: 2,
    verbose: 0,
    sampleWeight: sampleWeight as never,
    batchSize: 4,
  });
  // model.fit(x, y, sample_weight={"u": w, "v": [np.ones(4), w]}, epochs=2, shuffle=False, batch_size=4) in Keras
  near(t, history.history.loss as number[], [5.40625, 5.074856281280518], "loss", 1e-5);
  t.deepEqual(Object.keys(history.history).sort(), ["loss", "p_mse", "u_loss", "v/q_loss", "v/r_loss"]);
  await t.throwsAsync(made.evaluate(x, { u: targets.p, w: targets.q } as never, { verbose: 0 }), {
    message: /Expected keys \["u", "v"\] in y dict.*unknown: "w"/,
  });
  await t.throwsAsync(made.evaluate(x, { u: targets.p } as never, { verbose: 0 }), {
    message: /Missing data for target "q", "r"/,
  });
});

test("a metric with several numbers has a list of them in logs, and their mean in the bar", async (t) => {
  const made = model("one");
  made.compile({
    optimizer: "sgd",
    loss: "mse",
    metrics: [metrics.Precision({ thresholds: [0.2, 0.5], name: "precision" })],
  });
  const { history } = await made.fit(x, targets.p, { verbose: 0, batchSize: 4 });
  near(t, history.precision as unknown as number[][], [[0.6666667, 1]]);
  const list = (await made.evaluate(x, targets.p, { verbose: 0 })) as unknown as [number, number[]];
  near(t, list, [0.5062233805656433, [0.6666667, 1]], "evaluate", 1e-5);
  const onBatch = await made.testOnBatch(x, targets.p, { returnDict: true });
  near(t, onBatch.precision as unknown as number[], [0.6666667, 1]);

  const lines: string[] = [];
  const bar = new ProgbarLogger({ device: { write: (text) => void lines.push(text), now: () => 0 } });
  await made.evaluate(x, targets.p, { verbose: 2, callbacks: [bar] });
  t.regex(lines.join(""), /precision: 0\.8333/);
});

test("a metric may name its results", async (t) => {
  class Calls extends metrics.Metric {
    calls = this.addVariable({ name: "calls" });
    override updateState() {
      this.calls.assignAdd(1);
    }
    override result() {
      return { x1: this.calls.value, x2: this.calls.value.multiply(2) };
    }
  }
  const made = model("one");
  made.compile({ optimizer: "sgd", loss: "mse", metrics: [new Calls()] });
  const { history } = await made.fit(x, targets.p, { verbose: 0, batchSize: 2, shuffle: false });
  t.deepEqual([history.x1, history.x2], [[2], [4]]);
  const [, ...counted] = await made.evaluate(x, targets.p, { verbose: 0 });
  t.deepEqual(counted, [1, 2]);
});

test("weights for one output: as they are, in a list, in a dict by its name", async (t) => {
  const input = keras.Input({ shape: [1] });
  const output = layers.Dense(1, { kernelInitializer: "ones" })(input);
  const [x, y, weight] = [keras.tensor([[1], [2], [3]]), keras.tensor([[0], [0], [1]]), keras.tensor([1, 2, 3])];
  const table: [outputs: unknown, targets: unknown, sampleWeight: unknown][] = [
    [output, y, weight],
    [output, y, [weight]],
    [[output], [y], [weight]],
    [{ out: output }, { out: y }, { out: weight }],
    [{ out: output }, { out: y }, weight],
  ];
  for (const [outputs, targets, sampleWeight] of table) {
    const model = keras.Model(input, outputs as never);
    model.compile({ loss: "mse" });
    // (1·1 + 2·4 + 3·4) / 3
    t.deepEqual(await model.evaluate(x, targets as never, { sampleWeight: sampleWeight as never, verbose: 0 }), [7]);
  }
});

test("a model that is not compiled has an empty compile config", (t) => {
  const model = keras.Sequential([keras.Input([1]), layers.Dense(1)]);
  t.deepEqual(model.getCompileConfig(), {});
  t.deepEqual((JSON.parse(model.toJson()) as { compile_config: unknown }).compile_config, {});
});

test("a loss may be a metric: what it gives, by its name", async (t) => {
  const model = keras.Sequential([keras.Input([1]), layers.Dense(1, { kernelInitializer: "ones" })]);
  model.compile({ loss: "mae", metrics: [keras.losses.Huber({ delta: 0.5 }) as never] });
  // Of 1 and 2: 0.5·(1 − 0.25) and 0.5·(2 − 0.25).
  const logs = await model.evaluate(keras.tensor([[1], [2]]), keras.tensor([[0], [0]]), {
    verbose: 0,
    returnDict: true,
  });
  t.deepEqual(logs as object, { huber_loss: 0.625, loss: 1.5 });
});
