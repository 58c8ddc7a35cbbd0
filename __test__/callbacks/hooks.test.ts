import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { tanhModel, x as tanhX, y as tanhY } from "../optimizers/models.js";
import { data, one, weight } from "./models.js";
import { printed } from "./printed.js";

const { callbacks: c } = keras;

const HOOKS = ["Train", "Test", "Predict"].flatMap((phase) =>
  ["Begin", "End", "BatchBegin", "BatchEnd"].map((hook) => `on${phase}${hook}`),
);
const ALL = [...HOOKS, "onEpochBegin", "onEpochEnd", "onBatchBegin", "onBatchEnd"];

/** Every hook, each of which notes its name and number; some wait. */
function noting(notes: string[]): Record<string, (...args: unknown[]) => unknown> {
  return Object.fromEntries(
    ALL.map((name) => [
      name,
      async (first: unknown) => {
        if (name.includes("Begin")) await new Promise((resolve) => setImmediate(resolve));
        notes.push(typeof first === "number" ? `${name}(${first})` : name);
      },
    ]),
  );
}

// the order of Keras's loops; onTrainBatch* call onBatch* unless they are overridden themselves
const wanted = [
  "onTrainBegin",
  "onEpochBegin(0)",
  ...["onTrainBatchBegin(0)", "onTrainBatchEnd(0)", "onTrainBatchBegin(1)", "onTrainBatchEnd(1)"],
  ...["onTestBegin", "onTestBatchBegin(0)", "onTestBatchEnd(0)", "onTestEnd"],
  "onEpochEnd(0)",
  "onTrainEnd",
  ...["onTestBegin", "onTestBatchBegin(0)", "onTestBatchEnd(0)", "onTestEnd"],
  ...["onPredictBegin", "onPredictBatchBegin(0)", "onPredictBatchEnd(0)", "onPredictEnd"],
];

/** A class of one's own, with the hooks in its prototype. */
function plainClass(notes: string[]): object {
  class Plain {}
  Object.assign(Plain.prototype, noting(notes));
  return new Plain();
}

const kinds: Record<string, (notes: string[]) => keras.callbacks.CallbackLike> = {
  "a plain object": noting,
  "an object of another class": plainClass,
  LambdaCallback: (notes) => c.LambdaCallback(noting(notes)),
  "a list": (notes) => c.CallbackList([noting(notes)]),
  "a class": (notes) => Object.assign(new (class extends c.Callback {})(), noting(notes)),
};
for (const [kind, make] of Object.entries(kinds)) {
  test(`all hooks in order, waited for, by ${kind}`, async (t) => {
    const notes: string[] = [];
    const [model, callbacks] = [one(), [make(notes)]];
    const [x, y] = data(4);
    await model.fit(x, y, { batchSize: 2, verbose: 0, validationData: data(), callbacks });
    await model.evaluate(x, y, { verbose: 0, callbacks });
    await model.predict(x, { verbose: 0, callbacks });
    t.deepEqual(notes, wanted);
  });
}

test("hooks of an object are called on it; an object without any is an error", async (t) => {
  const [x, y] = data();
  const count = {
    epochs: 0,
    onTrainBatchEnd: undefined as never,
    onEpochEnd() {
      this.epochs++;
    },
  };
  await one().fit(x, y, { epochs: 2, verbose: 0, callbacks: count });
  t.is(count.epochs, 2);
  t.false(c.CallbackList(count).needsBatches("train"));
  await t.throwsAsync(one().fit(x, y, { verbose: 0, callbacks: [{ onEpochEnds() {} } as never] }), {
    name: "TypeError",
    message: /some of the hooks onEpochBegin.*Received an object with: onEpochEnds\./,
  });
});

test("the old names of batch hooks", async (t) => {
  const notes: string[] = [];
  const { onBatchBegin, onBatchEnd } = noting(notes);
  const [x, y] = data(4);
  await one().fit(x, y, { batchSize: 2, verbose: 0, callbacks: [{ onBatchBegin, onBatchEnd } as never] });
  t.deepEqual(notes, ["onBatchBegin(0)", "onBatchEnd(0)", "onBatchBegin(1)", "onBatchEnd(1)"]);
});

