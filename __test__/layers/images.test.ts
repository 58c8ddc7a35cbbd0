import test, { type ExecutionContext } from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";
import { dirichlet } from "#kerosene/layers/preprocessing/image/mixing.js";

type AnyLayer = (data: unknown, options?: { training?: boolean }) => never;

const makers: Record<string, (o: { seed?: number; dataFormat?: "channels_first" }) => unknown> = {
  AugMix: (o) => layers.AugMix(o),
  CutMix: (o) => layers.CutMix(o),
  MixUp: (o) => layers.MixUp(o),
  RandAugment: (o) => layers.RandAugment(o),
  RandomBrightness: (o) => layers.RandomBrightness(0.3, o),
  RandomColorDegeneration: (o) => layers.RandomColorDegeneration(0.5, o),
  RandomColorJitter: (o) =>
    layers.RandomColorJitter({
      brightnessFactor: 0.3,
      contrastFactor: 0.3,
      saturationFactor: 0.6,
      hueFactor: 0.4,
      ...o,
    }),
  RandomContrast: (o) => layers.RandomContrast(0.5, o),
  RandomCrop: (o) => layers.RandomCrop(5, 4, o),
  RandomElasticTransform: (o) => layers.RandomElasticTransform(o),
  RandomErasing: (o) => layers.RandomErasing({ factor: [1, 1], ...o }),
  RandomFlip: (o) => layers.RandomFlip("horizontal", o),
  RandomGaussianBlur: (o) => layers.RandomGaussianBlur({ factor: [1, 1], ...o }),
  RandomGrayscale: (o) => layers.RandomGrayscale(0.5, o),
  RandomHue: (o) => layers.RandomHue(0.5, o),
  RandomInvert: (o) => layers.RandomInvert(0.5, o),
  RandomPerspective: (o) => layers.RandomPerspective({ factor: [1, 1], ...o }),
  RandomPosterization: (o) => layers.RandomPosterization([1, 5], o),
  RandomRotation: (o) => layers.RandomRotation(0.3, o),
  RandomSaturation: (o) => layers.RandomSaturation([0.1, 0.9], o),
  RandomSharpness: (o) => layers.RandomSharpness(0.8, o),
  RandomShear: (o) => layers.RandomShear({ xFactor: 0.5, yFactor: 0.3, ...o }),
  RandomTranslation: (o) => layers.RandomTranslation(0.3, 0.3, o),
  RandomZoom: (o) => layers.RandomZoom(0.4, o),
  Solarization: (o) => layers.Solarization({ additionFactor: 0.3, thresholdFactor: 0.6, ...o }),
};

const pictures = (n: number, h = 9, w = 8): keras.Tensor =>
  keras.random.uniform([n, h, w, 3], { seed: 7 }).multiply(255).floor();
const list = (x: keras.Tensor): number[] => [...x.dataSync()].map(Number);
const near = (t: ExecutionContext, a: keras.Tensor, b: keras.Tensor): void => {
  t.deepEqual(a.shape, b.shape);
  const [x, y] = [list(a), list(b)];
  t.true(
    x.every((v, i) => Math.abs(v - y[i]!) < 1e-2),
    `${x.slice(0, 6)} and ${y.slice(0, 6)}`,
  );
};

