import test from "ava";
import * as keras from "kerosene";
import { KerasTensor, ops } from "kerosene";

const { image } = ops;
const ramp = (...shape: number[]): keras.Tensor =>
  ops.reshape(ops.arange(shape.reduce((a, b) => a * b, 1)).astype("float32"), shape);
const close = (t: { true(ok: boolean, message?: string): unknown }, got: keras.Tensor, want: number[]): void => {
  const found = [...got.dataSync()].map(Number);
  t.true(found.length === want.length && found.every((v, i) => Math.abs(v - want[i]!) < 1e-4), `${found}`);
};

test("the fill modes of mapCoordinates, as Keras names them", (t) => {
  const at = keras.tensor([[-4, -3, -2, -1, 0, 3, 4, 5, 6, 7]]);
  const read = (fillMode: "constant" | "nearest" | "wrap" | "mirror" | "reflect"): keras.Tensor =>
    image.mapCoordinates([0, 1, 2, 3], at, 1, { fillMode, fillValue: 9 });
  close(t, read("constant"), [9, 9, 9, 9, 0, 3, 9, 9, 9, 9]);
  close(t, read("nearest"), [0, 0, 0, 0, 0, 3, 3, 3, 3, 3]);
  close(t, read("wrap"), [0, 1, 2, 3, 0, 3, 0, 1, 2, 3]);
  close(t, read("mirror"), [2, 3, 2, 1, 0, 3, 2, 1, 0, 1]);
  close(t, read("reflect"), [3, 2, 1, 0, 0, 3, 3, 2, 1, 0]);
});

test("order 0 rounds halves away from zero, far coordinates stay outside", (t) => {
  close(t, image.mapCoordinates([1, 2, 3], keras.tensor([[0.5, 1.5, -0.5, 1e12, -1e12]]), 0), [2, 3, 0, 0, 0]);
});

test("integers are rounded and stay in their range", (t) => {
  const x = keras.tensor([0, 255, 255, 0], { shape: [1, 4, 1], dtype: "uint8" });
  const out = image.resize(x, [1, 8], { interpolation: "bicubic" });
  t.is(out.dtype, "uint8");
  t.true([...out.dataSync()].every((v) => Number(v) >= 0 && Number(v) <= 255));
});

test("a quarter turn by affineTransform", (t) => {
  const x = ramp(3, 3, 1);
  close(t, image.affineTransform(x, keras.tensor([0, 1, 0, -1, 0, 2, 0, 0])), [6, 3, 0, 7, 4, 1, 8, 5, 2]);
});

test("a perspective with equal points changes nothing", (t) => {
  const x = ramp(2, 4, 5, 2);
  const points = keras.tensor([[0, 0], [4, 0], [0, 3], [4, 3]]); // biome-ignore format: corners
  close(t, image.perspectiveTransform(x, points, points), [...x.dataSync()].map(Number));
});

test("shapes are known before the batch, and before the size, is", (t) => {
  const x = new KerasTensor([null, null, null, 3]);
  t.deepEqual(image.resize(x, [4, 5]).shape, [null, 4, 5, 3]);
  t.deepEqual(image.resize(x, [4, 5], { interpolation: "nearest" }).shape, [null, 4, 5, 3]);
  t.deepEqual(image.resize(x, [4, 5], { padToAspectRatio: true }).shape, [null, 4, 5, 3]);
  t.deepEqual(image.affineTransform(x, ops.zeros([8])).shape, [null, null, null, 3]);
  t.deepEqual(image.rgbToHsv(x).shape, [null, null, null, 3]);
  t.deepEqual(image.gaussianBlur(x).shape, [null, null, null, 3]);
  t.deepEqual(image.elasticTransform(x).shape, [null, null, null, 3]);
  t.deepEqual(image.cropImages(x, { topCropping: 1, leftCropping: 2, targetHeight: 3, targetWidth: 2 }).shape, [
    null,
    3,
    2,
    3,
  ]);
  const batch = new KerasTensor([null, 8, 6, 4]);
  t.deepEqual(image.extractPatches(batch, [2, 3]).shape, [null, 4, 2, 24]);
  t.deepEqual(image.sobelEdges(batch).shape, [null, 8, 6, 4, 2]);
  t.deepEqual(image.ssim(batch, batch, 1, { filterSize: 3 }).shape, [null]);
  t.deepEqual(ops.unfold(batch, 2).shape, [null, 32, 15]);
  t.deepEqual(ops.depthToSpace(batch, 2).shape, [null, 16, 12, 1]);
  t.deepEqual(ops.spaceToDepth(batch, 2).shape, [null, 4, 3, 16]);
  t.deepEqual(ops.extractSequences(batch, 2, 1).shape, [null, 8, 6, 3, 2]);
  t.deepEqual(ops.fold(new KerasTensor([null, 8, 9]), 4, 2).shape, [null, 2, 4, 4]);
});

