import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import * as keras from "kerosene";
import type { Logs } from "#kerosene/callbacks/callback.js";
import { classifier, floats, Input, labels, layers, Model } from "./models.js";

const [x, y] = [floats([80, 8]), labels(80, 3)];
const cut = (from: number, to = from + 32) =>
  [x.at(`${from}:${to}`), y.at(`${from}:${to}`)] as [keras.Tensor, keras.Tensor];
const three = [0, 32, 64].map((from) => cut(from));
const plain = { verbose: 0, shuffle: false } as const;

/** A model that starts with the same weights as every other from here. */
const start = classifier().getWeights();
function model(): keras.Model {
  const made = classifier();
  made.setWeights(start);
  return made;
}

const values = (of: keras.Model) => of.getWeights().map((weight) => weight.dataSync());

/** Warnings while something runs. */
async function warnings<R>(run: () => Promise<R>): Promise<[R, string[]]> {
  const heard: string[] = [];
  const listen = (warning: Error) => void heard.push(warning.message);
  process.on("warning", listen);
  try {
    const result = await run();
    await sleep(1); // warnings are told in the next turn
    return [result, heard];
  } finally {
    process.off("warning", listen);
  }
}

class Batches extends keras.utils.PyDataset<[keras.Tensor, keras.Tensor]> {
  readonly asked: number[] = [];
  readonly events: string[] = [];
  atOnce = 0;
  most = 0;

  override get length() {
    return 3;
  }
  override async getItem(index: number) {
    this.asked.push(index);
    this.most = Math.max(this.most, ++this.atOnce);
    await sleep(index === 0 ? 5 : 1); // later ones are ready before
    this.atOnce--;
    return three[index]!;
  }
  override onEpochBegin() {
    this.events.push("begin");
  }
  override onEpochEnd() {
    this.events.push(`end after ${this.asked.length}`);
  }
}

test("a PyDataset gives the numbers of its arrays, with any number of workers", async (t) => {
  const reference = model();
  const { history } = await reference.fit(x, y, { epochs: 2, ...plain });
  for (const workers of [0, 1, 3]) {
    const trained = model();
    const data = new Batches({ workers });
    const found = await trained.fit(data, { epochs: 2, ...plain });
    t.deepEqual(found.history, history);
    t.is(found.params.steps, 3);
    t.deepEqual(data.events, ["begin", "end after 3", "begin", "end after 6"]);
    t.is(data.most, Math.max(1, workers));
    t.deepEqual(data.asked, [0, 1, 2, 0, 1, 2]);
    t.deepEqual(await trained.evaluate(data, { verbose: 0 }), await reference.evaluate(x, y, { verbose: 0 }));
  }
});

test("shuffling a PyDataset mixes the order of its batches; every epoch sees each once", async (t) => {
  const data = new Batches({ workers: 2 });
  await model().fit(data, { epochs: 20, verbose: 0 }); // all alike: once in 6^19 runs
  const epochs = Array.from({ length: 20 }, (_, i) => data.asked.slice(i * 3, i * 3 + 3));
  for (const epoch of epochs) t.deepEqual([...epoch].sort(), [0, 1, 2]);
  t.true(new Set(epochs.map(String)).size > 1);
});

test("what looks like a PyDataset is one; an endless one needs a number of steps", async (t) => {
  const like = { length: 3, getItem: (index: number) => three[index % 3] };
  const { history } = await model().fit(like, plain);
  t.deepEqual(history, (await model().fit(x, y, plain)).history);
  const endless = { getItem: like.getItem };
  await t.throwsAsync(model().fit(endless, plain), { message: /endless.*`stepsPerEpoch`/ });
  const { history: same } = await model().fit(endless, { stepsPerEpoch: 3, ...plain });
  t.deepEqual(same, history);
  t.throws(() => new Batches({ workers: -1 }), { message: /`workers`/ });
  t.throws(() => new Batches({ useMultiprocessing: true }), { name: "NotImplementedError" });
});

