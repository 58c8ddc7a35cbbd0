import test from "ava";
import * as keras from "kerosene";
import { tanhModel, x, y } from "./models.js";

const { optimizers: o } = keras;

/** Base options as Keras 3.15.1 writes them. */
const base = (name: string, learning_rate: number) => ({
  name,
  learning_rate,
  weight_decay: null,
  clipnorm: null,
  global_clipnorm: null,
  clipvalue: null,
  use_ema: false,
  ema_momentum: 0.99,
  ema_overwrite_frequency: null,
  loss_scale_factor: null,
  gradient_accumulation_steps: null,
});
const entry = (class_name: string, config: object) => ({
  module: "keras.optimizers",
  class_name,
  config,
  registered_name: null,
});
const sgd = entry("SGD", { ...base("s", 0.5), momentum: 0, nesterov: false });
const adam = entry("Adam", { ...base("a", 0.25), beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false });
const two = () => o.OptimizerMap(o.SGD(0.5, { name: "s" }), { "encoder/.*": o.Adam(0.25, { name: "a" }) });

// keras.optimizers.serialize(...)
const configs: [keras.Optimizer, object][] = [
  [
    o.MultiOptimizer(two(), { name: "m" }),
    entry("MultiOptimizer", {
      optimizer_map: entry("OptimizerMap", { default_optimizer: sgd, optimizer_map: { "encoder/.*": adam } }),
      loss_scale_factor: null,
      name: "m",
    }),
  ],
  [
    o.LossScaleOptimizer(o.SGD(0.5, { name: "s" }), { name: "l" }),
    entry("LossScaleOptimizer", { name: "l", inner_optimizer: sgd, initial_scale: 32768, dynamic_growth_steps: 2000 }),
  ],
];
for (const [optimizer, config] of configs) {
  test(`${optimizer.constructor.name} is saved as Keras saves it`, (t) => {
    t.deepEqual(o.serialize(optimizer), config);
    const again = o.deserialize(JSON.parse(JSON.stringify(config)));
    t.is(again.constructor, optimizer.constructor);
    t.deepEqual(o.serialize(again), config);
  });
}

test("a config of an older file may name options that say nothing", (t) => {
  const config = { inner_optimizer: sgd, name: "l", clipnorm: null, use_ema: false, dynamic: true };
  t.is(o.deserialize(entry("LossScaleOptimizer", config)).name, "l");
  const clipped = entry("LossScaleOptimizer", { ...config, clipnorm: 1 });
  t.throws(() => o.deserialize(clipped), { message: /does not support `clipnorm`/ });
});

test("the optimizer of a path", (t) => {
  // the example of Keras's page
  const [adam, sgd, rmsprop] = [o.Adam(), o.SGD(), o.RMSprop()];
  const map = o.OptimizerMap(rmsprop);
  map.set("encoder/layer_0/dense", adam).set("encoder/.*", sgd).set("decoder", adam);
  t.is(map.get("decoder"), adam);
  t.is(map.get("encoder/layer_0/dense"), adam);
  t.is(map.get("encoder/layer_0/attention/query"), sgd);
  t.is(map.get("decoder/layer_0/dense"), rmsprop);
  t.is(map.size, 3);
  t.deepEqual([...map.keys()], ["encoder/layer_0/dense", "encoder/.*", "decoder"]);
  map.set("encoder/layer_1.*", adam);
  t.throws(() => map.get("encoder/layer_1"), {
    message: /several patterns.*"encoder\/layer_1": encoder\/\.\*, encoder/,
  });
  t.true(map.delete("encoder/layer_1.*"));
  t.is(map.get("encoder/layer_1"), sgd);
});

