import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import test from "ava";
import * as keras from "kerosene";
import { scaleOf } from "#kerosene/callbacks/history-plot.js";

const { ValueError } = keras.errors;
const folder = mkdtempSync(join(tmpdir(), "kerosene-history-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** A history of so many epochs; validation in every second one. */
function recorded(epochs: number, extra: (epoch: number) => object = () => ({})): keras.callbacks.History {
  const history = keras.callbacks.History();
  history.setParams({ verbose: 0, epochs, steps: 3 });
  history.onTrainBegin();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const validation: Record<string, number> = epoch % 2 === 1 ? { val_loss: 2 / (epoch + 1) } : {};
    history.onEpochEnd(epoch, {
      accuracy: 1 - 0.5 ** (epoch + 1),
      loss: 1 / (epoch + 1),
      ...validation,
      ...extra(epoch),
    });
  }
  return history;
}

/** Every `<tag …>` of an SVG with its attributes. */
const tags = (svg: string, tag: string): Record<string, string>[] =>
  [...svg.matchAll(new RegExp(`<${tag} ([^>]*)>`, "g"))].map(([, text]) =>
    Object.fromEntries([...text!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!])),
  );
const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

test("prints as a table", (t) => {
  t.is(
    inspect(recorded(3)),
    [
      "History of 3 epochs",
      "epoch  accuracy    loss  val_loss",
      "    1    0.5000  1.0000          ",
      "    2    0.7500  0.5000    1.0000",
      "    3    0.8750  0.3333          ",
    ].join("\n"),
  );
  const long = inspect(recorded(100)).split("\n");
  t.is(long.length, 11);
  t.true(long.at(-1)!.startsWith("  100 ") && long[6]!.includes("…"));
  t.is(inspect(keras.callbacks.History()), "<History epochs=0, metrics=[]>");
  t.is(String(recorded(1)), "<History epochs=1, metrics=[accuracy, loss]>");
});

test("is JSON", (t) => {
  t.deepEqual(JSON.parse(JSON.stringify(recorded(2))), {
    history: { accuracy: [0.5, 0.75], loss: [1, 0.5], val_loss: [1] },
    epoch: [0, 1],
    params: { verbose: 0, epochs: 2, steps: 3 },
  });
});

test("draws a panel a metric, with every point in its place", (t) => {
  const svg = recorded(10).plot({ title: "A <title> & more" });
  t.is(svg, recorded(10).plot({ title: "A <title> & more" }));
  t.deepEqual(tags(svg, "svg")[0]?.width, "960");
  t.deepEqual(
    tags(svg, "g").flatMap((g) => g["data-metric"] ?? []),
    ["loss", "accuracy"],
  );
  t.deepEqual(
    tags(svg, "g").flatMap((g) => g["data-curve"] ?? []),
    ["loss", "val_loss", "accuracy"],
  );
  t.true(texts(svg).includes("A &lt;title&gt; &amp; more"));
  for (const name of ["loss", "val_loss", "accuracy", "epoch"]) t.true(texts(svg).includes(name), name);
  // validation lies over the epochs in which it was measured: 2, 4, 6, 8, 10
  const dots = (name: string): Record<string, string>[] =>
    tags(svg.split(`data-curve="${name}"`)[1]!.split("</g>")[0]!, "circle");
  const [loss, validation] = [dots("loss"), dots("val_loss")];
  t.is(loss.length, 10);
  t.deepEqual(
    validation.map(({ cx }) => cx),
    [1, 3, 5, 7, 9].map((i) => loss[i]?.cx),
  );
  // both curves of a panel share its scale: val_loss at epoch 2 is 1, as loss at epoch 1
  t.is(validation[0]?.cy, loss[0]?.cy);
  // 1/(e + 1) goes down, so its y goes up
  const ys = loss.map(({ cy }) => Number(cy));
  t.deepEqual(
    ys,
    [...ys].sort((a, b) => a - b),
  );
  const all = [...svg.matchAll(/-?\d+(?:\.\d+)?/g)].map(Number);
  t.true(all.every(Number.isFinite));
  t.false(/NaN|undefined|Infinity/.test(svg));
});