for (const [name, make] of Object.entries(makers)) {
  const made = (o: Parameters<typeof make>[0] = {}): AnyLayer => make(o) as AnyLayer;

  test(`${name}: a seed gives the same pictures, another one others, and all of them are finite`, (t) => {
    const x = pictures(6);
    const run = (seed: number): number[] => list(made({ seed })(x, { training: true }));
    t.deepEqual(run(3), run(3));
    const seen = new Set([1, 2, 3, 4, 5, 6].map((seed) => run(seed).join()));
    t.true(seen.size > 1);
    t.true(run(4).every(Number.isFinite));
  });

  test(`${name}: nothing happens outside of training; by itself it counts as training`, (t) => {
    const x = pictures(6);
    t.deepEqual(list(made()(x, { training: false })), list(x));
    const seen = new Set([1, 2, 3, 4, 5, 6].map((seed) => list(made({ seed })(x)).join()));
    t.true(seen.size > 1);
  });

  test(`${name}: channels first, and one picture alone`, (t) => {
    const x = pictures(4);
    const first = made({ seed: 5, dataFormat: "channels_first" })(ops.transpose(x, [0, 3, 1, 2])) as keras.Tensor;
    near(t, ops.transpose(first, [0, 2, 3, 1]), made({ seed: 5 })(x));
    const one = pictures(1);
    near(t, made({ seed: 5 })(ops.squeeze(one, 0)), ops.squeeze(made({ seed: 5 })(one) as keras.Tensor, 0));
  });

  test(`${name}: a config makes the same layer, on symbolic pictures too`, (t) => {
    const layer = make({ seed: 5 }) as keras.Layer;
    const again = keras.layers.deserialize(keras.layers.serialize(layer) as never);
    t.deepEqual(again.getConfig(), layer.getConfig());
    const size = name === "RandomCrop" ? [5, 4] : [9, 8];
    t.deepEqual(again(keras.Input({ shape: [9, 8, 3] })).shape, [null, ...size, 3]);
    t.deepEqual(again(keras.Input({ shape: [null, null, 3] })).shape, [
      null,
      ...(name === "RandomCrop" ? size : [null, null]),
      3,
    ]);
  });
}

for (const [name, make] of Object.entries(makers)) {
  test(`${name}: in a model that is fitted`, async (t) => {
    const inputs = keras.Input({ shape: [9, 8, 3] });
    const x = (make({ seed: 4 }) as keras.Layer)(inputs);
    const size = name === "RandomCrop" ? [5, 4, 3] : [9, 8, 3];
    const model = keras.Model(inputs, layers.Reshape([size.reduce((a, b) => a * b)])(x));
    model.compile({ loss: "mean_absolute_error", optimizer: "sgd" });
    const data = pictures(4);
    // Against zeros a mirrored picture would lose as much as the picture itself.
    const length = size.reduce((a, b) => a * b);
    const target = ops.reshape(ops.arange(0, 4 * length, 1, "float32"), [4, length]);
    const history = await model.fit(data, target, { epochs: 6, batchSize: 4, verbose: 0 });
    const losses = history.history.loss as number[];
    t.true(losses.every(Number.isFinite) && new Set(losses).size > 1, `${losses}`);
  });
}

test("in a model they act while it is fitted, anew at each step, and not when it predicts", async (t) => {
  const inputs = keras.Input({ shape: [6, 6, 1] });
  const x = layers.RandomTranslation(0.5, 0.5, { fillMode: "constant", seed: 1 })(
    layers.RandomFlip("vertical", { seed: 2 })(inputs),
  );
  const model = keras.Model(inputs, layers.Flatten()(x));
  model.compile({ loss: "mse", optimizer: "sgd" });
  const data = ops.reshape(ops.arange(144), [4, 6, 6, 1]).astype("float32");
  const flat = ops.reshape(data, [4, 36]);
  t.deepEqual(list((await model.predict(data, { verbose: 0 })) as keras.Tensor), list(flat));
  const history = await model.fit(data, flat, { epochs: 4, batchSize: 4, shuffle: false, verbose: 0 });
  const losses = history.history.loss as number[];
  t.true(losses.every((loss) => loss > 0) && new Set(losses).size > 1, `${losses}`);
});

