import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import test from "ava";
import * as keras from "kerosene";
import { pickle, Uint8Matrix } from "./pickles.js";
import { type Member, tar } from "./tar.js";
import { npy, zip } from "./zip.js";

const { datasets, utils } = keras;
const { ValueError } = keras.errors;

/** Files made with NumPy, and what `load_data` of Keras 3.15.1 made of them. */
interface Fixture {
  files: Record<"imdb" | "reuters" | "housing", string>;
  imdb: [object, [[number[][], number[]], [number[][], number[]]]][];
  reuters: [object, [[number[][], number[]], [number[][], number[]]]][];
  housing: [object, [[number[][], number[]], [number[][], number[]]]][];
}
const fixture: Fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, "..", "..", "..", "__test__", "datasets", "keras-files.json"), "utf8"),
);
const home = mkdtempSync(join(tmpdir(), "kerosene-datasets-"));
test.before(() => {
  process.env.KERAS_HOME = join(home, "keras");
});
test.after.always(() => rmSync(home, { recursive: true, force: true }));

function file(name: string, content: Buffer | string): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}
const stored = (name: keyof Fixture["files"]) => file(`${name}.npz`, Buffer.from(fixture.files[name], "base64"));

for (const [name, load] of [
  ["imdb", datasets.imdb.loadData],
  ["reuters", datasets.reuters.loadData],
] as const) {
  test(`${name}: words and labels as Keras gives them`, async (t) => {
    const path = stored(name);
    for (const [options, want] of fixture[name]) {
      const splits = await load({ path, ...options });
      t.deepEqual(splits.map(([x, y]) => [x, y.tolist()]) as unknown, want, JSON.stringify(options));
      for (const [, y] of splits) t.is(y.dtype, "int64");
    }
  });
}

test("houses as Keras divides them", async (t) => {
  const path = stored("housing");
  for (const [options, want] of fixture.housing) {
    for (const splits of [
      await datasets.bostonHousing.loadData(path, options),
      await datasets.californiaHousing.loadData("large", { path, ...options }),
    ]) {
      t.deepEqual(splits.map(([x, y]) => [x.tolist(), y.tolist()]) as unknown, want);
      for (const [x, y] of splits) t.deepEqual([x.dtype, y.dtype, x.shape[1]], ["float64", "float64", 2]);
    }
  }
  const rows = 700;
  const floats = Buffer.from(Float64Array.from({ length: rows }, (_, i) => i).buffer);
  const small = file("large.npz", zip({ "x.npy": npy([rows, 1], floats, "<f8"), "y.npy": npy([rows], floats, "<f8") }));
  const [[x], [test_]] = await datasets.californiaHousing.loadData("small", { path: small, testSplit: 0.25 });
  t.deepEqual(
    [x.shape, test_.shape],
    [
      [450, 1],
      [150, 1],
    ],
  );
});

test("word numbers and topics", async (t) => {
  const path = file("words.json", JSON.stringify({ the: 1, été: 2, __proto__x: 3 }));
  t.deepEqual(await datasets.imdb.getWordIndex(path), { the: 1, été: 2, __proto__x: 3 });
  t.is((await datasets.reuters.getWordIndex(path)).the, 1);
  await t.throwsAsync(datasets.imdb.getWordIndex(file("half.json", '{"the": 1')), { message: /no JSON/ });
  await t.throwsAsync(datasets.imdb.getWordIndex(file("texts.json", '{"the": "1"}')), {
    message: /whole numbers by word/,
  });
  const topics = datasets.reuters.getLabelNames();
  t.deepEqual([topics.length, topics[0], topics[3], topics[45]], [46, "cocoa", "earn", "lead"]);
});