test("while a batch computes the next one is fetched", async (t) => {
  const inputs = Input({ shape: [4] });
  const net = Model(inputs, layers.Dense(1)(inputs));
  net.compile({ optimizer: "sgd", loss: "mse" });
  const seen: string[] = [];
  function* batches() {
    for (let i = 0; i < 3; i++) {
      seen.push(`fetch ${i}`);
      yield [floats([4, 4]), floats([4, 1])];
    }
  }
  const note = (what: string) => (batch: number) => void seen.push(`${what} ${batch}`);
  await net.fit(batches, { verbose: 0, callbacks: { onTrainBatchBegin: note("begin"), onTrainBatchEnd: note("end") } });
  t.deepEqual(seen, ["fetch 0", "begin 0", "fetch 1", "end 0", "begin 1", "fetch 2", "end 1", "begin 2", "end 2"]);
});

test("a generator that throws or gives a wrong shape in the third batch: the weights are those of two steps", async (t) => {
  const two = model();
  await two.fit(() => three.slice(0, 2), plain);
  const failures: [() => Iterable<unknown>, RegExp][] = [
    [
      function* () {
        yield* three.slice(0, 2);
        throw new Error("no more");
      },
      /no more/,
    ],
    [
      () => [...three.slice(0, 2), [floats([4, 7]), labels(4, 3)]],
      /expected data of shape \(None, 8\), but got \(4, 7\)/,
    ],
    [() => [...three.slice(0, 2), [floats([4, 8]), labels(5, 3)]], /Data cardinality is ambiguous/],
    [() => [...three.slice(0, 2), [1, 2, 3, 4]], /A batch must be/],
  ];
  for (const [batches, message] of failures) {
    const failing = model();
    let closed = 0;
    const watched = function* () {
      try {
        yield* batches();
      } finally {
        closed++;
      }
    };
    await t.throwsAsync(failing.fit(watched, plain), { message });
    t.deepEqual(values(failing), values(two));
    t.is(closed, 1);
    await failing.fit(x, y, plain); // and it goes on working
  }
});

test.serial(
  "data that ends before stepsPerEpoch: Keras's warning, and the training of the batches that came",
  async (t) => {
    const ended = model();
    const data = three.values();
    const [history, heard] = await warnings(() => ended.fit(data, { epochs: 5, stepsPerEpoch: 2, ...plain }));
    t.deepEqual(history.epoch, [0, 1]);
    t.is(heard.length, 1);
    t.regex(heard[0]!, /^Your input ran out of data; interrupting training\./);
    const whole = model();
    await whole.fit(x, y, plain);
    t.deepEqual(values(ended), values(whole));

    const again = model();
    const [rest, twice] = await warnings(() => again.fit(() => three, { epochs: 2, stepsPerEpoch: 4, ...plain }));
    t.deepEqual([rest.epoch, twice.length], [[0, 1], 2]);
    t.deepEqual(rest.history, (await model().fit(x, y, { epochs: 2, ...plain })).history);
  },
);

test.serial("an epoch that takes exactly what there is leaves nothing over", async (t) => {
  const [{ history }, heard] = await warnings(() =>
    model().fit(() => three, { epochs: 2, stepsPerEpoch: 3, ...plain }),
  );
  t.deepEqual(heard, []);
  t.deepEqual(history, (await model().fit(x, y, { epochs: 2, ...plain })).history);
});

test("validation on batches begins anew each time, also with validationSteps", async (t) => {
  const seen: Logs[] = [];
  for (const validationData of [new Batches(), () => three, [x.at("0:64"), y.at("0:64")] as const]) {
    const { history } = await model().fit(x, y, { epochs: 2, ...plain, validationData, validationSteps: 2 });
    seen.push({ first: history.val_loss?.[0] as number, second: history.val_loss?.[1] as number });
  }
  t.deepEqual(seen[1], seen[0]);
  t.deepEqual(seen[2], seen[0]);
});

test("batches that are left over when training stops are closed", async (t) => {
  let closed = 0;
  async function* endless() {
    try {
      for (;;) yield* three;
    } finally {
      closed++;
    }
  }
  await model().fit(endless, { epochs: 2, stepsPerEpoch: 2, ...plain });
  t.is(closed, 1);
  const stopping = model();
  const stop = {
    onTrainBatchEnd: () => {
      stopping.stopTraining = true;
    },
  };
  const { epoch } = await stopping.fit(endless, { epochs: 4, stepsPerEpoch: 9, ...plain, callbacks: stop });
  t.deepEqual([epoch, closed], [[0], 2]);
  const once = endless(); // a generator the caller made stays the caller's
  await model().fit(once, { stepsPerEpoch: 2, ...plain });
  t.is(closed, 2);
  t.false((await once.next()).done);
});