test("masks move with their pictures, labels are mixed as they are", (t) => {
  const images = pictures(4);
  const masks = images.at("...", "0:1");
  const flip = layers.RandomFlip("horizontal", { seed: 3 }) as unknown as AnyLayer;
  const flipped = flip({ images, segmentation_masks: masks, weights: ops.ones([4]) }) as Record<string, keras.Tensor>;
  t.deepEqual(list(flipped.segmentation_masks!), list(flipped.images!.at("...", "0:1")));
  t.deepEqual(list(flipped.weights!), [1, 1, 1, 1]);

  const labels = ops.eye(4);
  const constant = ops.broadcastTo(ops.reshape(ops.array([0, 1, 2, 3], "float32"), [4, 1, 1, 1]), [4, 9, 8, 3]);
  const weights = ops.array([[0], [1], [2], [3]], "float32");
  for (const layer of [layers.MixUp({ alpha: 1, seed: 2 }), layers.CutMix({ seed: 2 })] as unknown as AnyLayer[]) {
    const mixed = layer({ images: constant, labels }) as Record<string, keras.Tensor>;
    near(t, mixed.labels!.sum(-1), ops.ones([4]));
    // The mean of each picture is the mix of the labels. A box covers whole pixels, so CutMix is near only.
    const means = mixed.images!.mean([1, 2, 3]);
    const wanted = ops.squeeze(ops.matmul(mixed.labels!, weights), -1);
    t.true(list(means.subtract(wanted)).every((v) => Math.abs(v) < 0.7));
  }
});

test("MixUp with a tiny alpha mixes nothing, and weights spread as the beta distribution", (t) => {
  const x = ops.concatenate([ops.zeros([500, 1, 1, 1]), ops.ones([500, 1, 1, 1])], 0);
  const weight = (alpha: number): number[] =>
    list(layers.MixUp({ alpha, seed: 4 })(x, { training: true }) as keras.Tensor);
  t.true(weight(1e-6).every((v) => v < 1e-3 || v > 1 - 1e-3));
  // Where the partners differ, the variance of Beta(a, a) is 1 / (4 (2a + 1)).
  for (const alpha of [0.3, 1, 5]) {
    const mixed = weight(alpha).filter((v) => v !== 0 && v !== 1);
    const variance = mixed.reduce((sum, v) => sum + (v - 0.5) ** 2, 0) / mixed.length;
    t.true(Math.abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.02, `${alpha}: ${variance}`);
  }
});

test("MaxNumBoundingBoxes cuts and fills boxes", (t) => {
  const images = pictures(1);
  const bounding_boxes = { boxes: ops.ones([1, 2, 4]), labels: ops.ones([1, 2]) };
  const filled = (layers.MaxNumBoundingBoxes(3) as unknown as AnyLayer)({ images, bounding_boxes }) as {
    bounding_boxes: { boxes: keras.Tensor; labels: keras.Tensor };
  };
  t.deepEqual(filled.bounding_boxes.boxes.shape, [1, 3, 4]);
  t.deepEqual(list(filled.bounding_boxes.labels), [1, 1, -1]);
  const cut = (layers.MaxNumBoundingBoxes(1) as unknown as AnyLayer)({ images, bounding_boxes }) as typeof filled;
  t.deepEqual(cut.bounding_boxes.boxes.shape, [1, 1, 4]);
});

test("AutoContrast with the channels first spreads over channels and rows, as Keras's", (t) => {
  // keras.layers.AutoContrast(data_format="channels_first")(np.arange(16).reshape(1, 2, 2, 4) ** 2)
  const squares = ops.square(ops.arange(16, null, 1, "float32")).reshape([1, 2, 2, 4]);
  const got = list(layers.AutoContrast({ dataFormat: "channels_first" })(squares) as keras.Tensor);
  const want = [0, 0, 0, 0, 28.333333, 36.428574, 42.5, 47.222225, 113.333336, 121.428574, 127.5, 132.222229];
  for (const [i, value] of [...want, 255, 255, 255, 255].entries()) t.true(Math.abs(got[i]! - value) < 1e-3, `${i}`);
});

test("AutoContrast leaves flat channels alone; Resizing knows its shape before the size", (t) => {
  t.deepEqual(list(layers.AutoContrast()(ops.full([1, 2, 2, 3], 7)) as keras.Tensor), Array(12).fill(7));
  t.deepEqual(layers.Resizing(4, 5)(keras.Input({ shape: [null, null, 3] })).shape, [null, 4, 5, 3]);
  t.deepEqual(layers.CenterCrop(4, 5)(keras.Input({ shape: [null, null, 3] })).shape, [null, 4, 5, 3]);
});