test("options and files that do not fit are errors that say so", async (t) => {
  const [imdb, housing] = [stored("imdb"), stored("housing")];
  const object = (data: Buffer, length = 1) => npy([length], data, "|O");
  const one = zip({ "x.npy": object(pickle([[1]])), "y.npy": npy([1], Buffer.from([1])) });
  const call = zip({ "x.npy": object(Buffer.from("cos\nsystem\n(S'echo'\ntR.")), "y.npy": npy([1], Buffer.from([1])) });
  const bad: [() => Promise<unknown>, RegExp][] = [
    [() => datasets.imdb.loadData({ path: imdb, maxlen: 1 }), /no sequence was kept/],
    [() => datasets.imdb.loadData({ path: imdb, numWords: 1.5 }), /`numWords`/],
    [() => datasets.imdb.loadData({ path: imdb, seed: -1 }), /`seed`/],
    [() => datasets.imdb.loadData({ path: join(home, "no", "imdb.npz") }), /there is nothing at/],
    [() => datasets.imdb.loadData({ path: stored("reuters") }), /expected an array x_train, the file holds x, y/],
    [() => datasets.imdb.loadData({ path: file("text.npz", "text") }), /not a whole zip archive/],
    [() => datasets.reuters.loadData({ path: housing }), /one dimension/],
    [() => datasets.reuters.loadData({ path: file("one.npz", one) }), /array of 1 lists/],
    [() => datasets.reuters.loadData({ path: file("call.npz", call) }), /refusing .* asks for os\.system/],
    [() => datasets.reuters.loadData({ path: imdb, testSplit: 1 }), /`testSplit`/],
    [() => datasets.bostonHousing.loadData(housing, { testSplit: -0.1 }), /`testSplit`/],
    [() => datasets.bostonHousing.loadData(imdb), /objects|x, y/],
    [() => datasets.californiaHousing.loadData("tiny" as never), /`version`/],
    [() => datasets.cifar100.loadData("both" as never), /`labelMode`/],
    [() => datasets.fashionMnist.loadData(join(home, "nothing")), /has no train-images-idx3-ubyte/],
  ];
  for (const [load, message] of bad) {
    await t.throwsAsync(load(), { message, instanceOf: keras.errors.KeroseneError }, String(message));
  }
});

// ---- CIFAR ----

/** Pictures whose pixels tell where they are: plane c, pixel p of picture n is n + 10 c + p (mod 256). */
function pictures(count: number, from: number): Uint8Matrix {
  const data = Buffer.alloc(count * 3072);
  for (let i = 0; i < data.length; i++) {
    const [n, rest] = [Math.floor(i / 3072), i % 3072];
    data[i] = from + n + 10 * Math.floor(rest / 1024) + (rest % 1024);
  }
  return new Uint8Matrix([count, 3072], data);
}

const batch = (count: number, from: number, keys: Record<string, number[]>) =>
  pickle({ batch_label: "a batch", data: pictures(count, from), filenames: ["a.png"], ...keys });

const cifar10: Member[] = [
  { name: "cifar-10-batches-py/", type: "5" },
  ...[1, 2, 3, 4, 5].map((n) => ({
    name: `cifar-10-batches-py/data_batch_${n}`,
    content: batch(2, 2 * n, { labels: [n, n + 1] }),
  })),
  { name: "cifar-10-batches-py/test_batch", content: batch(1, 0, { labels: [9] }) },
  { name: "cifar-10-batches-py/readme.html", content: Buffer.from("<p>") },
];