test("an elastic transform with one seed is one picture, and with alpha 0 none", (t) => {
  const x = ramp(2, 6, 5, 1);
  const values = (alpha: number, seed: number): number[] =>
    [...image.elasticTransform(x, { alpha, sigma: 1, seed }).dataSync()].map(Number);
  t.deepEqual(values(3, 1), values(3, 1));
  t.notDeepEqual(values(3, 1), values(3, 2));
  t.deepEqual(values(0, 1), [...x.dataSync()].map(Number));
});

const bad: [string, () => unknown, RegExp][] = [
  ["an interpolation", () => image.resize(ramp(2, 2, 1), [1, 1], { interpolation: "cubic" as never }), /interpolation/],
  ["a size", () => image.resize(ramp(2, 2, 1), [0, 1]), /size/],
  ["a rank", () => image.resize(ramp(2, 2), [1, 1]), /rank/],
  [
    "both aspect ratios",
    () => image.resize(ramp(2, 2, 1), [1, 1], { cropToAspectRatio: true, padToAspectRatio: true }),
    /only one/,
  ],
  ["a data format", () => image.rgbToGrayscale(ramp(2, 2, 3), { dataFormat: "nhwc" as never }), /dataFormat/],
  ["channels", () => image.rgbToGrayscale(ramp(2, 2, 2)), /channels/],
  ["integers as hsv", () => image.rgbToHsv(ops.zeros([2, 2, 3], "int32")), /float/],
  [
    "three paddings",
    () => image.padImages(ramp(2, 2, 1), { topPadding: 1, bottomPadding: 1, targetHeight: 4 }),
    /exactly two/,
  ],
  [
    "a crop that does not fit",
    () => image.cropImages(ramp(2, 2, 1), 1, 0, { targetHeight: 2, targetWidth: 2 }),
    /do not fit/,
  ],
  ["a patch size", () => image.extractPatches(ramp(2, 2, 1), 0), /size/],
  ["a transform", () => image.affineTransform(ramp(2, 2, 1), [1, 2, 3]), /\(8,\)/],
  [
    "a fill mode",
    () => image.affineTransform(ramp(2, 2, 1), ops.zeros([8]), { fillMode: "edge" as never }),
    /fillMode/,
  ],
  ["an order", () => image.mapCoordinates([1, 2], [[0]], 2), /order/],
  ["coordinates", () => image.mapCoordinates([1, 2], [[0], [1]], 1), /coordinates/],
  ["points", () => image.perspectiveTransform(ramp(2, 2, 1), [[0, 0]], [[0, 0]]), /points/],
  ["a window", () => image.gaussianBlur(ramp(2, 2, 1), { kernelSize: [0, 1] }), /kernelSize/],
  ["a window of ssim", () => image.ssim(ramp(2, 2, 1), ramp(2, 2, 1)), /smaller than the window/],
  ["a batch for sobel", () => image.sobelEdges(ramp(2, 2, 1)), /rank 4/],
  ["a method", () => image.scaleAndTranslate(ramp(2, 2), [2, 2], [1], [0], [0], "nearest" as never), /method/],
  ["a block", () => ops.depthToSpace(ramp(1, 2, 2, 3), 2), /multiple of 4/],
  ["windows", () => ops.fold(ramp(1, 4, 3), 4, 2), /expected shape/],
];
for (const [what, run, message] of bad)
  test(`${what} that cannot be is an error`, (t) => void t.throws(run, { message }));
