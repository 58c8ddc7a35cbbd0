import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import test from "ava";
import * as keras from "kerosene";
import { npy, zip } from "./zip.js";

const { loadData } = keras.datasets.mnist;
const home = mkdtempSync(join(tmpdir(), "kerosene-mnist-"));
test.before(() => {
  process.env.KERAS_HOME = join(home, "keras");
});
test.after.always(() => rmSync(home, { recursive: true, force: true }));

/** `count` pictures, the first pixel of each its number. */
function pictures(count: number): Buffer {
  const data = Buffer.alloc(count * 784);
  for (let i = 0; i < count; i++) data[i * 784] = i;
  return data;
}

/** An mnist.npz of three pictures to train and two to test on. */
const members = (): Record<string, Buffer> => ({
  "x_train.npy": npy([3, 28, 28], pictures(3)),
  "y_train.npy": npy([3], Uint8Array.of(7, 8, 9)),
  "x_test.npy": npy([2, 28, 28], pictures(2)),
  "y_test.npy": npy([2], Uint8Array.of(1, 2)),
});

function file(name: string, content: Buffer): string {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
}

const idx = (shape: number[], data: Uint8Array): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
};

test("the digits of the npm package, without a connection", async (t) => {
  const [[xTrain, yTrain], [xTest, yTest]] = await loadData();
  t.deepEqual([xTrain.shape, yTrain.shape], [[60000, 28, 28], [60000]]);
  t.deepEqual([xTest.shape, yTest.shape], [[10000, 28, 28], [10000]]);
  for (const tensor of [xTrain, yTrain, xTest, yTest]) t.is(tensor.dtype, "uint8");
  // The canonical facts: the first labels, and the mean grey that everybody normalises by.
  t.deepEqual([...yTrain.dataSync().slice(0, 5)], [5, 0, 4, 1, 9]);
  t.deepEqual([...yTest.dataSync().slice(0, 5)], [7, 2, 1, 0, 4]);
  let sum = 0;
  for (const pixel of xTrain.dataSync() as Uint8Array) sum += pixel;
  t.is((sum / (60000 * 784) / 255).toFixed(4), "0.1307");
  t.is(xTrain.dataSync().constructor, Uint8Array);
});

test("an npz by its path", async (t) => {
  const [[xTrain, yTrain], [xTest, yTest]] = await loadData(file("small.npz", zip(members())));
  t.deepEqual(yTrain.tolist(), [7, 8, 9]);
  t.deepEqual(yTest.tolist(), [1, 2]);
  t.deepEqual(xTest.shape, [2, 28, 28]);
  t.is(xTrain.dataSync()[2 * 784], 2);
});

test("a folder of IDX files, gzipped or not, in both spellings", async (t) => {
  const folder = join(home, "idx");
  mkdirSync(folder);
  const write = (name: string, content: Buffer): void => writeFileSync(join(folder, name), content);
  write("train-images-idx3-ubyte.gz", gzipSync(idx([3, 28, 28], pictures(3))));
  write("train-labels.idx1-ubyte", idx([3], Uint8Array.of(4, 5, 6)));
  write("t10k-images-idx3-ubyte", idx([1, 28, 28], pictures(1)));
  await t.throwsAsync(loadData(folder), { message: /t10k-labels-idx1-ubyte/, instanceOf: keras.errors.ValueError });
  write("t10k-labels.idx1-ubyte.gz", gzipSync(idx([1], Uint8Array.of(3))));
  const [[, yTrain], [xTest, yTest]] = await loadData(folder);
  t.deepEqual([yTrain.tolist(), yTest.tolist(), xTest.shape], [[4, 5, 6], [3], [1, 28, 28]]);
});

test("a cached file with another hash is not trusted", async (t) => {
  const folder = join(home, "keras", "datasets");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "mnist.npz"), zip(members()));
  const [[xTrain]] = await loadData();
  t.is(xTrain.shape[0], 60000);
});

test("broken and unfitting files are errors that say what was expected", async (t) => {
  const whole = zip(members());
  const without = members();
  delete without["y_test.npy"];
  const cases: [string, Buffer, RegExp][] = [
    ["cut.npz", whole.subarray(0, whole.length - 30), /mnist\.npz/],
    ["text.npz", Buffer.from("not an archive"), /mnist\.npz/],
    ["missing.npz", zip(without), /expected x_train, y_train, x_test, y_test/],
    ["counts.npz", zip({ ...members(), "y_train.npy": npy([2], Uint8Array.of(7, 8)) }), /\(n,\) labels/],
    ["shape.npz", zip({ ...members(), "x_test.npy": npy([2, 784], pictures(2)) }), /\(n, 28, 28\)/],
    ["dtype.npz", zip({ ...members(), "y_test.npy": npy([2], Uint8Array.of(1, 2), "|i1") }), /uint8/],
    ["objects.npz", zip({ ...members(), "y_test.npy": npy([2], Uint8Array.of(1, 2), "|O") }), /objects/],
    ["absurd.npz", zip({ ...members(), "x_test.npy": npy([1e12, 28, 28], pictures(2)) }), /bytes/],
  ];
  for (const [name, content, message] of cases) {
    await t.throwsAsync(loadData(file(name, content)), { message, instanceOf: keras.errors.KeroseneError }, name);
  }
  const flipped = Buffer.from(readFileSync(file("flipped.npz", whole)));
  flipped[200] = (flipped[200] as number) ^ 0xff;
  await t.throwsAsync(loadData(file("flipped.npz", flipped)), { instanceOf: keras.errors.KeroseneError });
  await t.throwsAsync(loadData(join(home, "nothing", "mnist.npz")), { message: /nothing at/ });
});
