import test from "ava";
import * as keras from "kerosene";
import { tanhModel, x, y } from "./models.js";

const { optimizers: o } = keras;
const [a, b] = [o.Adam(0.05), o.SGD(0.1)];
const ema = { momentum: 0.9, useEma: true, emaMomentum: 0.8 };

/**
 * Keras 3.15.1 on JAX: `model.fit(x, y, epochs=3, batch_size=4, shuffle=False)` with this optimizer; the loss of each epoch, and the sum of
 * each weight at the end.
 */
const traces: Record<string, [optimizer: keras.Optimizer, losses: number[], sums: number[]]> = {
  "Adafactor(0.5)": [
    o.Adafactor(0.5),
    [1.3746143579483032, 0.8930912017822266, 0.7214546203613281],
    [0.8737969398498535, -0.7152414917945862, -1.1712760925292969, -0.5725220441818237],
  ],
  "Lamb(0.1, weight_decay=0.01)": [
    o.Lamb(0.1, { weightDecay: 0.01 }),
    [1.971843957901001, 0.6572402715682983, 0.530436635017395],
    [-1.181312918663025, -1.8018678426742554, -1.7339046001434326, -0.657588541507721],
  ],
  "Muon(0.1)": [
    o.Muon(0.1),
    [2.104618549346924, 0.9270785450935364, 0.5562773942947388],
    [-0.21233093738555908, -1.9664570093154907, -0.5415884256362915, -0.212918221950531],
  ],
  'Muon(0.1, exclude_layers=["decoder"], rms_rate=None, adam_lr_ratio=0.5)': [
    o.Muon(0.1, { excludeLayers: ["decoder"], rmsRate: null, adamLrRatio: 0.5 }),
    [2.148801326751709, 1.010672926902771, 0.5681716799736023],
    [-0.2718120217323303, -1.4271240234375, -0.9253081679344177, -0.9238849878311157],
  ],
  "ScheduleFreeAdamW(0.1, warmup_steps=4)": [
    o.ScheduleFreeAdamW(0.1, { warmupSteps: 4 }),
    [2.2843825817108154, 1.4427030086517334, 0.8145589828491211],
    [-0.2927079200744629, -1.2423595190048218, -0.9368343353271484, -1.1214786767959595],
  ],
  "LossScaleOptimizer(Adam(0.1), initial_scale=8.0, dynamic_growth_steps=2)": [
    o.LossScaleOptimizer(o.Adam(0.1), { initialScale: 8, dynamicGrowthSteps: 2 }),
    [1.8509286642074585, 0.5562975406646729, 0.5816612839698792],
    [-1.0705982446670532, -1.5570048093795776, -1.6033881902694702, -0.5792615413665771],
  ],
  'MultiOptimizer(OptimizerMap(SGD(0.1), {"encoder/.*": Adam(0.05)}))': [
    o.MultiOptimizer(o.OptimizerMap(o.SGD(0.1), { "encoder/.*": o.Adam(0.05) })),
    [1.9073721170425415, 0.7488137483596802, 0.5458617210388184],
    [-0.6757470369338989, -1.342674970626831, -1.1109309196472168, -0.8399711847305298],
  ],
  'MultiOptimizer(lambda v: a if "kernel" in v.path else b, loss_scale_factor=16.0)': [
    o.MultiOptimizer((v) => (v.path.includes("kernel") ? a : b), { lossScaleFactor: 16 }),
    [1.946956992149353, 0.7676414847373962, 0.5308874845504761],
    [-0.7104792594909668, -0.717163622379303, -0.9517630338668823, -0.7931523323059082],
  ],
  "SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2)": [
    o.SGD(0.1, { ...ema, emaOverwriteFrequency: 2 }),
    [1.8931934833526611, 0.717713475227356, 0.5078219771385193],
    [-0.6983003616333008, -0.6736951470375061, -0.9894187450408936, -0.5452148914337158],
  ],
  "SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.8)": [
    o.SGD(0.1, ema),
    [1.8590419292449951, 0.7304490804672241, 0.9152587652206421],
    [-1.0747689008712769, -0.36393529176712036, -1.2022367715835571, -0.5239541530609131],
  ],
  "Adam(0.1, gradient_accumulation_steps=2)": [
    o.Adam(0.1, { gradientAccumulationSteps: 2 }),
    [2.38346004486084, 1.076396107673645, 0.590243399143219],
    [-0.4616324305534363, -1.3968011140823364, -0.9469529390335083, -0.9792977571487427],
  ],
  "Adam(0.1, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2)": [
    o.Adam(0.1, { gradientAccumulationSteps: 2, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 2 }),
    [2.38346004486084, 1.2245489358901978, 0.7294579148292542],
    [-0.43394190073013306, -1.1916615962982178, -0.7036246061325073, -1.192765712738037],
  ],
  "SGD(0.1, clipnorm=0.05)": [
    o.SGD(0.1, { clipnorm: 0.05 }),
    [2.4747676849365234, 2.3814146518707275, 2.291138172149658],
    [-0.14628320932388306, -0.6694669127464294, -0.364490270614624, -1.652569055557251],
  ],
  "SGD(0.1, global_clipnorm=0.05)": [
    o.SGD(0.1, { globalClipnorm: 0.05 }),
    [2.4856529235839844, 2.437053680419922, 2.3892464637756348],
    [-0.13467222452163696, -0.6657666563987732, -0.3565713167190552, -1.6812580823898315],
  ],
  "SGD(0.1, clipvalue=0.02)": [
    o.SGD(0.1, { clipvalue: 0.02 }),
    [2.479196310043335, 2.404357433319092, 2.3312413692474365],
    [-0.14808690547943115, -0.7013091444969177, -0.37205779552459717, -1.67972731590271],
  ],
  "Adam(0.1, loss_scale_factor=1024.0)": [
    o.Adam(0.1, { lossScaleFactor: 1024 }),
    [1.8509286642074585, 0.5562975406646729, 0.5816612839698792],
    [-1.0705982446670532, -1.5570048093795776, -1.6033881902694702, -0.5792615413665771],
  ],
};

