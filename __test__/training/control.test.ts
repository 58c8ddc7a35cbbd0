import test from "ava";
import { Callback } from "#kerosene/callbacks/callback.js";
import { classifier, floats, Input, labels, layers, Model } from "./models.js";

const [x, y] = [floats([80, 8]), labels(80, 3)];

/** Takes a second or so an epoch. */
function slow() {
  const inputs = Input({ shape: [256] });
  let hidden = layers.Dense(512, { activation: "relu" })(inputs);
  for (let depth = 0; depth < 3; depth++) hidden = layers.Dense(512, { activation: "relu" })(hidden);
  const model = Model(inputs, layers.Dense(10)(hidden));
  model.compile({ optimizer: "adam", loss: "mse" });
  return { model, x: floats([4096, 256]), y: floats([4096, 10], 5) };
}

test.serial("a 10 ms timer keeps firing during fit", async (t) => {
  const { model, x, y } = slow();
  await model.trainOnBatch(x.at("0:32"), y.at("0:32")); // tracing happens here
  let [ticks, longest, before] = [0, 0, performance.now()];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - before);
    before = now;
    ticks++;
  }, 10);
  const start = performance.now();
  await model.fit(x, y, { verbose: 0, batchSize: 32 });
  clearInterval(timer);
  const elapsed = performance.now() - start;
  t.log(`${elapsed.toFixed(0)} ms, ${ticks} ticks, longest pause ${longest.toFixed(0)} ms`);
  t.true(ticks > elapsed / 60, `${ticks} ticks in ${elapsed} ms`);
  t.true(longest < 400, `a pause of ${longest} ms`);
});

test.serial("an array given to fit may be filled again or transferred while it trains", async (t) => {
  const losses = async (touch: (array: Float32Array) => void) => {
    const model = classifier(); // the same weights each time
    model.setWeights(model.getWeights().map((w, i) => floats([...w.shape] as number[], i)));
    const data = floats([80, 8]).dataSync() as Float32Array;
    const fit = model.fit({ data, shape: [80, 8] }, y, { epochs: 3, verbose: 0, shuffle: false });
    touch(data);
    return (await fit).history.loss;
  };
  const untouched = await losses(() => {});
  t.deepEqual(await losses((data) => data.fill(7)), untouched);
  t.deepEqual(await losses((data) => structuredClone(data, { transfer: [data.buffer as ArrayBuffer] })), untouched);
});

test.serial("a signal stops a fit within a batch, and the model goes on working", async (t) => {
  const { model, x, y } = slow();
  await model.trainOnBatch(x.at("0:32"), y.at("0:32"));
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 30);
  const start = performance.now();
  const error = await t.throwsAsync(
    model.fit(x, y, { verbose: 0, epochs: 1000, batchSize: 32, signal: controller.signal }),
  );
  t.is(error, reason);
  t.true(performance.now() - start < 5000);
  const [loss] = await model.trainOnBatch(x.at("0:32"), y.at("0:32"));
  t.true(Number.isFinite(loss));
  await t.throwsAsync(model.fit(x, y, { verbose: 0, signal: controller.signal }), { is: reason });
  await t.throwsAsync(model.evaluate(x, y, { verbose: 0, signal: controller.signal }), { is: reason });
  await t.throwsAsync(model.predict(x, { verbose: 0, signal: controller.signal }), { is: reason });
});

test("a signal stops a fit on batches from JavaScript", async (t) => {
  const model = classifier();
  const controller = new AbortController();
  let closed = false;
  async function* batches() {
    try {
      for (let step = 0; ; step++) {
        if (step === 3) controller.abort(new Error("enough"));
        yield [x, y];
      }
    } finally {
      closed = true;
    }
  }
  await t.throwsAsync(model.fit(batches, { verbose: 0, signal: controller.signal }), { message: "enough" });
  t.true(closed);
  await model.fit(x, y, { verbose: 0 });
});

test("one model cannot be trained twice at once; two models can", async (t) => {
  const [a, b] = [classifier(), classifier()];
  const first = a.fit(x, y, { verbose: 0, epochs: 20 });
  await t.throwsAsync(a.fit(x, y, { verbose: 0 }), { message: /Model "mlp" is already being trained/ });
  const second = b.fit(x, y, { verbose: 0, epochs: 20 });
  const [one, two] = await Promise.all([first, second]);
  t.is(one.epoch.length, 20);
  t.is(two.epoch.length, 20);
  await a.fit(x, y, { verbose: 0 });
});

test("callbacks may use the model", async (t) => {
  const model = classifier();
  const found: number[] = [];
  class Look extends Callback {
    override async onEpochEnd() {
      found.push((await this.model.predict(x, { verbose: 0 })).shape[0]);
      found.push((await this.model.evaluate(x, y, { verbose: 0 })).length);
    }
  }
  const { history } = await model.fit(x, y, { verbose: 0, epochs: 2, callbacks: [new Look()] });
  t.deepEqual(found, [80, 2, 80, 2]);
  t.is(history.loss?.length, 2);
});

test("an error in a callback rejects, and the model goes on working", async (t) => {
  const model = classifier();
  const failing = {
    onEpochEnd() {
      throw new Error("mine");
    },
  };
  await t.throwsAsync(model.fit(x, y, { verbose: 0, callbacks: [failing] }), { message: "mine" });
  await model.fit(x, y, { verbose: 0 });
});