const refused: Record<string, [() => unknown, RegExp]> = {
  "a map without a default": [
    () => o.OptimizerMap("sgd" as never),
    /`defaultOptimizer`: expected an optimizer. Received: sgd/,
  ],
  "a map of something else": [
    () => o.OptimizerMap(o.SGD(), { a: 1 as never }),
    /"a": expected an optimizer. Received: 1/,
  ],
  "a path twice": [() => two().set("encoder/.*", o.SGD()), /has an optimizer already/],
  "no regular expression": [() => two().set("(", o.SGD()), /"\(" is no regular expression/],
  "a loss scale for a part": [
    () => two().set("b", o.LossScaleOptimizer(o.SGD())),
    /a LossScaleOptimizer cannot be one of several/,
  ],
  "several in several": [
    () => o.MultiOptimizer(o.OptimizerMap(o.SGD(), { a: o.MultiOptimizer(two()) })),
    /a MultiOptimizer cannot be one of several/,
  ],
  "no map": [() => o.MultiOptimizer(o.SGD() as never), /expected an OptimizerMap or a function/],
  "a clip of several": [
    () => o.MultiOptimizer(two(), { clipnorm: 1 } as never),
    /does not support `clipnorm`. Set it on the optimizers/,
  ],
  "a rate of several": [() => o.MultiOptimizer(two()).learningRate, /has no learning rate to read/],
  "nothing to scale": [() => o.LossScaleOptimizer("sgd" as never), /expected an optimizer to wrap. Received/],
  "a name for several": [() => o.get("multioptimizer"), /expected an OptimizerMap/],
};
for (const [name, [make, message]] of Object.entries(refused)) {
  test(`refused: ${name}`, (t) => {
    t.throws(make, { message });
  });
}

test("weights of an optimizer go on where another one was", async (t) => {
  const make = () => o.MultiOptimizer(o.OptimizerMap(o.SGD(0.1, { momentum: 0.9 }), { "encoder/.*": o.Adam(0.05) }));
  const [first, second] = [tanhModel({ optimizer: make() }), tanhModel({ optimizer: make() })];
  await first.fit(x, y, { epochs: 2, verbose: 0, shuffle: false });
  second.setWeights(first.getWeights());
  const state = first.optimizer.variables.map(({ value }) => value);
  t.throws(() => second.optimizer.setWeights(state), { message: /it has no state to set yet/ });
  second.optimizer.build(second.trainableVariables);
  t.throws(() => second.optimizer.setWeights(state.slice(1)), { message: /expected 12 weights.*Received 11/ });
  t.throws(() => second.optimizer.setWeights([...state].reverse()), { message: /has shape \(\)/ });
  second.optimizer.setWeights(state);
  const losses = await Promise.all([first, second].map((model) => model.fit(x, y, { verbose: 0, shuffle: false })));
  t.deepEqual(losses[0]?.history, losses[1]?.history);
  t.is(second.optimizer.iterations.item(), 3);
});

test("an optimizer of one's own has the tools of the built-in ones", async (t) => {
  class Averaged extends o.Optimizer {
    #sums: keras.Variable[] = [];
    #counts: keras.Variable[] = [];
    override build(variables: readonly keras.Variable[]) {
      if (this.built) return;
      super.build(variables);
      [this.#sums, this.#counts] = this.addOptimizerVariables(variables, ["sum", "count"], "ones");
      for (const [i, sum] of this.#sums.entries()) sum.assign(variables[i] as keras.Variable);
    }
    override updateStep(gradient: keras.Tensor, variable: keras.Variable, rate: keras.Tensor) {
      const index = this.indexOf(variable);
      this.#sums[index]?.assignSub(gradient.multiply(rate));
      this.#counts[index]?.assignAdd(1);
      variable.assign((this.#sums[index] as keras.Variable).value);
    }
  }
  const optimizer = new Averaged({ learningRate: 0.1, name: "mine" });
  const [own, plain] = [tanhModel({ optimizer }), tanhModel({ optimizer: o.SGD(0.1) })];
  for (const model of [own, plain]) await model.fit(x, y, { epochs: 2, batchSize: 5, verbose: 0, shuffle: false });
  t.deepEqual(
    own.getWeights().map((w) => w.tolist()),
    plain.getWeights().map((w) => w.tolist()),
  );
  const { variables } = optimizer;
  t.deepEqual(
    variables.slice(2, 5).map(({ path }) => path),
    ["mine/encoder_kernel_sum", "mine/encoder_kernel_count", "mine/encoder_bias_sum"],
  );
  t.deepEqual(variables[5]?.tolist(), [5, 5, 5, 5]);
});