for (const name of ALL.filter((name) => !name.includes("Test") && !name.includes("Predict"))) {
  test(`${name} that throws rejects fit, and the model goes on working`, async (t) => {
    const model = one();
    const [x, y] = data(4);
    const fail = () => {
      throw new Error(`from ${name}`);
    };
    for (const hook of [fail, async () => fail()]) {
      const callbacks = [{ [name]: hook } as never];
      await t.throwsAsync(model.fit(x, y, { batchSize: 2, verbose: 0, callbacks }), { message: `from ${name}` });
    }
    const { history } = await model.fit(x, y, { verbose: 0, validationSplit: 0.5 });
    t.true(Number.isFinite(history.val_loss?.[0]));
  });
}

test("what a callback adds to the logs, those after it and the history have", async (t) => {
  const seen: unknown[] = [];
  const [x, y] = data();
  const { history } = await one().fit(x, y, {
    verbose: 0,
    callbacks: [
      { onEpochEnd: (_, logs) => void Object.assign(logs ?? {}, { mine: 3 }) },
      { onEpochEnd: (_, logs) => void seen.push(logs?.mine) },
      { onTrainEnd: (logs) => void seen.push(logs?.mine) },
    ],
  });
  t.deepEqual(history.mine, [3]);
  t.deepEqual(seen, [3, undefined]);
});

test("CallbackList for a loop of one's own", async (t) => {
  const notes: string[] = [];
  const [model, [x, y]] = [one(), data()];
  const list = c.CallbackList([noting(notes)], { addHistory: true, model, epochs: 2, steps: 1 });
  await list.onTrainBegin();
  for (let epoch = 0; epoch < 2; epoch++) {
    await list.onEpochBegin(epoch);
    const logs = await model.trainOnBatch(x, y, { returnDict: true });
    await list.onTrainBatchEnd(0, logs);
    await list.onEpochEnd(epoch, logs);
  }
  await list.onTrainEnd();
  t.is(list.history?.history.loss?.length, 2);
  t.is(list.progbar, undefined);
  t.is(
    list.callbacks.every((callback) => callback.model === model && callback.params.epochs === 2),
    true,
  );
  t.is(notes.length, 2 + 2 * 3);
  t.is(c.CallbackList(null).callbacks.length, 0);
  t.throws(() => c.CallbackList([3 as never]), { message: /Callback objects. Received: 3/ });
});

test("a list in the list costs no more than what is in it", async (t) => {
  const [x, y] = data();
  const list = c.CallbackList([{ onEpochEnd: (_, logs) => void Object.assign(logs ?? {}, { mine: 1 }) }]);
  const { history } = await one().fit(x, y, { verbose: 0, callbacks: [list] });
  t.deepEqual(history.mine, [1]);
  t.false(c.CallbackList([list]).needsBatches("train"));
  t.true(c.CallbackList([list, c.TerminateOnNaN()]).needsBatches("train"));
});

test("an interrupted fit leaves the weights of its last step, not their averages", async (t) => {
  const optimizer = keras.optimizers.SGD(0.125, { useEma: true, emaMomentum: 0.5 });
  const [model, [x, y]] = [one({ optimizer }), data()];
  model.setWeights([keras.ops.full([1, 1], 3)]);
  const fail = (epoch: number) => {
    if (epoch === 1) throw new Error("enough");
  };
  await t.throwsAsync(model.fit(x, y, { epochs: 3, verbose: 0, callbacks: { onEpochEnd: fail } }), {
    message: "enough",
  });
  t.is(weight(model), 2.125); // 1 + 2 * 0.75^2, two steps with the gradient 2 (w - 1)
  t.not(weight(model), optimizer.movingAverages[0]?.item());
});

test("LambdaCallback takes hooks only", (t) => {
  t.throws(() => c.LambdaCallback({ onEpochEnds: () => {} } as never), {
    message: /"onEpochEnds" is no hook.*onEpochEnd/,
  });
  t.throws(() => c.LambdaCallback({ onEpochEnd: 3 as never }), { message: /expected `onEpochEnd` to be a function/ });
  t.is(c.LambdaCallback({ onEpochEnd: null }).onEpochEnd, c.Callback.prototype.onEpochEnd);
});

