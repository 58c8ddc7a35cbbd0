import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { getMask } from "#kerosene/engine/mask.js";

const tokens = keras.tensor(
  [
    [1, 2, 0],
    [3, 0, 0],
  ],
  { dtype: "int32" },
);
const valid = [
  [true, true, false],
  [true, false, false],
];

/** Gives its input back, and remembers the mask it saw. */
class Spy extends layers.Layer {
  seen: unknown = "nothing";
  override call(inputs: Tensor, { mask = null }: { mask?: Tensor | null } = {}): Tensor {
    this.seen = mask;
    return inputs.multiply(1);
  }
}

/** Keeps the mask of its input. */
class Keeper extends Spy {
  constructor(options: keras.layers.LayerOptions = {}) {
    super(options);
    this.supportsMasking = true;
  }
}

const maskOf = (x: unknown): unknown => getMask(x)?.tolist() ?? null;

test("an embedding with maskZero lets its output carry a mask, and layers keep it", (t) => {
  let x = layers.Embedding(5, 4, { maskZero: true })(tokens);
  t.deepEqual(maskOf(x), valid);
  for (const layer of [
    layers.Dense(3),
    layers.Activation("relu"),
    layers.Dropout(0.5),
    layers.Identity(),
    new Keeper(),
  ]) {
    x = layer(x);
    t.deepEqual(maskOf(x), valid, layer.name);
  }
  t.is(maskOf(layers.Embedding(5, 4)(tokens)), null);
  t.is(maskOf(x.add(1)), null);
});

test("`call` gets the mask of its only tensor, or the one it is given", (t) => {
  const spy = new Keeper();
  spy(layers.Embedding(5, 4, { maskZero: true })(tokens));
  t.deepEqual((spy.seen as Tensor).tolist(), valid);
  const given = keras.tensor([
    [false, true, true],
    [true, true, true],
  ]);
  const out = spy(layers.Embedding(5, 4, { maskZero: true })(tokens), { mask: given });
  t.deepEqual((spy.seen as Tensor).tolist(), given.tolist());
  t.deepEqual(maskOf(out), given.tolist());
  spy(ops.ones([2, 3]));
  t.is(spy.seen, null);
});

test("with several tensors the masks come by the arguments' names", (t) => {
  class Two extends layers.Layer {
    static override readonly callArguments = ["query", "value"];
    seen: Record<string, unknown> = {};
    override call(query: Tensor, value: Tensor, named: Record<string, unknown>): Tensor {
      this.seen = named;
      return query.add(value);
    }
  }
  const [a, b] = [layers.Embedding(5, 4, { maskZero: true })(tokens), ops.ones([2, 3, 4])];
  const two = new Two();
  two(b, a);
  t.deepEqual((two.seen.valueMask as Tensor).tolist(), valid);
  t.false("queryMask" in two.seen);
  t.false("mask" in two.seen);
});

test("beside another tensor the mask of a layer's one argument stays where it is, as in Keras", (t) => {
  class Stateful extends Keeper {
    override call(inputs: Tensor, named: { mask?: Tensor; state?: Tensor } = {}): Tensor {
      this.seen = named;
      return inputs.multiply(1);
    }
  }
  const layer = new Stateful();
  const out = layer(layers.Embedding(5, 4, { maskZero: true })(tokens), { state: ops.ones([2, 4]) });
  t.deepEqual(Object.keys(layer.seen as object).sort(), ["state", "training"]);
  t.deepEqual(maskOf(out), valid);
});

test("merging", (t) => {
  const a = layers.Embedding(5, 4, { maskZero: true })(tokens);
  const b = layers.Embedding(5, 4, { maskZero: true })(
    keras.tensor(
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
      { dtype: "int32" },
    ),
  );
  const plain = ops.ones([2, 3, 4]);
  t.deepEqual(maskOf(layers.add([a, b])), [
    [true, true, false],
    [true, true, false],
  ]);
  t.is(maskOf(layers.add([a, plain])), null);
  t.deepEqual(maskOf(layers.concatenate([a, plain])), [
    [true, true, true],
    [true, true, true],
  ]);
  t.deepEqual(maskOf(layers.concatenate([a, b], { axis: 1 })), [
    [true, true, false, true, false, false],
    [true, false, false, false, true, false],
  ]);
});

