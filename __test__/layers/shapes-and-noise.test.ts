import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { getMask } from "#kerosene/engine/mask.js";

const shapeOf = (x: { shape: keras.Shape }): (number | null)[] => [...x.shape];

test("symbolic shapes with unknown dimensions", (t) => {
  const image = keras.Input({ shape: [null, null, 3] });
  const steps = keras.Input({ shape: [null, 4] });
  t.deepEqual(shapeOf(layers.UpSampling2D(2, { interpolation: "bilinear" })(image)), [null, null, null, 3]);
  t.deepEqual(
    shapeOf(
      layers.Cropping2D([
        [1, 0],
        [2, 2],
      ])(image),
    ),
    [null, null, null, 3],
  );
  t.deepEqual(shapeOf(layers.ZeroPadding2D([1, 2])(keras.Input({ shape: [4, null, 3] }))), [null, 6, null, 3]);
  t.deepEqual(shapeOf(layers.UpSampling1D()(steps)), [null, null, 4]);
  t.deepEqual(shapeOf(layers.Permute([2, 1])(steps)), [null, 4, null]);
  t.deepEqual(shapeOf(layers.RepeatVector(3)(keras.Input({ shape: [5] }))), [null, 3, 5]);
  t.deepEqual(shapeOf(layers.dot([steps, keras.Input({ shape: [null, 4] })], 2)), [null, null, null]);
  t.deepEqual(shapeOf(layers.GaussianNoise(0.5)(steps, { training: true })), [null, null, 4]);
});

const ones = ops.ones([64, 50, 8]);
const moments = (x: Tensor): [number, number] => [ops.mean(x).item(), ops.std(x).item()];

test("noise in training, nothing elsewhere, the same for the same seed", (t) => {
  for (const make of [
    () => layers.GaussianNoise(0.5, { seed: 3 }),
    () => layers.GaussianDropout(0.2, { seed: 3 }),
    () => layers.AlphaDropout(0.2, { seed: 3 }),
    () => layers.SpatialDropout1D(0.2, { seed: 3 }),
  ]) {
    const layer = make();
    t.deepEqual(layer(ones).tolist(), ones.tolist());
    const [a, b] = [layer(ones, { training: true }), make()(ones, { training: true })];
    t.deepEqual(a.tolist(), b.tolist(), layer.name);
    t.notDeepEqual(layer(ones, { training: true }).tolist(), a.tolist());
  }
  for (const layer of [layers.GaussianNoise(0.5), layers.GaussianDropout(0.2)]) {
    const [mean, std] = moments(layer(ones, { training: true }));
    t.true(Math.abs(mean - 1) < 0.02 && Math.abs(std - 0.5) < 0.02, `${layer.name}: ${mean} ${std}`);
  }
  const x = keras.random.normal([200, 200], { seed: 1 });
  const [mean, std] = moments(layers.AlphaDropout(0.3, { seed: 2 })(x, { training: true }));
  t.true(Math.abs(mean) < 0.03 && Math.abs(std - 1) < 0.03, `${mean} ${std}`);
});

test("spatial dropout drops whole maps", (t) => {
  const sequences = layers.SpatialDropout1D(0.5)(ones, { training: true });
  t.is(ops.max(ops.std(sequences, 1)).item(), 0);
  const image = layers.SpatialDropout2D(0.5, { dataFormat: "channels_first" })(ops.ones([4, 20, 5, 6]), {
    training: true,
  });
  const maps = ops.mean(image, [2, 3]).dataSync() as Float32Array;
  t.true([...maps].every((mean) => mean === 0 || mean === 2));
  t.is(ops.mean(layers.SpatialDropout3D(1)(ops.ones([1, 2, 2, 2, 3]), { training: true })).item(), 0);
});

const double = (x: Tensor): Tensor => x.multiply(2);

test("Lambda: arguments, masks, configs", (t) => {
  t.deepEqual(
    layers
      .Lambda(double)(ops.ones([2]))
      .tolist(),
    [2, 2],
  );
  const power = layers.Lambda((x: Tensor, { exponent }: { exponent: number }) => x.power(exponent), {
    arguments: { exponent: 3 },
  });
  t.deepEqual(power(keras.tensor([2])).tolist(), [8]);
  const x = layers.Embedding(3, 2, { maskZero: true })(keras.tensor([[1, 0]], { dtype: "int32" }));
  const kept = layers.Lambda(double, { mask: (_, mask) => mask })(x);
  t.deepEqual(getMask(kept)?.tolist(), [[true, false]]);
  const config = layers.serialize(layers.Lambda(double, { name: "twice" })) as never;
  const again = layers.deserialize(config, { customObjects: { double } });
  t.deepEqual(again(ops.ones([2])).tolist(), [2, 2]);
  t.throws(() => layers.deserialize(config), { message: /double/ });
  t.throws(
    () =>
      layers
        .Lambda(
          (
            () => (y: Tensor) =>
              y
          )(),
        )!
        .getConfig(),
    {
      name: "NotImplementedError",
      message: /no name.*customObjects/,
    },
  );
  const python = {
    module: "keras.layers",
    class_name: "Lambda",
    config: { name: "lambda", function: { class_name: "__lambda__", config: { code: "4wA=", defaults: null } } },
    registered_name: null,
  };
  t.throws(() => layers.deserialize(python), { name: "ValueError", message: /Python code, which is never run/ });
});

