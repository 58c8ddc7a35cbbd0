import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import * as keras from "kerosene";

const { utils } = keras;
const run = promisify(execFile);
const { ValueError } = keras.errors;
const home = mkdtempSync(join(tmpdir(), "kerosene-directories-"));
test.after.always(() => rmSync(home, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
}

const texts = join(home, "texts");
for (const n of [1, 2, 3]) {
  write(`texts/neg/n${n}.txt`, `bad ${n}`);
  write(`texts/pos/p${n}.TXT`, `good ${n} é`);
}
write("texts/pos/deep/d.txt", "deep");
write("texts/pos/skip.md", "no text");
write("texts/.hidden/h.md", "hidden");

const quiet = { verbose: false } as const;
type Batch = [keras.StringTensor, keras.Tensor];
const plain = async (dataset: keras.data.Dataset) =>
  (await dataset.toArray()).map((element) =>
    (Array.isArray(element) ? element : [element]).map((part) => (typeof part === "string" ? part : part.tolist())),
  );

test("texts in order, with labels of every kind", async (t) => {
  const sorted = { shuffle: false, ...quiet } as const;
  const dataset = await utils.textDatasetFromDirectory(texts, { ...sorted, batchSize: 4 });
  t.deepEqual(dataset.classNames, ["neg", "pos"]);
  t.is(dataset.cardinality(), 2);
  t.deepEqual(await plain(dataset), [
    [
      ["bad 1", "bad 2", "bad 3", "good 1 é"],
      [0, 0, 0, 1],
    ],
    [
      ["good 2 é", "good 3 é", "deep"],
      [1, 1, 1],
    ],
  ]);
  const [first] = (await dataset.toArray()) as [Batch];
  t.deepEqual([first[0].shape, first[1].dtype], [[4], "int32"]);
  const modes: [object, unknown][] = [
    [{ labelMode: "binary" }, [[0], [0], [0], [1], [1], [1], [1]]],
    [{ labelMode: "categorical", classNames: ["pos"] }, [[1], [1], [1], [1]]],
    [{ classNames: ["pos", "neg"] }, [0, 0, 0, 0, 1, 1, 1]],
    [{ labels: [5, 5, 7, 7, 7, 9, 9] }, [5, 5, 7, 7, 7, 9, 9]],
  ];
  for (const [options, labels] of modes) {
    const [[, got] = []] = await plain(await utils.textDatasetFromDirectory(texts, { ...sorted, ...options }));
    t.deepEqual(got, labels);
  }
  for (const options of [{ labels: null }, { labelMode: null }]) {
    const alone = await utils.textDatasetFromDirectory(texts, { ...sorted, ...options });
    t.is((await plain(alone))[0]?.[0].length, 7);
    t.is(alone.classNames, null);
  }
  const single = await utils.textDatasetFromDirectory(texts, { ...sorted, batchSize: null });
  t.deepEqual((await plain(single))[0], ["bad 1", 0]);
});

test("maxLength counts bytes, and leaves no half character", async (t) => {
  const options = { labels: null, shuffle: false, batchSize: null, ...quiet } as const;
  const cut = async (maxLength: number) =>
    (await (await utils.textDatasetFromDirectory(texts, { ...options, maxLength })).toArray()).slice(3, 5);
  t.deepEqual(await cut(8), ["good 1 ", "good 2 "]);
  t.deepEqual(await cut(9), ["good 1 é", "good 2 é"]);
  t.deepEqual(await cut(0), ["", ""]);
});

test("a seed gives Keras's split of the files; two parts never overlap", async (t) => {
  // index_directory(…, shuffle=True, seed=42): n1, n2, p3, n3, p2, p1, d; int(0.3 * 7) are for validation
  const options = { validationSplit: 0.3, seed: 42, ...quiet } as const;
  const contents = async (dataset: keras.data.Dataset) =>
    (await plain(dataset)).flatMap(([strings]) => strings as string[]).sort();
  const [training, validation] = await utils.textDatasetFromDirectory(texts, { ...options, subset: "both" });
  const want = [
    ["bad 1", "bad 2", "bad 3", "good 2 é", "good 3 é"],
    ["deep", "good 1 é"],
  ];
  t.deepEqual([await contents(training), await contents(validation)], want);
  for (const [place, subset] of (["training", "validation"] as const).entries()) {
    t.deepEqual(await contents(await utils.textDatasetFromDirectory(texts, { ...options, subset })), want[place]!);
  }
  t.deepEqual(validation.classNames, ["neg", "pos"]);
});

test("shuffled texts keep their labels", async (t) => {
  const dataset = await utils.textDatasetFromDirectory(texts, { seed: 7, ...quiet });
  for (const [strings, labels] of (await plain(dataset)) as [string[], number[]][]) {
    for (const [i, text] of strings.entries()) t.is(labels[i], text.startsWith("bad") ? 0 : 1);
  }
});

test("what is found is told as Keras tells it", async (t) => {
  const program = `
    import { utils } from "kerosene";
    await utils.textDatasetFromDirectory(process.argv[1], { labels: null });
    await utils.textDatasetFromDirectory(process.argv[1], { validationSplit: 0.3, subset: "both", seed: 42 });`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", program, texts]);
  t.is(
    stdout,
    "Found 7 files.\nFound 7 files belonging to 2 classes.\nUsing 5 files for training.\nUsing 2 files for validation.\n",
  );
});

test("links are followed only if asked for, and round in a circle but once", async (t) => {
  write("linked/a/1.txt", "one");
  write("elsewhere/2.txt", "two");
  symlinkSync(join(home, "elsewhere"), join(home, "linked/a/more"));
  symlinkSync(join(home, "linked/a"), join(home, "elsewhere/back"));
  const count = async (followLinks: boolean) => {
    const dataset = await utils.textDatasetFromDirectory(join(home, "linked"), {
      followLinks,
      shuffle: false,
      ...quiet,
    });
    return (await plain(dataset))[0]?.[0];
  };
  t.deepEqual(await count(false), ["one"]);
  t.deepEqual(await count(true), ["one", "two"]);
});

test("text datasets refuse", async (t) => {
  mkdirSync(join(home, "empty/a"), { recursive: true });
  const bad: [string, object, RegExp][] = [
    [texts, { labels: [1, 2] }, /we found 7 files/],
    [texts, { labels: "none" }, /`labels` must be/],
    [texts, { labels: null, classNames: ["pos"] }, /only pass `classNames`/],
    [texts, { classNames: ["good"] }, /Expected: neg, pos/],
    [texts, { labelMode: "float" }, /`labelMode`/],
    [texts, { labelMode: "binary", classNames: ["pos"] }, /exactly 2 class names/],
    [texts, { validationSplit: 1.5, subset: "both" }, /between 0 and 1/],
    [texts, { validationSplit: 0.5 }, /and inversely/],
    [texts, { subset: "training" }, /and inversely/],
    [texts, { validationSplit: 0.5, subset: "half", seed: 1 }, /`subset` must be/],
    [texts, { validationSplit: 0.5, subset: "both" }, /must provide a `seed`/],
    [texts, { validationSplit: 0.1, subset: "both", seed: 1 }, /No validation text files/],
    [texts, { maxLength: -1 }, /`maxLength`/],
    [texts, { batchSize: 0 }, /`batchSize`/],
    [join(home, "empty"), {}, /No text files found .* \.txt/],
  ];
  for (const [directory, options, message] of bad) {
    await t.throwsAsync(utils.textDatasetFromDirectory(directory, { ...quiet, ...options } as never), {
      message,
      instanceOf: ValueError,
    });
  }
  await t.throwsAsync(utils.textDatasetFromDirectory(join(home, "nowhere"), quiet), { code: "ENOENT" });
  await t.throwsAsync(utils.textDatasetFromDirectory(3 as never, quiet), { instanceOf: keras.errors.TypeError });
});

/** A WAV file of these samples, one list a moment. */
function wav(
  frames: number[][],
  bits: 8 | 16 | 24 | 32 | 64,
  { float = false, rate = 8000, extra = false } = {},
): Buffer {
  const channels = frames[0]?.length ?? 1;
  const body = Buffer.alloc((frames.length * channels * bits) / 8);
  for (const [i, value] of frames.flat().entries()) {
    const at = (i * bits) / 8;
    if (float) bits === 32 ? body.writeFloatLE(value, at) : body.writeDoubleLE(value, at);
    else if (bits === 8) body.writeUInt8(value + 128, at);
    else body.writeIntLE(value, at, bits / 8);
  }
  const format = Buffer.alloc(24);
  format.write("fmt ", 0);
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(float ? 3 : 1, 8);
  format.writeUInt16LE(channels, 10);
  format.writeUInt32LE(rate, 12);
  format.writeUInt32LE((rate * channels * bits) / 8, 16);
  format.writeUInt16LE((channels * bits) / 8, 20);
  format.writeUInt16LE(bits, 22);
  const size = Buffer.alloc(8);
  size.write("data", 0);
  size.writeUInt32LE(body.length, 4);
  const other = extra ? Buffer.from("LIST\x03\x00\x00\x00abc\x00", "latin1") : Buffer.alloc(0);
  const head = Buffer.alloc(12);
  head.write("RIFF", 0);
  head.write("WAVE", 8);
  head.writeUInt32LE(4 + format.length + other.length + size.length + body.length, 4);
  return Buffer.concat([head, format, other, size, body]);
}

test("sounds of every width, padded to the longest", async (t) => {
  write("sounds/high/a.wav", wav([[16384], [-32768], [0]], 16));
  write("sounds/low/b.wav", wav([[64]], 8, { extra: true }));
  write("sounds/low/c.WAV", wav([[2 ** 22], [-(2 ** 23)]], 24));
  write("sounds/low/d.wav", wav([[2 ** 30]], 32));
  write("sounds/low/e.wav", wav([[0.25], [-1.5]], 32, { float: true }));
  write("sounds/low/f.wav", wav([[0.125]], 64, { float: true }));
  const directory = join(home, "sounds");
  const sorted = { shuffle: false, ...quiet } as const;
  const [batch] = await (await utils.audioDatasetFromDirectory(directory, sorted)).toArray();
  const [audio, labels] = batch as [keras.Tensor, keras.Tensor];
  t.deepEqual([audio.shape, audio.dtype], [[6, 3, 1], "float32"]);
  t.deepEqual(audio.reshape([6, 3]).tolist(), [
    [0.5, -1, 0],
    [0.5, 0, 0],
    [0.5, -1, 0],
    [0.5, 0, 0],
    [0.25, -1.5, 0],
    [0.125, 0, 0],
  ]);
  t.deepEqual(labels.tolist(), [0, 1, 1, 1, 1, 1]);
  const two = await utils.audioDatasetFromDirectory(directory, { ...sorted, outputSequenceLength: 2, labels: null });
  const [short] = (await two.toArray()) as [keras.Tensor];
  t.deepEqual(short.shape, [6, 2, 1]);
  t.deepEqual(short.at(0).tolist(), [[0.5], [-1]]);
});

test("stereo, sampling rates", async (t) => {
  write(
    "stereo/a/a.wav",
    wav(
      [
        [16384, 0],
        [-16384, 8192],
      ],
      16,
      { rate: 16000 },
    ),
  );
  const read = async (options: object) =>
    (await utils.audioDatasetFromDirectory(join(home, "stereo"), { labels: null, ...quiet, ...options })).toArray();
  t.deepEqual((await read({ samplingRate: 16000 }))[0].tolist(), [
    [
      [0.5, 0],
      [-0.5, 0.25],
    ],
  ]);
  await t.throwsAsync(read({ samplingRate: 8000 }), { message: /a\.wav has 16000 samples a second, expected 8000/ });
  await t.throwsAsync(read({ samplingRate: 0 }), { message: /`samplingRate`/ });
});

test("files that are no WAV are errors that name the file", async (t) => {
  const whole = wav([[1], [2]], 16);
  const bad: [string, Buffer, RegExp][] = [
    ["text", Buffer.from("hello, this is text"), /RIFF and WAVE/],
    ["short", whole.subarray(0, 10), /RIFF and WAVE/],
    ["cut", whole.subarray(0, whole.length - 1), /should have 4 bytes, 3 are there/],
    ["headless", Buffer.concat([whole.subarray(0, 12), whole.subarray(36)]), /data comes before its format/],
    ["dataless", whole.subarray(0, 36), /no data/],
    ["format", whole.subarray(0, 30), /format is cut off/],
    ["compressed", Buffer.from(whole).fill(85, 20, 21), /format 85 .*not supported/],
  ];
  for (const [name, content, message] of bad) {
    write(`broken/${name}/a.wav`, content);
    const dataset = await utils.audioDatasetFromDirectory(join(home, "broken", name), { labels: null, ...quiet });
    const error = await t.throwsAsync(dataset.toArray(), { message, instanceOf: keras.errors.KeroseneError });
    t.regex(error.message, /a\.wav/);
  }
});

test("a model that reads texts from a folder", async (t) => {
  const dataset = await utils.textDatasetFromDirectory(texts, { labelMode: "binary", seed: 1, ...quiet });
  const vectorize = keras.layers.TextVectorization({ outputMode: "multi_hot", maxTokens: 20 });
  vectorize.adapt(["bad good 1 2 3"]);
  const inputs = keras.Input({ shape: [1], dtype: "string" });
  const outputs = keras.layers.Dense(1, { activation: "sigmoid" })(vectorize(inputs) as keras.KerasTensor);
  const model = keras.Model(inputs, outputs);
  model.compile({ optimizer: keras.optimizers.Adam(0.1), loss: "binary_crossentropy" });
  const { history } = await model.fit(dataset, { epochs: 12, verbose: 0 });
  t.true((history.loss?.at(-1) as number) < (history.loss?.[0] as number));
});
