// The arrays of `fit` stay on the model's device from one epoch to the next, as far as they fit there: shown on candle's CPU tensors, which stand
// for a GPU's.
import test from "ava";
import * as keras from "kerosene";
import { native } from "#kerosene/native.js";

const device = "candle:cpu";
const SAMPLES = 600;
const x = keras.random.normal([SAMPLES, 40], { seed: 1 });
const y = keras.random.normal([SAMPLES, 1], { seed: 2 });
const validation = [keras.random.normal([300, 40], { seed: 3 }), keras.random.normal([300, 1], { seed: 4 })] as const;
const bytes = 4 * SAMPLES * 41;

function make(on: string): keras.Model {
  keras.utils.setRandomSeed(2);
  const model = keras.Sequential([keras.Input({ shape: [40] }), keras.layers.Dense(1)]);
  model.device = on;
  model.compile({ loss: "mse", optimizer: "sgd" });
  return model;
}

/** The losses of a run, and how often it copied to the device. With a limit there is so much to spare beside what a model keeps. */
async function fitted(epochs: number, options: keras.FitOptions & { spare?: number }) {
  const { spare, ...others } = options;
  const model = make(device);
  const weights = model.getWeights();
  const run = (epochs: number) => model.fit(x, y, { batchSize: 100, verbose: 0, shuffle: false, ...others, epochs });
  await run(1);
  model.setWeights(weights);
  await model.predict(x.at("0:1"), { verbose: 0 });
  const { current } = keras.config.memoryInfo(device);
  if (spare !== undefined) keras.config.setMemoryLimit(device, current + spare);
  try {
    const before = native().transfers().toDevice;
    const { history } = await run(epochs);
    const copies = native().transfers().toDevice - before;
    return { copies, losses: history, left: keras.config.memoryInfo(device).current - current };
  } finally {
    keras.config.setMemoryLimit(device, null);
  }
}

test.serial("arrays go to the device once, those of the validation beside them", async (t) => {
  for (const options of [{}, { validationData: validation }, { validationSplit: 0.5 }]) {
    const [one, five] = [await fitted(1, options), await fitted(5, options)];
    t.is(five.copies, one.copies);
    t.true(five.left <= 0, `${five.left}`);
  }
  // The order of the rows is another one each time.
  const [one, five] = [await fitted(1, { shuffle: true }), await fitted(5, { shuffle: true })];
  t.is(five.copies, one.copies + 4);
});

test.serial(
  "what does not fit goes in batches, what came last gives way first, and the losses are the same",
  async (t) => {
    const options = { validationData: validation, validationBatchSize: 50 };
    const whole = await fitted(5, options);
    // Copies in an epoch, once it is clear what fits.
    const of = async (spare: number) => {
      const [three, five] = [await fitted(3, { ...options, spare }), await fitted(5, { ...options, spare })];
      t.deepEqual(five.losses, whole.losses, `with ${spare} bytes`);
      t.true(five.left <= 0, `${five.left}`);
      return (five.copies - three.copies) / 2;
    };
    // Six batches of training and six of validation. Of these arrays there is room for the targets,
    t.is(await of(30_000), 12);
    // for all but the inputs of the training, until its steps need the memory of those that came last, the validation's;
    t.is(await of(58_000), 18);
    // for all but the inputs of the validation; for all.
    t.is(await of(130_000), 6);
    t.is(await of(200_000), 0);
  },
);

test.serial("arrays leave the device when a run ends with an error", async (t) => {
  const model = make(device);
  await model.fit(x, y, { verbose: 0 });
  const { current } = keras.config.memoryInfo(device);
  const callbacks = new keras.callbacks.LambdaCallback({
    onEpochEnd: () => {
      t.true(keras.config.memoryInfo(device).current >= current + bytes);
      throw new Error("enough");
    },
  });
  await t.throwsAsync(() => model.fit(x, y, { verbose: 0, epochs: 3, callbacks }), { message: "enough" });
  t.true(keras.config.memoryInfo(device).current <= current);
});

test.serial("what is written into a typed array while fit runs is not seen, on any device", async (t) => {
  const losses: unknown[] = [];
  for (const on of ["cpu", device]) {
    for (const change of [false, true]) {
      const data = x.dataSync() as Float32Array;
      const callbacks = new keras.callbacks.LambdaCallback({
        onEpochBegin: (epoch) => {
          if (change && epoch > 0) data.fill(epoch);
        },
      });
      const input = { data, shape: [SAMPLES, 40] };
      const { history } = await make(on).fit(input, y, { verbose: 0, epochs: 3, shuffle: false, callbacks });
      losses.push((history.loss as number[]).map((loss) => loss.toFixed(4)));
    }
  }
  t.deepEqual(
    losses,
    losses.map(() => losses[0]),
  );
});