test("cifar10 from an archive and from folders: planes become channels", async (t) => {
  const archive = file("cifar-10-python.tar.gz", gzipSync(tar(cifar10)));
  for (const { name, content } of cifar10) if (content) file(join("unpacked", name), content);
  const forms = [archive, join(home, "unpacked"), join(home, "unpacked", "cifar-10-batches-py")];
  for (const path of forms) {
    const [[x, y], [xTest, yTest]] = await datasets.cifar10.loadData(path);
    t.deepEqual(
      [x.shape, y.shape, xTest.shape, yTest.shape],
      [
        [10, 32, 32, 3],
        [10, 1],
        [1, 32, 32, 3],
        [1, 1],
      ],
    );
    t.deepEqual([x.dtype, y.dtype], ["uint8", "uint8"]);
    t.deepEqual(y.reshape([10]).tolist(), [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
    t.deepEqual(yTest.tolist(), [[9]]);
    t.deepEqual(x.at(0, 0, 0).tolist(), [2, 12, 22]);
    t.deepEqual(x.at(9, 3, 5).tolist(), [(11 + 101) % 256, (21 + 101) % 256, (31 + 101) % 256]);
  }
  await t.throwsAsync(datasets.cifar10.loadData(join(home, "keras-nothing")), { message: /has no data_batch_1/ });
  const half = file("half.tar.gz", gzipSync(tar(cifar10.slice(0, 3))));
  await t.throwsAsync(datasets.cifar10.loadData(half), { message: /has no data_batch_3/ });
  const other = file(
    "other.tar.gz",
    gzipSync(tar(cifar10.map((m) => ({ ...m, ...(m.content && { content: pickle({ data: [1] }) }) })))),
  );
  await t.throwsAsync(datasets.cifar10.loadData(other), {
    message: /expected a dict with `data`/,
    instanceOf: ValueError,
  });
});

test.serial("cifar100 by label mode, and with the channels first", async (t) => {
  const keys = { fine_labels: [7, 99], coarse_labels: [1, 19] };
  const members = ["train", "test"].map((name) => ({ name: `cifar-100-python/${name}`, content: batch(2, 1, keys) }));
  const path = file("cifar-100-python.tar", tar(members));
  const [[, fine]] = await datasets.cifar100.loadData("fine", { path });
  const [[, coarse]] = await datasets.cifar100.loadData("coarse", { path });
  t.deepEqual(
    [fine.tolist(), coarse.tolist()],
    [
      [[7], [99]],
      [[1], [19]],
    ],
  );
  keras.config.setImageDataFormat("channels_first");
  try {
    const [[x]] = await datasets.cifar100.loadData("fine", { path });
    t.deepEqual(x.shape, [2, 3, 32, 32]);
    t.deepEqual([x.at(1, 0, 0, 0).item(), x.at(1, 2, 1, 1).item()], [2, 22 + 33]);
  } finally {
    keras.config.setImageDataFormat("channels_last");
  }
});

// ---- addresses, the cache, archives ----

test.serial("each data set asks its own address for its own hash, and keeps nothing else", async (t) => {
  const asked: string[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = async (input) => {
    asked.push(String(input));
    return new Response("something else", { headers: { "content-length": "14" } });
  };
  const google = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/";
  const loads: [() => Promise<unknown>, string, string][] = [
    [
      () => datasets.imdb.loadData(),
      `${google}imdb.npz`,
      "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    ],
    [() => datasets.imdb.getWordIndex(), `${google}imdb_word_index.json`, "bfafd718b763782e994055a2d397834f"],
    [
      () => datasets.reuters.loadData(),
      `${google}reuters.npz`,
      "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916",
    ],
    [() => datasets.reuters.getWordIndex(), `${google}reuters_word_index.json`, "4d44cc38712099c9e383dc6e5f11a921"],
    [
      () => datasets.bostonHousing.loadData(),
      `${google}boston_housing.npz`,
      "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    ],
    [
      () => datasets.californiaHousing.loadData(),
      `${google}california_housing.npz`,
      "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
    ],
    [
      () => datasets.cifar10.loadData(),
      "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
      "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    ],
    [
      () => datasets.cifar100.loadData(),
      "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
      "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
    ],
  ];
  try {
    for (const [load, address, hash] of loads) {
      const error = await t.throwsAsync(load(), { message: /Without a connection/ });
      t.true(error.message.includes(`expected ${hash}`), error.message);
      t.is(asked.pop(), address);
    }
    t.deepEqual(readdirSync(join(home, "keras", "datasets")), []);
    // without a hash of Keras's own, the file itself must be right
    await t.throwsAsync(datasets.fashionMnist.loadData(), { message: /IDX files/ });
    t.is(asked.length, 4);
    t.is(asked[0], `${google}train-labels-idx1-ubyte.gz`);
    t.is(readdirSync(join(home, "keras", "datasets", "fashion-mnist")).length, 4);
  } finally {
    globalThis.fetch = real;
  }
});

test.serial("fashion-mnist out of the cache", async (t) => {
  const idx = (shape: number[], data: Buffer) => {
    const header = Buffer.alloc(4 + 4 * shape.length);
    header.set([0, 0, 8, shape.length]);
    for (const [i, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * i);
    return gzipSync(Buffer.concat([header, data]));
  };
  const write = (name: string, content: Buffer) => file(join("keras", "datasets", "fashion-mnist", name), content);
  write("train-images-idx3-ubyte.gz", idx([2, 28, 28], Buffer.alloc(2 * 784, 3)));
  write("train-labels-idx1-ubyte.gz", idx([2], Buffer.from([9, 8])));
  write("t10k-images-idx3-ubyte.gz", idx([1, 28, 28], Buffer.alloc(784, 5)));
  write("t10k-labels-idx1-ubyte.gz", idx([1], Buffer.from([7])));
  const [[x, y], [xTest, yTest]] = await datasets.fashionMnist.loadData();
  t.deepEqual([x.shape, y.tolist(), xTest.at(0, 0, 0).item(), yTest.tolist()], [[2, 28, 28], [9, 8], 5, [7]]);
});

let server: Server;
let origin: string;
const served = new Map<string, Buffer>();
let requests = 0;
test.before(async () => {
  server = createServer((request, response) => {
    requests++;
    const body = served.get(request.url ?? "");
    if (body) response.end(body);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after.always(() => {
  server.closeAllConnections();
  server.close();
});

test.serial("getFile unpacks archives into Keras's layout, and leaves what is whole", async (t) => {
  const content = { "zoo/a.txt": "ant", "zoo/deep/b.txt": "bee" };
  const members = Object.entries(content).map(([name, text]) => ({ name, content: Buffer.from(text) }));
  const packed = gzipSync(tar(members));
  served.set("/zoo.tar.gz", packed);
  served.set("/zoo.zip", zip(Object.fromEntries(members.map((m) => [m.name, m.content]))));
  const cacheDir = join(home, "layouts");
  const fileHash = createHash("sha256").update(packed).digest("hex");
  const datasetsFolder = join(cacheDir, "datasets");
  const cases: [object, string, string][] = [
    [{ fname: "zoo", origin: `${origin}/zoo.tar.gz`, extract: true, fileHash }, "zoo", "zoo_archive"],
    [{ fname: "beasts.tar.gz", origin: `${origin}/zoo.tar.gz`, untar: true }, "beasts_extracted", "beasts.tar.gz"],
    [{ origin: `${origin}/zoo.zip`, extract: true, archiveFormat: "zip" }, "zoo.zip", "zoo.zip_archive"],
  ];
  for (const [options, folder, archive] of cases) {
    const path = await utils.getFile({ cacheDir, ...options });
    t.is(path, join(datasetsFolder, folder));
    t.true(statSync(join(datasetsFolder, archive)).isFile());
    for (const [name, text] of Object.entries(content)) t.is(readFileSync(join(path, name), "utf8"), text);
    t.deepEqual(readdirSync(join(path, "zoo")), ["a.txt", "deep"]);
  }
  const before = requests;
  const md5Hash = createHash("md5").update(packed).digest("hex");
  const again = { cacheDir, fname: "zoo", origin: `${origin}/zoo.tar.gz`, extract: true, md5Hash };
  const a = join(datasetsFolder, "zoo", "zoo", "a.txt");
  const inode = statSync(a).ino;
  await utils.getFile(again);
  t.is(statSync(a).ino, inode);
  // one that was being written when its program died is written again
  writeFileSync(a, "a");
  await utils.getFile(again);
  t.is(readFileSync(a, "utf8"), "ant");
  writeFileSync(a, "ape");
  utimesSync(a, new Date(), new Date());
  await utils.getFile(again);
  t.is(readFileSync(a, "utf8"), "ant");
  t.is(requests, before);
});

/** Unpacks what a server gives, and says which files came and which warnings. */
async function unpacked(
  name: string,
  body: Buffer,
  options: object = {},
): Promise<{ files: string[]; warnings: string[] }> {
  served.set(`/${name}`, body);
  const cacheDir = join(home, "cases", name);
  const warnings: string[] = [];
  const listen = (warning: Error) => void warnings.push(warning.message);
  process.on("warning", listen);
  try {
    const path = await utils.getFile({
      fname: "out",
      origin: `${origin}/${name}`,
      cacheDir,
      extract: true,
      ...options,
    });
    await new Promise(setImmediate);
    const files = readdirSync(path, { recursive: true }).map(String).sort();
    return { files, warnings };
  } finally {
    process.off("warning", listen);
  }
}

test.serial("archives cannot write outside their folder", async (t) => {
  const evil = ["../evil.txt", "/tmp/kerosene-evil.txt", "a/../../evil.txt"];
  const x = Buffer.from("x");
  const forms: [string, Buffer][] = [
    ["evil.tar", tar([...evil.map((name) => ({ name, content: x })), { name: "good.txt", content: x }])],
    ["evil.zip", zip(Object.fromEntries([...evil, "good.txt"].map((name) => [name, x])))],
  ];
  for (const [name, body] of forms) {
    const { files, warnings } = await unpacked(name, body);
    t.deepEqual(files, ["good.txt"]);
    t.deepEqual(
      warnings,
      evil.map((path) => `Skipping invalid path during archive extraction: '${path}'.`),
    );
    t.deepEqual(readdirSync(join(home, "cases", name, "datasets")).sort(), ["out", "out_archive"]);
  }
  const links = tar([
    { name: "link", type: "2" },
    { name: "hard", type: "1" },
    { name: "pipe", type: "6" },
    { name: "good.txt", content: x },
  ]);
  const { files, warnings } = await unpacked("links.tar", links);
  t.deepEqual([files, warnings.length], [["good.txt"], 3]);
});

test.serial("long names, prefixes, empty files and folders", async (t) => {
  const long = `${"deep/".repeat(30)}name.txt`;
  const pax = `${"p".repeat(150)}.txt`;
  const record = ` path=${pax}\n`;
  const size = record.length + 3;
  const body = tar([
    { name: "././@LongLink", type: "L", content: Buffer.from(`${long}\0`) },
    { name: "short", content: Buffer.from("1") },
    { name: "pax", type: "x", content: Buffer.from(`${size}${record}`) },
    { name: "short", content: Buffer.from("22") },
    { name: "name.txt", prefix: "prefix/folder", content: Buffer.alloc(0) },
    { name: "empty/", type: "5" },
    { name: "block.bin", content: Buffer.alloc(512, 7) },
  ]);
  const { files, warnings } = await unpacked("names.tar", gzipSync(body));
  t.deepEqual(warnings, []);
  for (const name of [long, pax, "prefix/folder/name.txt", "empty", "block.bin"]) t.true(files.includes(name), name);
});

test.serial("broken archives are errors", async (t) => {
  const whole = tar([
    { name: "a.txt", content: Buffer.from("hello") },
    { name: "b.txt", content: Buffer.from("world") },
  ]);
  const zipped = zip({ "a.txt": Buffer.from("hello") });
  const damaged = Buffer.from(whole);
  damaged[1024] = 0x7a;
  const lying = Buffer.from(zipped);
  lying.writeUInt32LE(3, lying.indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 24);
  const bad: [string, Buffer, object, RegExp][] = [
    ["cut.tar", whole.subarray(0, 700), {}, /not a whole tar archive: it is cut off/],
    ["endless.tar", tar([{ name: "a", content: Buffer.from("x") }], false), {}, /its end is missing/],
    ["damaged.tar", damaged, {}, /a header is damaged/],
    ["cut.tar.gz", gzipSync(whole).subarray(0, 60), {}, /not a whole tar archive/],
    ["large.tar", tar([{ name: "a", content: Buffer.from("x"), size: 2 ** 32 }]), {}, /cut off/],
    ["note.tar", tar([{ name: "a", type: "L", content: Buffer.from("x"), size: 2 ** 30 }]), {}, /a name of \d+ bytes/],
    ["text.txt", Buffer.from("no archive at all"), {}, /no archive that can be unpacked/],
    ["none.tar", whole, { archiveFormat: null }, /no archive that can be unpacked/],
    ["wrong.tar", whole, { archiveFormat: "zip" }, /no archive that can be unpacked/],
    ["unknown.tar", whole, { archiveFormat: "rar" }, /Unknown `archiveFormat` "rar"/],
    ["packed.tar.bz2", Buffer.from("BZh91AY"), {}, /packed by bzip2 are not supported/],
    ["cut.zip", zipped.subarray(0, 60), {}, /its directory is missing/],
    ["lying.zip", lying, {}, /unpacks to more than the 3 bytes/],
  ];
  for (const [name, body, options, message] of bad) {
    await t.throwsAsync(unpacked(name, body, options), { message, instanceOf: keras.errors.KeroseneError }, name);
    const left = readdirSync(join(home, "cases", name), { recursive: true }).map(String);
    t.deepEqual(
      left.filter((path) => path.endsWith(".part")),
      [],
      name,
    );
  }
});