test.serial("TerminateOnNaN ends training at the batch", async (t) => {
  const model = one({ optimizer: keras.optimizers.SGD(1e30) });
  const [x, y] = data(10);
  const settings = { epochs: 3, batchSize: 1, verbose: 0 } as const;
  const batches: number[] = [];
  const count = { onTrainBatchEnd: (batch: number) => void batches.push(batch) };
  const start = keras.ops.full([1, 1], 5);
  model.setWeights([start]);
  const text = await printed(() => model.fit(x, y, { ...settings, callbacks: [count, c.TerminateOnNaN()] }));
  t.regex(text, /^Batch [1-3]: Invalid loss, terminating training\n$/);
  t.true(batches.length < 5, `${batches.length} batches`);
  model.setWeights([start]);
  await t.throwsAsync(model.fit(x, y, { ...settings, callbacks: c.TerminateOnNaN({ raiseError: true }) }), {
    message: /NaN or Inf loss encountered at batch \d. Loss value: (nan|inf)\./,
  });
  model.setWeights([keras.ops.ones([1, 1])]);
  t.is((await model.fit(x, y, { ...settings, callbacks: c.TerminateOnNaN() })).epoch.length, 3);
});

test.serial("LearningRateScheduler", async (t) => {
  const rates: [number, number][] = [];
  const schedule = (epoch: number, rate: number) => {
    rates.push([epoch, rate]);
    return rate / 2;
  };
  const [x, y] = data();
  const callback = c.LearningRateScheduler(schedule, { verbose: 1 });
  const text = await printed(async () => {
    const { history } = await one().fit(x, y, { epochs: 2, verbose: 0, callbacks: [callback] });
    t.deepEqual(history.learning_rate, [0.5, 0.25]);
  });
  t.deepEqual(rates, [
    [0, 1],
    [1, 0.5],
  ]);
  t.is(
    text,
    "\nEpoch 1: LearningRateScheduler setting learning rate to 0.5.\n\nEpoch 2: LearningRateScheduler setting learning rate to 0.25.\n",
  );
  const bad = (result: unknown) =>
    one().fit(x, y, { verbose: 0, callbacks: c.LearningRateScheduler(() => result as number) });
  await t.throwsAsync(bad(undefined), { message: /should be a number. Got: undefined/ });
  await t.throwsAsync(bad(-1), { message: /must be a finite number not below 0/ });
  t.throws(() => c.LearningRateScheduler(0.5 as never), { message: /must be a function/ });
  const scheduled = keras.optimizers.SGD(
    keras.optimizers.schedules.CosineDecay({ initialLearningRate: 1, decaySteps: 9 }),
  );
  await t.throwsAsync(one({ optimizer: scheduled }).fit(x, y, { verbose: 0, callbacks: callback }), {
    message: /not settable/,
  });
});

// Keras 3.15.1: CSVLogger with these logs
test("CSVLogger", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "csv-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "a.csv");
  const [x, y] = data();
  const run = (rows: Record<string, number>[], options = {}) => {
    const feed = {
      onEpochEnd(epoch: number, logs: Record<string, number> = {}) {
        for (const name of Object.keys(logs)) delete logs[name];
        Object.assign(logs, rows[epoch]);
      },
    };
    return one().fit(x, y, { epochs: rows.length, verbose: 0, callbacks: [feed, c.CSVLogger(path, options)] });
  };
  const rows: Record<string, number>[] = [
    { loss: 0.5, acc: 1 },
    { loss: 1e-5, acc: Number.NaN, val_loss: 2 },
    { acc: 1e16 },
  ];
  const text = () => readFileSync(path, "utf8");
  const head = "epoch,acc,loss,val_acc,val_loss\r\n";
  const first = "0,1.0,0.5,NA,NA\r\n";
  await run(rows);
  t.is(text(), `${head}${first}1,nan,1e-05,NA,2.0\r\n2,1e+16,NA,NA,NA\r\n`);
  await run(rows.slice(0, 1), { append: true });
  t.is(text(), `${head}${first}1,nan,1e-05,NA,2.0\r\n2,1e+16,NA,NA,NA\r\n${first}`);
  await run([{ val_loss: 0.25, loss: Number.POSITIVE_INFINITY, "a;b": 1.5, 'a"b': -0 }], { separator: ";" });
  t.is(text(), 'epoch;"a""b";"a;b";loss;val_loss\r\n0;-0.0;1.5;inf;0.25\r\n');
  rmSync(path);
  await run(rows.slice(0, 1), { append: true });
  t.is(text(), head + first);
  await run([{ loss: 0.5, v: [0.1, 0.5, 1e-7].map(Math.fround) as never }]);
  t.is(text(), 'epoch,loss,v,val_loss,val_v\r\n0,0.5,"""[0.1, 0.5, 1e-07]""",NA,NA\r\n');
  const nowhere = c.CSVLogger(join(directory, "none", "a.csv"));
  await t.throwsAsync(one().fit(x, y, { verbose: 0, callbacks: nowhere }), { code: "ENOENT" });
});

