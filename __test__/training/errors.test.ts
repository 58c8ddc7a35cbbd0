import test from "ava";
import * as keras from "kerosene";
import * as losses from "#kerosene/losses/index.js";
import * as optimizers from "#kerosene/optimizers/index.js";
import type { FitOptions } from "#kerosene/training/options.js";
import { classifier, floats, Input, labels, layers, Model, pair } from "./models.js";

const [x, y] = [floats([20, 8]), labels(20, 3)];
const two = { x: [floats([12, 3]), floats([12, 4])], y: [floats([12, 1]), floats([12, 2])] };

/** What is wrong, what is done, what the message says. */
const fits: [string, unknown, unknown, FitOptions & Record<string, unknown>, RegExp][] = [
  [
    "wrong sample shape",
    floats([20, 7]),
    y,
    {},
    /Input 0 \("img"\) of model "mlp": expected data of shape \(None, 8\), but got \(20, 7\)/,
  ],
  ["wrong rank", floats([20, 8, 2]), y, {}, /expected data of shape \(None, 8\), but got \(20, 8, 2\)/],
  ["a flat typed array", new Float32Array(160), y, {}, /\(160,\).*give it a shape/],
  ["words", "hello", y, {}, /expected a tensor/],
  ["words in arrays", [["a"]], y, {}, /expected numbers/],
  ["ragged arrays", [[1, 2], [1]], y, {}, /ragged/],
  ["no x", null, y, {}, /no input data/],
  [
    "other numbers of samples",
    x,
    labels(19, 3),
    {},
    /Data cardinality is ambiguous[\s\S]*'x' sizes: 20\n'y' sizes: 19/,
  ],
  ["weights for other samples", x, y, { sampleWeight: floats([3]) }, /'sampleWeight' sizes: 3/],
  ["no samples", floats([0, 8]), labels(0, 3), {}, /no samples/],
  [
    "a label too large",
    x,
    labels(20, 3).add(1),
    {},
    /Target 0 \("digits"\) of model "mlp": label 3 at sample \d+ is not a class: .* 3 classes/,
  ],
  ["a negative label", x, labels(20, 3).subtract(1), {}, /label -1 at sample/],
  ["a broken label", x, keras.ops.full([20], 0.5), {}, /label 0.5 at sample 0/],
  [
    "one-hot labels for a sparse loss",
    x,
    keras.ops.oneHot(y, 3),
    {},
    /sparse_categorical_crossentropy.*\(None|target\.shape=\(20, 3\)/,
  ],
  ["no targets", x, undefined, {}, /Missing data for target|no target/],
  ["two lists for one input", [x, x], y, {}, /1 input \("img"\), but a list of 2/],
  ["an unknown input", { image: x }, y, {}, /Missing data for input "img".*keys \["image"\]/],
  ["an unknown target", x, { digit: y }, {}, /[Uu]nknown target "digit"/],
  ["batchSize 0", x, y, { batchSize: 0 }, /`batchSize` must be an integer not below 1/],
  ["half a batch", x, y, { batchSize: 1.5 }, /`batchSize`/],
  ["epochs", x, y, { epochs: -1 }, /`epochs`/],
  ["epochs that are no number", x, y, { epochs: "2" as never }, /`epochs`/],
  ["validationSplit 1", x, y, { validationSplit: 1 }, /`validationSplit` must be in \[0, 1\)/],
  ["validationSplit -1", x, y, { validationSplit: -0.1 }, /`validationSplit` must be in \[0, 1\)/],
  [
    "validationSplit that leaves nothing",
    x.at("0:1"),
    y.at("0:1"),
    { validationSplit: 0.5 },
    /not sufficient to split/,
  ],
  ["verbose", x, y, { verbose: 3 as never }, /`verbose`/],
  ["an unknown option", x, y, { batchsize: 3 }, /option\(s\) not recognized: batchsize/],
  ["validation data", x, y, { validationData: [floats([20, 7]), y] }, /expected data of shape \(None, 8\)/],
  ["both weights", x, y, { sampleWeight: floats([20]), classWeight: { 0: 1 } }, /same time/],
  ["class weights", x, y, { classWeight: { 0: "a" as never } }, /`classWeight`/],
  ["batches with y", () => [[x, y]], y, {}, /should not be passed/],
  ["no batches", () => [], undefined, {}, /no batches/],
  ["shuffle", x, y, { shuffle: "all" as never }, /`shuffle`/],
  ["validationFreq", x, y, { validationFreq: 0 }, /`validationFreq`/],
];

for (const [name, inputs, targets, options, message] of fits) {
  test(`fit: ${name}`, async (t) => {
    const model = classifier();
    const before = model.getWeights().map((weight) => weight.dataSync());
    const error = await t.throwsAsync(
      model.fit(inputs as never, targets as never, { verbose: 0, ...options } as never),
      { message },
    );
    t.true(error instanceof keras.errors.KeroseneError);
    // thrown on the caller's line, unless batches have to be made first
    if (name !== "no batches") t.regex(error?.stack ?? "", /errors\.test\.js/);
    for (const [index, weight] of model.getWeights().entries()) t.deepEqual(weight.dataSync(), before[index]);
    await model.fit(x, y, { verbose: 0 }); // and it still works
  });
}

const pairs: [string, unknown, unknown, RegExp][] = [
  ["one input of two", [two.x[0]], two.y, /2 inputs \("a", "b"\), but a list of 1/],
  ["an array for two inputs", two.x[0], two.y, /2 inputs/],
  [
    "a missing input name",
    { a: two.x[0] },
    two.y,
    /Missing data for input "b".*keys \["a"\]. Expected the following keys: \["a", "b"\]/,
  ],
  ["one target of two", two.x, [two.y[0]], /2 targets \("p", "q"\), but a list of 1/],
  ["a missing target name", two.x, { p: two.y[0] }, /Missing data for target "q"/],
  ["samples of one input", [two.x[0], floats([11, 4])], two.y, /'x' sizes: 12, 11/],
];
for (const [name, inputs, targets, message] of pairs) {
  test(`fit of two inputs and outputs: ${name}`, async (t) => {
    await t.throwsAsync(pair().fit(inputs as never, targets as never, { verbose: 0 }), { message });
  });
}

const compiles: [string, object, RegExp][] = [
  [
    "unknown loss",
    { loss: ["mean_square_error", "mse"] },
    /Could not interpret loss identifier: .*mean_square_error[\s\S]*mean_squared_error/,
  ],
  ["unknown optimizer", { optimizer: "adamm" }, /Could not interpret optimizer identifier: .*adamm[\s\S]*adam/],
  ["unknown metric", { metrics: ["acuracy", null] }, /Could not interpret metric identifier: .*acuracy[\s\S]*accuracy/],
  ["a loss list of the wrong length", { loss: ["mse"] }, /`loss` is a list of 1, but the model has 2 output/],
  [
    "a loss dict with another name",
    { loss: { p: "mse", r: "mse" } },
    /Expected keys \["p", "q"\] in loss dict.*missing: "q"; unknown: "r"/,
  ],
  ["a loss dict that leaves out an output", { loss: { p: "mse" } }, /missing: "q"/],
  ["loss weights of the wrong length", { lossWeights: [0.5] }, /`lossWeights` is a list of 1/],
  ["loss weights that are no numbers", { lossWeights: [Number.NaN, 1] }, /`lossWeights` must hold finite numbers/],
  ["loss weights by another name", { lossWeights: { p: 1, r: 2 } }, /lossWeights dict.*unknown: "r"/],
  ["metrics of the wrong length", { metrics: ["mae", "mae", "mae"] }, /`metrics` is a list of 3/],
  ["metrics by another name", { metrics: { r: "mae" } }, /Expected keys \["p", "q"\] in metrics dict.*unknown: "r"/],
  ["metrics that are no list", { metrics: "mae" }, /Expected `metrics` argument to be a list or dict/],
  ["an unknown option", { metric: ["mae"] }, /option\(s\) not recognized: metric/],
];
for (const [name, options, message] of compiles) {
  test(`compile: ${name}`, (t) => {
    const model = pair(null);
    t.throws(() => model.compile({ loss: "mse", ...options }), { message });
    t.false(model.compiled);
  });
}

const constructions: [string, () => unknown, RegExp][] = [
  ["NaN learning rate", () => optimizers.Adam(Number.NaN), /Adam: `learningRate` must be a finite number.*NaN/],
  ["negative learning rate", () => optimizers.SGD({ learningRate: -1 }), /SGD: `learningRate`/],
  ["learning rate that is no number", () => optimizers.SGD("0.1" as never), /`learningRate`/],
  ["unknown optimizer option", () => optimizers.Adam({ lr: 0.1 } as never), /not recognized: lr/],
  [
    "two clips",
    () => optimizers.SGD({ clipnorm: 1, clipvalue: 0.5 }),
    /only one of `clipnorm`, `clipvalue` and `globalClipnorm`/,
  ],
  [
    "EMA momentum",
    () => optimizers.SGD({ useEma: true, emaMomentum: 1.5 }),
    /`emaMomentum` must be in the range \[0, 1\]/,
  ],
  ["momentum", () => optimizers.SGD({ momentum: 2 }), /`momentum`/],
  ["accumulation", () => optimizers.SGD({ gradientAccumulationSteps: 1 }), /integer >= 2/],
  ["reduction", () => losses.MeanSquaredError({ reduction: "avg" as never }), /`reduction`.*avg/],
  ["unknown loss option", () => losses.MeanSquaredError({ fromLogits: true } as never), /not recognized: fromLogits/],
];
for (const [name, make, message] of constructions)
  test(`construction: ${name}`, (t) => void t.throws(make, { message }));

test("a model that was not compiled", async (t) => {
  const model = pair(null);
  const message = /You must call `compile\(\)` before using the model/;
  await t.throwsAsync(model.fit(two.x, two.y), { message });
  await t.throwsAsync(model.evaluate(two.x, two.y), { message });
  await t.throwsAsync(model.trainOnBatch(two.x, two.y), { message });
  t.throws(() => model.optimizer, { message });
  t.is((await model.predict(two.x, { verbose: 0 })).length, 2); // needs no compile
});

test("no loss", async (t) => {
  const inputs = Input({ shape: [3] });
  const model = Model(inputs, layers.Dense(1)(inputs));
  model.compile({ optimizer: "sgd" });
  await t.throwsAsync(model.fit(floats([4, 3]), floats([4, 1]), { verbose: 0 }), { message: /no loss to compute/ });
});

test("fractions for an integer input", async (t) => {
  const inputs = Input({ shape: [2], dtype: "int32", name: "tokens" });
  const model = Model(inputs, layers.Dense(1)(layers.Embedding(5, 3)(inputs)));
  await t.throwsAsync(model.predict(keras.ops.full([2, 2], 0.5), { verbose: 0 }), {
    message: /Input 0 \("tokens"\) of model .*: expected integers \(int32\), but got float32 data with 0.5/,
  });
});

test("a loss without a reduction", async (t) => {
  const model = classifier({ loss: losses.SparseCategoricalCrossentropy({ reduction: "none" }) });
  await t.throwsAsync(model.fit(x, y, { verbose: 0 }), { message: /Use a reduction/ });
});
