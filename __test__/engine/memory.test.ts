// Memory of devices: counted and bounded on candle's CPU tensors, as on a GPU.
import test from "ava";
import * as keras from "kerosene";
import { native } from "#kerosene/native.js";

const { layers } = keras;
const device = "candle:cpu";

function make(): keras.Model {
  keras.utils.setRandomSeed(3);
  const model = keras.Sequential([
    keras.Input({ shape: [40] }),
    layers.Dense(8, { activation: "relu" }),
    layers.Dense(1),
  ]);
  model.device = device;
  model.compile({ loss: "mse", optimizer: "adam", metrics: ["mae"] });
  return model;
}

const x = keras.random.normal([4096, 40], { seed: 1 });
const y = keras.random.normal([4096, 1], { seed: 2 });
const data = 4096 * 41 * 4;

/** The losses and predictions of a model that has so many bytes to spare, and how often it copied to the device. */
async function trained(spare: number | null): Promise<{ numbers: number[]; copies: number }> {
  const model = make();
  await model.fit(x, y, { batchSize: 100, epochs: 1, verbose: 0, shuffle: true });
  const before = native().transfers().toDevice;
  if (spare !== null) keras.config.setMemoryLimit(device, keras.config.memoryInfo(device).current + spare);
  const { history } = await model.fit(x, y, { batchSize: 100, epochs: 2, verbose: 0 });
  const predictions = (await model.predict(x, { batchSize: 100, verbose: 0 })) as keras.Tensor;
  keras.config.setMemoryLimit(device, null);
  return {
    numbers: [...(history.loss as number[]), ...(history.mae as number[]), ...predictions.dataSync()] as number[],
    copies: native().transfers().toDevice - before,
  };
}

test.serial("what does not fit on the device is sent in batches, and the results are the same", async (t) => {
  const whole = await trained(null);
  // Room for neither array, for one, for both but not for a step beside them.
  const parts = [await trained(100_000), await trained(400_000), await trained(data + 20_000)];
  for (const { numbers } of parts) t.deepEqual(numbers, whole.numbers);
  t.true(whole.copies < 20, `${whole.copies}`);
  for (const { copies } of parts) t.true(copies > 80, `${copies}`);
});

test.serial("a step that passes the limit is an error that changes nothing, and training goes on", async (t) => {
  const model = make();
  const same = make();
  for (const one of [model, same]) await one.fit(x, y, { batchSize: 1024, epochs: 1, verbose: 0, shuffle: false });
  const weights = () => model.weights.map(({ value }) => [...value.dataSync()]);
  const before = weights();
  keras.config.setMemoryLimit(device, keras.config.memoryInfo(device).current + 60_000);
  t.is(keras.config.memoryInfo(device).limit, keras.config.memoryInfo(device).current + 60_000);
  const failed = await t.throwsAsync(
    () => model.fit(x, y, { batchSize: 1024, epochs: 1, verbose: 0, shuffle: false }),
    {
      instanceOf: keras.errors.ResourceExhaustedError,
      message: /does not fit on the device: its memory is limited to \d+ bytes/,
    },
  );
  t.is(failed?.name, "ResourceExhaustedError");
  t.deepEqual(weights(), before);
  // A smaller batch fits.
  await model.evaluate(x, y, { batchSize: 16, verbose: 0 });
  keras.config.setMemoryLimit(device, null);
  const [a, b] = [model, same].map((one) => one.fit(x, y, { batchSize: 1024, epochs: 1, verbose: 0, shuffle: false }));
  t.deepEqual((await a)?.history, (await b)?.history);
});

test.serial("tensors give their memory back", async (t) => {
  const model = make();
  await model.fit(x, y, { verbose: 0 });
  const { current, limit } = keras.config.memoryInfo(device);
  t.is(limit, null);
  for (let i = 0; i < 3; i++) await model.fit(x, y, { verbose: 0 });
  t.true(keras.config.memoryInfo(device).current <= current);
});

test("limits that are none are refused", (t) => {
  for (const bytes of [-1, 0.5, Number.NaN]) {
    t.throws(() => keras.config.setMemoryLimit(device, bytes), { instanceOf: keras.errors.ValueError });
  }
  t.throws(() => keras.config.setMemoryLimit("cpu", 1), { instanceOf: keras.errors.NotImplementedError });
  t.throws(() => keras.config.memoryInfo("cpu"), { instanceOf: keras.errors.NotImplementedError });
});