test("RemoteMonitor", async (t) => {
  const got: [url: string, type: string, key: string, body: string][] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const { "content-type": type = "", "x-key": key = "" } = request.headers;
      got.push([request.url ?? "", type, String(key), body]);
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [x, y] = data();
  const model = one({ optimizer: keras.optimizers.SGD(0) });
  model.setWeights([keras.ops.full([1, 1], 3)]);
  await model.fit(x, y, { verbose: 0, callbacks: c.RemoteMonitor({ root }) });
  const headers = { "X-Key": "secret" };
  await model.fit(x, y, { verbose: 0, callbacks: c.RemoteMonitor({ root, path: "/here", headers, sendAsJson: true }) });
  await new Promise((resolve) => server.close(resolve));
  const json = '{"epoch":0,"loss":4}';
  t.deepEqual(got, [
    ["/publish/epoch/end/", "application/x-www-form-urlencoded;charset=UTF-8", "", `data=${encodeURIComponent(json)}`],
    ["/here", "application/json", "secret", json],
  ]);
  const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
  await model.fit(x, y, { verbose: 0, callbacks: c.RemoteMonitor({ root }) });
  t.regex((await warned).message, /^Could not reach RemoteMonitor root server at http:\/\/127/);
});

// Keras 3.15.1: SGD(0.1, momentum=0.9, use_ema=True, ema_momentum=0.8), epochs=3, batch_size=4; the sum of the kernel when the evaluation
// begins and when the epoch ends
const averages = [-0.4472467303276062, -0.772240400314331, -1.0747689008712769];
const weights = [-0.7652016282081604, -1.230901837348938, -1.4480869770050049];
for (const [swapOnEpoch, validated, ends] of [
  [false, true, weights],
  [true, false, averages],
  [true, true, averages],
] as const) {
  test(`SwapEMAWeights, ${swapOnEpoch ? "on epochs" : "in evaluations"}${validated ? "" : ", without these"}`, async (t) => {
    const optimizer = keras.optimizers.SGD(0.1, { momentum: 0.9, useEma: true, emaMomentum: 0.8 });
    const model = tanhModel({ optimizer });
    const kernel = () => keras.ops.sum(model.getWeights()[0] as keras.Tensor).item();
    const [atTest, atEnd]: [number[], number[]] = [[], []];
    const look = { onTestBegin: () => void atTest.push(kernel()), onEpochEnd: () => void atEnd.push(kernel()) };
    const near = (got: number[], want: readonly number[]) => {
      t.is(got.length, want.length);
      for (const [i, value] of got.entries()) t.true(Math.abs(value - (want[i] as number)) < 1e-5, `${got}`);
    };
    const { history } = await model.fit(tanhX, tanhY, {
      ...{ epochs: 3, batchSize: 4, shuffle: false, verbose: 0, callbacks: [c.SwapEMAWeights({ swapOnEpoch }), look] },
      ...(validated && { validationData: [tanhX, tanhY] as const }),
    });
    near(atEnd, ends);
    near(atTest, validated ? averages : []);
    near(history.loss as number[], [1.8590419292449951, 0.7304490804672241, 0.9152587652206421]);
    if (validated) near(history.val_loss as number[], [0.9096574783325195, 0.512198805809021, 0.5415225028991699]);
    near([kernel()], averages.slice(2));
  });
}

test("SwapEMAWeights gives the weights back after predict", async (t) => {
  const optimizer = keras.optimizers.SGD(0.125, { useEma: true, emaMomentum: 0.5 });
  const [model, [x, y]] = [one({ optimizer }), data()];
  model.setWeights([keras.ops.full([1, 1], 3)]);
  await t.throwsAsync(model.predict(x, { verbose: 0, callbacks: c.SwapEMAWeights() }), {
    message: /there are no averages yet/,
  });
  for (let step = 0; step < 2; step++) await model.trainOnBatch(x, y);
  const [before, average] = [weight(model), optimizer.movingAverages[0]?.item() as number];
  t.not(before, average);
  const predicted: keras.Tensor = await model.predict(x, { verbose: 0, callbacks: c.SwapEMAWeights() });
  t.is(predicted.at(0, 0).item(), average);
  t.is(weight(model), before);
});

test("SwapEMAWeights needs averages", async (t) => {
  const [x, y] = data();
  await t.throwsAsync(one().fit(x, y, { verbose: 0, callbacks: c.SwapEMAWeights() }), {
    message: /Make it with `useEma: true`/,
  });
});
