import test from "ava";
import * as keras from "kerosene";
import { initializers } from "kerosene";
import { goldenJson, hasGolden } from "../golden.js";

if (hasGolden) {
  const { initializers: aliases } = goldenJson<{ initializers: Record<string, { name: string }> }>("aliases.json");
  for (const [alias, { name }] of Object.entries(aliases).filter(
    ([, { name }]) => name in initializers && name !== "Initializer",
  )) {
    test(`get("${alias}")`, (t) => t.is(initializers.get(alias)!.constructor.name, name));
  }
}

test("get: instances, classes, functions, configs, tensors, nothing", (t) => {
  const ones = initializers.Ones();
  t.is(initializers.get(ones), ones);
  t.true(initializers.get(initializers.HeNormal) instanceof initializers.HeNormal);
  const fn = (shape: readonly number[]): keras.Tensor => keras.ops.zeros(shape);
  t.is(initializers.get(fn), fn);
  t.is(initializers.get(null), null);
  t.deepEqual(initializers.get(initializers.serialize(initializers.Constant(3)) as never)!([2], {}).tolist(), [3, 3]);
  const given = initializers.get(keras.tensor([[1, 2]]))!;
  t.deepEqual(given([1, 2], {}).tolist(), [[1, 2]]);
  t.throws(() => given([2, 1], {}), { message: /Expected `shape` to be \(1, 2\)/ });
});

test("seeds: a number, none, a generator", (t) => {
  const values = (x: keras.Tensor): number[] => x.tolist();
  const fixed = initializers.RandomNormal({ seed: 1 });
  t.deepEqual(values(fixed([4])), values(initializers.RandomNormal({ seed: 1 })([4])));
  const drawn = initializers.RandomNormal();
  t.deepEqual(values(drawn([4])), values(drawn([4])));
  t.notDeepEqual(values(drawn([4])), values(initializers.RandomNormal()([4])));
  const moving = initializers.RandomNormal({ seed: keras.random.SeedGenerator(1) });
  t.notDeepEqual(values(moving([4])), values(moving([4])));
});

test("a generator stands in the config and comes back", (t) => {
  const made = initializers.RandomNormal({ seed: keras.random.SeedGenerator(7, { name: "mine" }) });
  const config = initializers.serialize(made) as { config: { seed: unknown } };
  t.deepEqual(config.config.seed, {
    module: "keras.random",
    class_name: "SeedGenerator",
    config: { seed: 7, name: "mine" },
    registered_name: null,
  });
  const again = initializers.deserialize(config as never);
  t.deepEqual(again([3]).tolist(), made([3]).tolist());
});

test("dtypes", (t) => {
  t.is(initializers.Zeros()([2], { dtype: "int32" }).dtype, "int32");
  t.is(initializers.Ones()([2], "float16").dtype, "float16");
  t.is(initializers.Ones()([2], null).dtype, "float32");
  t.is(initializers.GlorotUniform()([2, 2], { dtype: "float64" }).dtype, "float64");
});

const bad: [string, () => unknown, string, RegExp][] = [
  [
    "an unknown name",
    () => initializers.get("glorot_unifrom"),
    "ValueError",
    /identifier: "glorot_unifrom". Did you mean "glorot_uniform"/,
  ],
  ["a number", () => initializers.get(3 as never), "TypeError", /identifier: 3/],
  ["a negative scale", () => initializers.VarianceScaling({ scale: -1 }), "ValueError", /scale=-1/],
  [
    "an unknown mode",
    () => initializers.VarianceScaling({ mode: "fan" as never }),
    "ValueError",
    /mode` argument: fan/,
  ],
  [
    "an unknown distribution",
    () => initializers.VarianceScaling({ distribution: "flat" as never }),
    "ValueError",
    /distribution` argument: flat/,
  ],
  ["a seed of words", () => initializers.RandomNormal({ seed: "x" as never }), "ValueError", /seed="x"/],
  ["an identity of rank 3", () => initializers.Identity()([2, 2, 2]), "ValueError", /2D matrices.*\(2, 2, 2\)/],
  ["a shape with unknowns", () => initializers.Zeros()([null] as never), "ValueError", /must be known/],
];
for (const [name, act, kind, message] of bad) {
  test(`bad: ${name}`, (t) => {
    t.throws(act, { name: kind, message });
  });
}