test("axes have round ticks", (t) => {
  const cases: [number[], number, boolean, string[]][] = [
    [[0, 1], 5, false, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]],
    [[0.131, 0.787], 5, false, ["0.0", "0.2", "0.4", "0.6", "0.8"]],
    [[0, 0], 2, false, ["-0.5", "0.0", "0.5"]],
    [[-3, 7], 6, false, ["-4", "-2", "0", "2", "4", "6", "8"]],
    [[1e-7, 3e-7], 4, false, ["1.0e-07", "1.5e-07", "2.0e-07", "2.5e-07", "3.0e-07"]],
    [[0, 4e6], 4, false, ["0", "1e+06", "2e+06", "3e+06", "4e+06"]],
    [[1, 20], 5, true, ["5", "10", "15", "20"]],
    [[1, 3], 9, true, ["1", "2", "3"]],
    [[1], 9, true, ["1"]],
    [[Number.NaN], 3, false, ["0.0", "0.5", "1.0"]],
  ];
  for (const [values, most, whole, labels] of cases) {
    const scale = scaleOf(values, most, whole);
    t.deepEqual(scale.ticks.map(scale.label), labels, JSON.stringify(values));
    for (const value of values) if (Number.isFinite(value)) t.true(scale.from <= value && value <= scale.to);
  }
});

test("one epoch, NaN, several numbers of one metric, long runs", (t) => {
  const one = recorded(1).plot({ metrics: ["loss"] });
  t.is(tags(one, "circle").length, 1);
  const gap = recorded(5, (epoch) => ({ loss: epoch === 2 ? Number.NaN : 1 })).plot({ metrics: ["loss"] });
  t.is(tags(gap.split('data-curve="loss"')[1]!.split("</g>")[0]!, "path")[0]?.d?.match(/M/g)?.length, 2);
  const several = recorded(3, () => ({ f1: [0.1, 0.2], val_f1: [0.3, 0.4] })).plot({ metrics: ["f1"] });
  t.deepEqual(
    tags(several, "g").flatMap((g) => g["data-curve"] ?? []),
    ["f1[0]", "f1[1]", "val_f1[0]", "val_f1[1]"],
  );
  t.is(tags(several, "path").filter((path) => path["stroke-dasharray"] !== undefined).length, 4);
  t.is(tags(recorded(200).plot({ metrics: ["loss"] }), "circle").length, 0);
});

test("writes SVG and PNG of the size that was asked for", async (t) => {
  const history = recorded(6);
  await history.plot(join(folder, "h.svg"), { title: "T" });
  t.is(readFileSync(join(folder, "h.svg"), "utf8"), history.plot({ title: "T" }));
  for (const options of [{}, { metrics: ["accuracy"], width: 300, height: 200 }]) {
    await history.plot(join(folder, "h.png"), options);
    const png = readFileSync(join(folder, "h.png"));
    const { width, height } = { width: 960, height: 320, ...options };
    t.deepEqual([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ["PNG", width, height]);
    t.true(png.length > 2000);
  }
  // the curve of the accuracy is there: blue pixels (#0072b2)
  const image = await keras.utils.loadImg(join(folder, "h.png"));
  let blue = 0;
  for (let i = 0; i < image.data.length; i += 3) if (image.data[i] === 0 && image.data[i + 1] === 0x72) blue++;
  t.true(blue > 100, String(blue));
});

test("refuses what cannot be drawn", async (t) => {
  const history = recorded(2);
  t.throws(() => history.plot({ metrics: ["acc"] }), { instanceOf: ValueError, message: /"acc".*loss/ });
  t.throws(() => keras.callbacks.History().plot(), { instanceOf: ValueError, message: /no epoch/ });
  t.throws(() => history.plot({ width: 10 }), { instanceOf: ValueError, message: /`width`/ });
  await t.throwsAsync(history.plot("history.pdf"), { instanceOf: ValueError, message: /\.png or \.svg/ });
});

test("fit's own", async (t) => {
  const model = keras.Sequential([keras.Input({ shape: [2] }), keras.layers.Dense(1, { kernelInitializer: "zeros" })]);
  model.compile({ optimizer: "sgd", loss: "mse" });
  // Each step takes 2·0.01·3 of what is missing: 1, 0.94, 0.94².
  const [x, y] = [keras.ops.ones([8, 2]), keras.ops.ones([8, 1])];
  const history = await model.fit(x, y, { epochs: 3, verbose: 0, validationSplit: 0.25, validationFreq: 2 });
  t.is(
    inspect(history),
    [
      "History of 3 epochs",
      "epoch    loss  val_loss",
      "    1  1.0000          ",
      "    2  0.8836    0.7807",
      "    3  0.7807          ",
    ].join("\n"),
  );
  t.deepEqual(
    tags(history.plot(), "g").flatMap((g) => g["data-curve"] ?? []),
    ["loss", "val_loss"],
  );
});
