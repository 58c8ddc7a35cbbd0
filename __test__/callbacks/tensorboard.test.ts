import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import test from "ava";
import * as keras from "kerosene";
import { crc32c, double, integer, message, record } from "#kerosene/callbacks/event-file.js";
import { BUCKETS, buckets, images, kerasModel, scalar } from "#kerosene/callbacks/summary.js";
import { greyPng, weightImages } from "#kerosene/callbacks/weight-images.js";

const { TensorBoard } = keras.callbacks;

test("CRC-32C", (t) => {
  // RFC 3720, B.4
  t.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.is(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  t.is(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  t.is(crc32c(new Uint8Array()), 0);
});

// written by TensorBoard 2.21's own classes of the same messages
const half = "0a270a0a65706f63685f6c6f7373420a0801120022040000003f4a0d0a090a077363616c6172732001";
const bytes: [what: string, got: Buffer, want: string][] = [
  ["a scalar", scalar("epoch_loss", 0.5), half],
  [
    "images",
    images("w/image", 2, 1, [Uint8Array.of(1, 2)]),
    "0a2b0a07772f696d61676542120807120412020803420132420131420201024a0c0a080a06696d616765732003",
  ],
  [
    "a model",
    kerasModel("keras", "{}"),
    "0a2b0a056b6572617342080807120042027b7d4a180a160a1167726170685f6b657261735f6d6f64656c120131",
  ],
  [
    "a record",
    record(Buffer.concat([double(1, 1.5), integer(2, 300), message(5, scalar("epoch_loss", 0.5))])),
    `3700000000000000e7e8ca5909000000000000f83f10ac022a29${half}3259a34f`,
  ],
];
for (const [what, got, want] of bytes) test(`the bytes of ${what}`, (t) => t.is(got.toString("hex"), want));

// TensorBoard 2.21: histogram_pb("h", np.array(values, "float32"))
const histograms: [values: number[], filled: [bucket: number, count: number][], edges: [number, number]][] = [
  [
    [1, 2, 2, 5],
    [
      [0, 1],
      [7, 2],
      [29, 1],
    ],
    [1.9333333333333333, 2.0666666666666664],
  ],
  [[3, 3, 3], [[29, 3]], [3, 3]],
  [[], [], [0, 0]],
  [
    [-1, 0, Math.fround(0.1), 0.5, 1],
    [
      [0, 1],
      [15, 1],
      [16, 1],
      [22, 1],
      [29, 1],
    ],
    [-0.5333333333333333, -0.4666666666666667],
  ],
];
for (const [values, filled, edges] of histograms) {
  test(`the histogram of [${values}]`, (t) => {
    const rows = buckets(values);
    const counts = Array.from({ length: BUCKETS }, (_, i): [number, number] => [i, rows[i * 3 + 2] as number]);
    t.deepEqual(
      counts.filter(([, count]) => count > 0),
      filled,
    );
    for (const side of [0, 1] as const) t.true(Math.abs((rows[7 * 3 + side] as number) - edges[side]) < 1e-12);
  });
}

test("a picture", (t) => {
  const png = greyPng(Uint8Array.of(0, 50, 100, 150, 200, 255), 3, 2);
  t.is(png.subarray(1, 4).toString(), "PNG");
  t.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [3, 2]);
  const at = png.indexOf("IDAT");
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  t.deepEqual([...rows], [0, 0, 50, 100, 0, 150, 200, 255]);
});

test("weights as pictures", (t) => {
  const sizes = (shape: number[]) => {
    const shown = weightImages(keras.ops.zeros(shape));
    return shown && [shown.width, shown.height, shown.pngs.length];
  };
  t.deepEqual(sizes([5]), [1, 5, 1]);
  t.deepEqual(sizes([7, 2]), [7, 2, 1]);
  t.deepEqual(sizes([2, 7]), [7, 2, 1]);
  t.deepEqual(sizes([2, 3, 1, 8]), [3, 2, 3]);
  t.is(sizes([2, 3, 4, 8]), null);
  t.is(sizes([]), null);
});

// ---- files, read by a reader of their own ----

interface Field {
  number: number;
  value: bigint | Buffer;
}

/** The fields of a protocol buffer. */
function fields(bytes: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    const length = wire === 1 ? 8 : wire === 2 ? Number(varint()) : 0;
    found.push({ number: key >> 3, value: wire === 0 ? varint() : bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}
const field = (bytes: Buffer, number: number) => fields(bytes).find((one) => one.number === number)?.value as Buffer;

/** The values in the only event file of a directory: tag, step, and the number of a scalar. */
function read(directory: string): [tag: string, step: number, value: number | null][] {
  const [name = "", ...others] = readdirSync(directory);
  if (others.length > 0) throw new Error(`${directory} holds several files`);
  const bytes = readFileSync(join(directory, name));
  const events: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const body = bytes.subarray(at + 12, at + 12 + length);
    // the framing has been compared with TensorBoard's above
    if (!record(body).equals(bytes.subarray(at, at + 16 + length))) throw new Error("a checksum is wrong");
    events.push(body);
    at += 16 + length;
  }
  if (field(events[0] as Buffer, 3).toString() !== "brain.Event:2") throw new Error("the file has no version");
  return events.slice(1).flatMap((event) => {
    const step = Number(field(event, 2));
    return fields(field(event, 5)).map(({ value }): [string, number, number | null] => {
      const content = field(field(value as Buffer, 8), 4);
      return [field(value as Buffer, 1).toString(), step, content?.length === 4 ? content.readFloatLE() : null];
    });
  });
}

const logs = (t: { teardown(fn: () => void): void }): string => {
  const path = mkdtempSync(join(tmpdir(), "tensorboard-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

function model() {
  const inputs = keras.Input({ shape: [3] });
  const made = keras.Model(inputs, keras.layers.Dense(2, { name: "out" })(inputs));
  made.compile({ optimizer: keras.optimizers.SGD(0.125), loss: "mse", metrics: ["mae"] });
  return made;
}
const [x, y] = [keras.random.normal([20, 3], { seed: 1 }), keras.random.normal([20, 2], { seed: 2 })];

test("epochs", async (t) => {
  const path = logs(t);
  const callback = TensorBoard(path);
  const options = { epochs: 2, batchSize: 5, verbose: 0, validationSplit: 0.25, callbacks: callback } as const;
  const { history } = await model().fit(x, y, options);
  const at = (name: string, epoch: number) => history[name]?.[epoch] as number;
  const wanted = [0, 1].flatMap((epoch) => [
    ["epoch_loss", epoch, at("loss", epoch)],
    ["epoch_mae", epoch, at("mae", epoch)],
    ["epoch_learning_rate", epoch, 0.125],
  ]);
  t.deepEqual(read(join(path, "train")), [["keras", 0, null], ...wanted]);
  const validation = [0, 1].flatMap((epoch) => [
    ["evaluation_loss_vs_iterations", 3 * epoch + 3, at("val_loss", epoch)],
    ["evaluation_mae_vs_iterations", 3 * epoch + 3, at("val_mae", epoch)],
    ["epoch_loss", epoch, at("val_loss", epoch)],
    ["epoch_mae", epoch, at("val_mae", epoch)],
  ]);
  t.deepEqual(read(join(path, "validation")), validation);
});

test("batches, weights and speed", async (t) => {
  const path = logs(t);
  const seen: number[] = [];
  const settings = { updateFreq: 2, histogramFreq: 2, writeImages: true, writeStepsPerSecond: true, writeGraph: false };
  const look = {
    onTrainBatchEnd: (_: number, batchLogs?: Record<string, number>) => void seen.push(batchLogs?.loss ?? 0),
  };
  await model().fit(x, y, { epochs: 3, batchSize: 5, verbose: 0, callbacks: [look, TensorBoard(path, settings)] });
  const found = read(join(path, "train"));
  const steps = (tag: string) => found.filter(([name]) => name === tag).map(([, step]) => step);
  t.deepEqual(
    found.filter(([name]) => name === "batch_loss"),
    [2, 4, 6, 8, 10, 12].map((step) => ["batch_loss", step, seen[step - 1] as number]),
  );
  t.deepEqual(steps("out/kernel/histogram"), [0, 2]);
  t.deepEqual(steps("out/bias/image"), [0, 2]);
  for (const [tag, count] of [
    ["batch_steps_per_second", 6],
    ["epoch_steps_per_second", 3],
  ] as const) {
    const speeds = found.filter(([name]) => name === tag).map(([, , value]) => value as number);
    t.is(speeds.length, count);
    t.true(speeds.every((speed) => speed > 0));
  }
  t.false(found.some(([tag]) => tag === "keras"));
});

test("a log of several numbers is several scalars", async (t) => {
  const path = logs(t);
  const put = {
    onEpochEnd: (_: number, epochLogs?: Record<string, number>) => void Object.assign(epochLogs ?? {}, { v: [1, 2] }),
  };
  await model().fit(x, y, { verbose: 0, callbacks: [put, TensorBoard({ logDir: path, writeGraph: false })] });
  t.deepEqual(read(join(path, "train")).slice(2, 4), [
    ["epoch_v_0", 0, 1],
    ["epoch_v_1", 0, 2],
  ]);
});

test("evaluate writes by iterations; a model without JSON has no graph", async (t) => {
  const path = logs(t);
  class Mine extends keras.Model {
    readonly dense = keras.layers.Dense(2);
    override call(inputs: keras.Tensor) {
      return this.dense(inputs);
    }
  }
  const mine = new Mine();
  mine.compile({ optimizer: "sgd", loss: "mse" });
  await mine.fit(x, y, { batchSize: 5, verbose: 0 });
  const [loss] = await mine.evaluate(x, y, { verbose: 0, callbacks: TensorBoard({ logDir: path }) });
  t.deepEqual(read(join(path, "validation")), [["evaluation_loss_vs_iterations", 4, loss as number]]);
  t.deepEqual(readdirSync(path), ["validation"]);
});

for (const [options, error] of [
  [{ profileBatch: 2 }, { name: "NotImplementedError", message: /`profileBatch` is not supported. Received: 2/ }],
  [{ embeddingsFreq: 1 }, { name: "NotImplementedError", message: /`embeddingsFreq` is not supported/ }],
  [{ updateFreq: 0 }, { name: "ValueError", message: /`updateFreq` must be a whole number of at least 1/ }],
  [{ histogramFreq: 0.5 }, { name: "ValueError", message: /`histogramFreq` must be a whole number of at least 0/ }],
] as const) {
  test(`refused: ${JSON.stringify(options)}`, (t) => {
    t.throws(() => TensorBoard(options), error);
  });
}