for (const [name, [optimizer, losses, sums]] of Object.entries(traces)) {
  test(`fit with ${name}`, async (t) => {
    const model = tanhModel({ optimizer });
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 4, shuffle: false, verbose: 0 });
    const got = [...(history.loss as number[]), ...model.getWeights().map((w) => keras.ops.sum(w).item())];
    for (const [i, want] of [...losses, ...sums].entries()) {
      t.true(Math.abs((got[i] as number) - want) < 1e-4 * Math.max(1, Math.abs(want)), `${i}: ${got[i]}, not ${want}`);
    }
  });
}

test("gradients that are not finite leave everything as it was and halve the scale", async (t) => {
  const optimizer = o.LossScaleOptimizer(o.SGD(0.1, { momentum: 0.5 }), {
    initialScale: 2 ** 127,
    dynamicGrowthSteps: 2,
  });
  const model = tanhModel({ optimizer });
  const before = model.getWeights().map((w) => w.tolist());
  const scales: number[] = [];
  for (let step = 0; step < 2; step++) {
    // gradients of about a thousand, times 2^127, are beyond float32
    await model.trainOnBatch(x, keras.ops.multiply(y, 1000));
    scales.push((optimizer.dynamicScale as keras.Variable).item());
  }
  t.deepEqual(scales, [2 ** 126, 2 ** 125]);
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
  t.is(optimizer.innerOptimizer.iterations.item(), 0);
  (optimizer.dynamicScale as keras.Variable).assign(keras.tensor(4));
  for (let step = 0; step < 3; step++) await model.trainOnBatch(x, y);
  t.is((optimizer.dynamicScale as keras.Variable).item(), 8);
  t.is(optimizer.iterations.item(), 3);
  t.notDeepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
});

test("what a compiled step has taken in may change between fits", async (t) => {
  const optimizer = o.SGD(0.1);
  const model = tanhModel({ optimizer });
  await model.trainOnBatch(x, y);
  const before = model.getWeights().map((w) => w.tolist());
  optimizer.learningRate = o.schedules.PiecewiseConstantDecay({ boundaries: [100], values: [0, 1] });
  t.deepEqual(
    optimizer.variables.map(({ name }) => name),
    ["iteration"],
  );
  await model.trainOnBatch(x, y);
  t.deepEqual(
    model.getWeights().map((w) => w.tolist()),
    before,
  );
  const scaled = o.SGD(0.1);
  const [one, two] = [tanhModel({ optimizer: scaled }), tanhModel({ optimizer: o.SGD(0.1) })];
  for (const model of [one, two]) await model.trainOnBatch(x, y);
  scaled.lossScaleFactor = 4;
  for (const model of [one, two]) await model.trainOnBatch(x, y);
  const [got, want] = [one, two].map((model) => model.getWeights().map((w) => w.tolist()));
  t.deepEqual(got, want); // a power of two changes no bit
});
