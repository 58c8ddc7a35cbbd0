import test from "ava";
import * as keras from "kerosene";

const { Config, getSourceInputs } = keras.utils;
const { ValueError } = keras.errors;

test("Config: values as fields, as a dict, as JSON", (t) => {
  const config = new Config({ learningRate: 0.1, momentum: 0.9 });
  config.useEma = true;
  config.seed = 123;
  t.deepEqual([config.seed, config.learningRate, config.nothing], [123, 0.1, undefined]);
  t.deepEqual(config.keys(), ["learningRate", "momentum", "useEma", "seed"]);
  t.deepEqual(config.values(), [0.1, 0.9, true, 123]);
  t.deepEqual(Object.entries(config), config.items());
  t.true("seed" in config);
  t.false("keys" in config);
  delete config.momentum;
  t.is(config.toJson(), '{"learningRate":0.1,"useEma":true,"seed":123}');
  t.is(JSON.stringify(config), config.toJson());
  const dict = config.asDict();
  dict.seed = 0;
  t.is(config.seed, 123);
  config.update({ seed: 5, extra: null });
  t.deepEqual([config.pop("seed"), config.pop("seed", 7), config.extra], [5, 7, null]);
  t.throws(() => config.pop("seed"), { message: /no value "seed". Known: learningRate/, instanceOf: ValueError });
  t.throws(
    () => {
      (config as Record<string, unknown>).freeze = 3;
    },
    { message: /`freeze` cannot be a name/ },
  );
});

test("Config: frozen", (t) => {
  const config = new Config({ a: 1 });
  t.false(config.frozen);
  config.freeze();
  t.true(config.frozen);
  const changes = [
    () => {
      config.b = 2;
    },
    () => {
      delete config.a;
    },
    () => config.update({ b: 2 }),
    () => config.pop("a"),
  ];
  for (const change of changes) t.throws(change, { message: /frozen/, instanceOf: ValueError });
  config.unfreeze();
  config.b = 2;
  t.deepEqual(config.asDict(), { a: 1, b: 2 });
});

test("getSourceInputs", (t) => {
  const [a, b] = [keras.Input({ shape: [2] }), keras.Input({ shape: [2] })];
  const sum = keras.layers.Add()([b, a]) as keras.KerasTensor;
  const deep = keras.layers.Dense(3)(keras.layers.Add()([sum, a]) as keras.KerasTensor) as keras.KerasTensor;
  t.deepEqual(getSourceInputs(deep), [b, a]);
  t.deepEqual(getSourceInputs(a), [a]);
  t.deepEqual(getSourceInputs(keras.ops.relu(b) as unknown as keras.KerasTensor), [b]);
});