test("an embedding that leads back", (t) => {
  const layer = layers.ReversibleEmbedding(6, 4, { maskZero: true });
  const vectors = layer(keras.tensor([[1, 0, 5]], { dtype: "int32" }));
  t.deepEqual(getMask(vectors)?.tolist(), [[true, false, true]]);
  const logits = layer(vectors, { reverse: true });
  t.deepEqual(shapeOf(logits), [1, 3, 6]);
  t.is(getMask(logits), undefined);
  t.is(layer.weights.length, 1);
  const untied = layers.ReversibleEmbedding(6, 4, { tieWeights: false });
  untied.build();
  t.deepEqual(untied.weights.map(shapeOf), [
    [6, 4],
    [4, 6],
  ]);
});

const cases: [string, () => unknown, string, RegExp][] = [
  ["Permute from 0", () => layers.Permute([0, 1]), "ValueError", /consecutive and start from 1.*dims=\[0, ?1\]/],
  ["RepeatVector of text", () => layers.RepeatVector("x" as never), "TypeError", /integer value for `n`/],
  ["RepeatVector of 0", () => layers.RepeatVector(0), "ValueError", /n=0/],
  ["negative cropping", () => layers.Cropping2D(-1), "ValueError", /cropping=-1/],
  ["three croppings", () => layers.Cropping2D([1, 2, 3]), "ValueError", /two elements/],
  ["cropping everything", () => layers.Cropping1D(3)(ops.ones([1, 6, 2])), "ValueError", /smaller than/],
  ["padding of halves", () => layers.ZeroPadding1D(1.5), "ValueError", /`padding`.*tuple of 2 integers/],
  ["size of 0", () => layers.UpSampling3D(0), "ValueError", /value > 0/],
  ["an unknown interpolation", () => layers.UpSampling2D(2, { interpolation: "area" as never }), "ValueError", /area/],
  ["a rank", () => layers.UpSampling2D()(ops.ones([2, 2])), "ValueError", /expected ndim=4, found ndim=2/],
  ["Dot without agreement", () => layers.Dot(1)([keras.Input([3]), keras.Input([4])]), "ValueError", /3 .* != 4/],
  [
    "Dot over the batch",
    () => layers.Dot(0)([keras.Input([3]), keras.Input([3])]),
    "ValueError",
    /axis 0 is the batch/,
  ],
  ["Dot of three axes", () => layers.Dot([1, 2, 3] as never), "ValueError", /two elements/],
  ["Dot by name", () => layers.Dot("x" as never), "TypeError", /`axes`/],
  ["too much noise", () => layers.GaussianNoise(2), "ValueError", /stddev=2/],
  ["a rate of 1", () => layers.GaussianDropout(1), "ValueError", /below 1/],
  ["a rate above 1", () => layers.AlphaDropout(1.5), "ValueError", /rate=1.5/],
  ["shared axis 0", () => layers.PReLU({ sharedAxes: 0 }), "ValueError", /sharedAxes/],
  ["a shared axis beyond", () => layers.PReLU({ sharedAxes: 3 })(ops.ones([1, 2])), "ValueError", /axis 3/],
  ["Lambda of text", () => layers.Lambda("x * 2" as never), "TypeError", /function/],
  ["Masking by text", () => layers.Masking({ maskValue: "0" as never }), "TypeError", /maskValue/],
  ["a cap of 0", () => layers.ReversibleEmbedding(2, 2, { logitSoftCap: 0 }), "ValueError", /logitSoftCap/],
  ["Flax", () => layers.FlaxLayer({}), "NotImplementedError", /FlaxLayer.*no Python/],
  ["JAX", () => layers.JaxLayer(), "NotImplementedError", /JaxLayer/],
  ["PyTorch", () => layers.TorchModuleWrapper(), "NotImplementedError", /TorchModuleWrapper/],
  ["a SavedModel", () => layers.TFSMLayer("path"), "NotImplementedError", /TFSMLayer/],
];

for (const [name, act, kind, message] of cases) {
  test(`bad: ${name}`, (t) => {
    t.throws(act, { name: kind, message });
  });
}