test("a signal stops a run that waits for data that never comes", async (t) => {
  const never = new Promise<never>(() => {});
  let closed = 0;
  const stuck = async function* () {
    try {
      yield three[0];
      await never;
    } finally {
      closed++;
    }
  };
  class Stuck extends Batches {
    override async getItem(index: number) {
      return index === 1 ? never : super.getItem(index);
    }
  }
  for (const data of [
    stuck,
    new Stuck(),
    new Stuck({ workers: 3 }),
    keras.data.Dataset.fromGenerator(stuck).prefetch(2),
  ]) {
    for (const steps of [null, 2]) {
      const stopped = model();
      const reason = new Error("enough");
      const stop = new AbortController();
      setTimeout(() => stop.abort(reason), 20);
      const options = { ...plain, stepsPerEpoch: steps, signal: stop.signal };
      t.is(await t.throwsAsync(stopped.fit(data as keras.utils.PyDataset, options)), reason);
      await stopped.fit(x, y, plain); // and it goes on working
    }
  }
  t.is(closed, 0); // it still waits
});

test("predictions of different shapes cannot become one tensor", async (t) => {
  const inputs = Input({ shape: [null, 2] });
  const net = Model(inputs, layers.Dense(3)(inputs));
  const batches = () => [floats([2, 4, 2]), floats([2, 5, 2])];
  await t.throwsAsync(net.predict(batches, { verbose: 0 }), { message: /\(2, 5, 3\) in one batch and \(2, 4, 3\)/ });
  const outputs: keras.Tensor = await net.predict(() => [floats([2, 4, 2]), floats([1, 4, 2])], { verbose: 0 });
  t.deepEqual(outputs.shape, [3, 4, 3]);
});

test("shuffle within the batches keeps each batch's samples and mixes them", async (t) => {
  const inputs = Input({ shape: [1] });
  const net = Model(inputs, layers.Dense(1, { kernelInitializer: "ones" })(inputs));
  const samples = keras.tensor(
    Float32Array.from({ length: 10 }, (_, i) => i),
    { shape: [10, 1] },
  );
  const losses = async (loss: (yTrue: keras.Tensor, yPred: keras.Tensor) => keras.Tensor) => {
    net.compile({ optimizer: keras.optimizers.SGD(0), loss: loss as never });
    const seen: number[][] = [[], [], []];
    const note = { onTrainBatchEnd: (batch: number, logs?: Logs) => void seen[batch]?.push(logs?.loss as number) };
    await net.fit(samples, samples, { epochs: 40, batchSize: 4, verbose: 0, shuffle: "batch", callbacks: note });
    return seen;
  };
  // which samples a batch has: (0+1+2+3)/4, then means over the samples so far
  for (const [batch, seen] of (await losses((_, yPred) => yPred.mean(-1))).entries()) {
    for (const loss of seen) t.is(loss, [1.5, 3.5, 4.5][batch] as number);
  }
  // in which order: the first of them counts
  const [first = []] = await losses((_, yPred) => yPred.at("0:1").mean(-1));
  t.true(new Set(first).size > 1);
  for (const loss of first) t.true([0, 1, 2, 3].includes(loss));
});

test.serial("maxEpochs and maxStepsPerEpoch cut every fit short, with Keras's warnings", async (t) => {
  keras.config.setMaxEpochs(1);
  keras.config.setMaxStepsPerEpoch(2);
  try {
    const limited = model();
    const [history, heard] = await warnings(() => limited.fit(x, y, { epochs: 3, ...plain }));
    t.deepEqual(heard, ["Limiting epochs to 1", "Limiting stepsPerEpoch to 2"]);
    t.is(history.params.steps, 2);
    const two = model();
    keras.config.setMaxStepsPerEpoch(null);
    await two.fit(x.at("0:64"), y.at("0:64"), plain);
    t.deepEqual(values(limited), values(two));
  } finally {
    keras.config.setMaxEpochs(null);
    keras.config.setMaxStepsPerEpoch(null);
  }
  t.throws(() => keras.config.setMaxEpochs(0), { message: /whole number from 1/ });
});