test.serial("a layer that does not support masking says so, once", async (t) => {
  const said: string[] = [];
  const listen = (warning: Error): void => void said.push(warning.message);
  process.on("warning", listen);
  const flat = layers.Flatten({ name: "flat" });
  const x = layers.Embedding(5, 4, { maskZero: true })(tokens);
  flat(x);
  const out = flat(x);
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("warning", listen);
  const ours = said.filter((text) => text.includes('"flat"'));
  t.is(ours.length, 1);
  t.regex(ours[0]!, /of type Flatten.*does not support masking/);
  t.is(maskOf(out), null);
});

test("the graph of a functional model has the mask where `call` reads it", (t) => {
  const inputs = keras.Input({ shape: [null], dtype: "int32", name: "tokens" });
  const x = layers.Embedding(5, 4, { maskZero: true, name: "embed" })(inputs);
  const spy = new Keeper({ name: "spy" });
  const model = keras.Model(inputs, layers.Dense(2)(spy(x)));
  t.deepEqual(
    model.operations.map(({ className }) => className),
    ["InputLayer", "Embedding", "NotEqual", "Keeper", "Dense"],
  );
  const out = model(tokens);
  t.deepEqual((spy.seen as Tensor).tolist(), valid);
  t.deepEqual(maskOf(out), valid);
  const again = keras.models.modelFromJson(model.toJson(), { customObjects: { Keeper } });
  t.is(again.toJson(), model.toJson());
});

test("a model inside a model passes masks on", (t) => {
  const inner = keras.Sequential([layers.Embedding(5, 4, { maskZero: true }), new Keeper()]);
  const inputs = keras.Input({ shape: [null], dtype: "int32" });
  const spy = new Spy();
  const model = keras.Model(inputs, spy(layers.Dense(3)(inner(inputs))));
  model(tokens);
  t.deepEqual((spy.seen as Tensor).tolist(), valid);
  const features = keras.Input({ shape: [null, 4] });
  const after = new Spy();
  const second = keras.Model(features, after(layers.Dense(3)(features)));
  second(layers.Embedding(5, 4, { maskZero: true })(tokens));
  t.deepEqual((after.seen as Tensor).tolist(), valid);
  const x = ops.ones([2, 3, 4]);
  second(x, { mask: keras.tensor(valid) });
  t.deepEqual((after.seen as Tensor).tolist(), valid);
  t.is(maskOf(x), null);
});

test("losses and metrics of fit and evaluate count what the mask lets through", async (t) => {
  const model = keras.Sequential([layers.Embedding(5, 1, { maskZero: true }), layers.Dense(1)]);
  model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"] });
  const y = keras.tensor([
    [[1], [2], [3]],
    [[4], [5], [6]],
  ]);
  const out = (model(tokens) as Tensor).tolist() as number[][][];
  const errors = [out[0]![0]![0]! - 1, out[0]![1]![0]! - 2, out[1]![0]![0]! - 4];
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [mse, mae] = [mean(errors.map((e) => e * e)), mean(errors.map(Math.abs))];
  const [loss, metric] = (await model.evaluate(tokens, y, { verbose: 0 })) as number[];
  t.true(Math.abs(loss! - mse) < 1e-4, `${loss} ${mse}`);
  t.true(Math.abs(metric! - mae) < 1e-4, `${metric} ${mae}`);
  const { history } = await model.fit(tokens, y, { verbose: 0, epochs: 1 });
  t.true(Math.abs((history.loss as number[])[0]! - mse) < 1e-4);
  t.true(Math.abs((history.mae as number[])[0]! - mae) < 0.5);
});

test("the flag of the model's caller is stronger than the one in the graph", (t) => {
  class Flag extends layers.Layer {
    seen: unknown = null;
    override call(inputs: Tensor, { training }: { training?: boolean } = {}): Tensor {
      this.seen = training;
      return inputs.multiply(1);
    }
  }
  const inputs = keras.Input([2]);
  const flag = new Flag();
  const model = keras.Model(inputs, flag(inputs, { training: true }) as keras.KerasTensor);
  model(ops.ones([1, 2]));
  t.is(flag.seen, true);
  model(ops.ones([1, 2]), { training: false });
  t.is(flag.seen, false);
});