for (const [dtype, want] of [
  ["uint8", [10, 20, 29, 57, 66, 76, 104, 113, 122]],
  ["int32", [10, 20, 29, 57, 66, 76, 104, 113, 122]],
  ["float32", [10.5, 19.83333, 29.16667, 57.16666, 66.5, 75.83333, 103.83333, 113.16666, 122.5]],
] as const) {
  // Keras 3.15 on JAX.
  test(`Resizing keeps integers: ${dtype}`, (t) => {
    const images = ops.multiply(ops.reshape(ops.arange(20), [1, 5, 4, 1]), 7).astype(dtype);
    const resized = layers.Resizing(3, 3)(images) as keras.Tensor;
    t.is(resized.dtype, dtype);
    for (const [i, value] of list(resized).entries()) t.true(Math.abs(value - want[i]!) < 1e-4, `${i}: ${value}`);
  });
}

const bad: [string, () => unknown, RegExp][] = [
  ["a factor", () => layers.RandomBrightness(2), /\[-1, 1\]/],
  ["a factor of three", () => layers.RandomHue([0, 1, 2] as never), /two numbers/],
  ["a value range", () => layers.RandomInvert(1, { valueRange: [1] as never }), /valueRange/],
  ["a mode", () => layers.RandomFlip("diagonal" as never), /mode/],
  ["a fill mode", () => layers.RandomRotation(0.1, { fillMode: "mirror" as never }), /fillMode/],
  ["an interpolation", () => layers.RandomZoom(0.1, { interpolation: "bicubic" as never }), /interpolation/],
  ["a zoom of nothing", () => layers.RandomZoom([-1, 0]), /greater than -1/],
  ["an even window", () => layers.RandomGaussianBlur({ kernelSize: 4 }), /odd/],
  ["a fill value", () => layers.RandomErasing({ fillValue: [1, 2] }), /three numbers/],
  ["a size", () => layers.Resizing(0, 3), /height/],
  ["both aspect ratios", () => layers.Resizing(3, 3, { cropToAspectRatio: true, padToAspectRatio: true }), /only one/],
  ["a data format", () => layers.CenterCrop(3, 3, { dataFormat: "NHWC" as never }), /dataFormat/],
  ["a rank", () => layers.AutoContrast()(ops.zeros([3, 3])), /rank/],
  ["layers of a pipeline", () => layers.Pipeline([1 as never]), /list of layers/],
  ["a scale", () => layers.Rescaling("1" as never), /scale/],
  ["tiles", () => layers.ContrastLimitedAdaptiveHistogramEqualization({ tileGridSize: [0, 1] }), /tileGridSize/],
];
for (const [what, run, message] of bad)
  test(`${what} that cannot be is an error`, (t) => void t.throws(run, { message }));

test("the weights of AugMix's chains are those of a Dirichlet distribution", (t) => {
  const seed = new keras.random.SeedGenerator(6);
  const draws = (count: number, alpha: number, times: number): number[][] =>
    Array.from({ length: times }, () => list(dirichlet(count, alpha, seed)));
  for (const row of draws(4, 1e-6, 20)) t.deepEqual([...row].sort(), [0, 0, 0, 1]);
  t.deepEqual(draws(1, 2, 1), [[1]]);
  const rows = draws(3, 2, 2000);
  for (const row of rows) t.true(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-5);
  for (const i of [0, 1, 2]) {
    const mean = rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + (row[i]! - 1 / 3) ** 2, 0) / rows.length;
    t.true(Math.abs(mean - 1 / 3) < 0.02, `${mean}`);
    // p (1 - p) / (3 · 2 + 1) with p = 1/3.
    t.true(Math.abs(variance - 2 / 63) < 0.004, `${variance}`);
  }
});
