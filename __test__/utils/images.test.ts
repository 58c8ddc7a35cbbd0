import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import test from "ava";
import * as keras from "kerosene";
import { near } from "../near.js";

const { utils } = keras;
type Options = Omit<keras.utils.ImageDirectoryOptions, "subset">;
const { ValueError } = keras.errors;
const home = mkdtempSync(join(tmpdir(), "kerosene-image-utils-"));
test.after.always(() => rmSync(home, { recursive: true, force: true }));

const grid = keras.ops.reshape(keras.ops.arange(24, null, 1, "float32"), [2, 4, 3]);

test("arrayToImg stretches, unless told not to", (t) => {
  // np.array(keras.utils.array_to_img(np.arange(24.).reshape(2, 4, 3)))
  const image = utils.arrayToImg(grid);
  t.deepEqual([image.width, image.height, image.mode], [4, 2, "RGB"]);
  t.deepEqual(
    [...image.data],
    [0, 11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121, 133, 144, 155, 166, 177, 188, 199, 210, 221, 232, 243, 255],
  );
  t.deepEqual([...utils.arrayToImg(grid, { scale: false }).data], [...Array(24).keys()]);
  const grey = keras.tensor([[[0.9], [255]]]);
  t.deepEqual(
    [utils.arrayToImg(grey, { scale: false }).mode, [...utils.arrayToImg(grey, { scale: false }).data]],
    ["L", [0, 255]],
  );
  const wide = utils.arrayToImg(keras.tensor([[[-3.7], [70000]]]), { scale: false });
  t.deepEqual([wide.mode, [...wide.data]], ["I", [-3, 70000]]);
  t.deepEqual([...utils.arrayToImg(keras.ops.full([1, 2, 4], 7)).data], Array(8).fill(0));
  const first = utils.arrayToImg(keras.ops.transpose(grid, [2, 0, 1]), { dataFormat: "channels_first" });
  t.deepEqual(first.data, image.data);
});

test("imgToArray gives the pixels", (t) => {
  const image = utils.arrayToImg(grid, { scale: false });
  t.is(inspect(image), "<Image mode=RGB size=4x2>");
  const array = utils.imgToArray(image);
  t.deepEqual([array.dtype, array.tolist()], ["float32", grid.tolist()]);
  const first = utils.imgToArray(image, { dataFormat: "channels_first", dtype: "uint8" });
  t.deepEqual([first.dtype, first.shape], ["uint8", [3, 2, 4]]);
  t.deepEqual(first.tolist(), keras.ops.transpose(grid, [2, 0, 1]).tolist());
  const canvas = { width: 1, height: 1, data: Uint8ClampedArray.from([1, 2, 3, 4]) };
  t.deepEqual(utils.imgToArray(canvas).tolist(), [[[1, 2, 3, 4]]]);
  t.throws(() => utils.imgToArray({ width: 2, height: 2, data: new Uint8Array(3) }), {
    instanceOf: keras.errors.TypeError,
  });
  t.throws(() => utils.arrayToImg(keras.ops.zeros([2, 2])), { instanceOf: ValueError, message: /rank 3/ });
  t.throws(() => utils.arrayToImg(keras.ops.zeros([2, 2, 2])), {
    instanceOf: ValueError,
    message: /1, 3 or 4 channels/,
  });
});

// ---- folders ----

const folder = join(home, "pets");
test.before(async () => {
  for (const [name, value] of [
    ["cat/a.png", 10],
    ["cat/b.bmp", 20],
    ["cat/c.JPG", 30],
    ["dog/d.gif", 40],
    ["dog/e.jpeg", 50],
  ] as const) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    await utils.saveImg(join(folder, name), keras.ops.full([6, 8, 3], value), { scale: false, quality: 100 });
  }
  writeFileSync(join(folder, "dog/notes.txt"), "no image");
});
const sorted = { shuffle: false, verbose: false } as const;
type Batch = [keras.Tensor, keras.Tensor];
const batches = async (dataset: keras.data.Dataset) => (await dataset.toArray()) as Batch[];

test("images of every kind of file, with labels", async (t) => {
  const dataset = await utils.imageDatasetFromDirectory(folder, { ...sorted, imageSize: [3, 4], batchSize: 3 });
  t.deepEqual(dataset.classNames, ["cat", "dog"]);
  t.deepEqual(
    dataset.filePaths?.map((path) => path.slice(-5)),
    ["a.png", "b.bmp", "c.JPG", "d.gif", ".jpeg"],
  );
  const [[x, y], [rest]] = (await batches(dataset)) as [Batch, Batch];
  t.deepEqual([x.shape, x.dtype, rest.shape], [[3, 3, 4, 3], "float32", [2, 3, 4, 3]]);
  t.deepEqual(y.tolist(), [0, 0, 0]);
  t.deepEqual(keras.ops.max(x, [1, 2, 3]).tolist(), [10, 20, 30]);
  t.deepEqual(keras.ops.min(rest, [1, 2, 3]).tolist(), [40, 50]);
  const modes: [Options, number[], unknown][] = [
    [{ colorMode: "grayscale", labelMode: "binary" }, [5, 6, 6, 1], [[0], [0], [0], [1], [1]]],
    [{ colorMode: "rgba", labelMode: "categorical", classNames: ["dog"] }, [2, 6, 6, 4], [[1], [1]]],
    [{ labels: [4, 4, 2, 2, 2] }, [5, 6, 6, 3], [4, 4, 2, 2, 2]],
    [{ dataFormat: "channels_first", format: "grain" }, [5, 3, 6, 6], [0, 0, 0, 1, 1]],
  ];
  for (const [options, shape, labels] of modes) {
    const [[images, got]] = (await batches(
      await utils.imageDatasetFromDirectory(folder, { ...sorted, imageSize: 6, ...options }),
    )) as [Batch];
    t.deepEqual([images.shape, got.tolist()], [shape, labels]);
  }
  const alone = await utils.imageDatasetFromDirectory(folder, {
    ...sorted,
    labels: null,
    batchSize: null,
    imageSize: 2,
  });
  t.deepEqual(
    ((await alone.toArray()) as keras.Tensor[]).map((one) => one.shape),
    Array(5).fill([2, 2, 3]),
  );
});

test("parts by a seed hold every file once", async (t) => {
  const options = { validationSplit: 0.4, seed: 3, subset: "both", verbose: false, imageSize: 2 } as const;
  const [training, validation] = await utils.imageDatasetFromDirectory(folder, options);
  t.deepEqual([training.filePaths?.length, validation.filePaths?.length], [3, 2]);
  t.is(new Set([...(training.filePaths ?? []), ...(validation.filePaths ?? [])]).size, 5);
});

test("interpolations, cropping and padding", async (t) => {
  const wave = join(home, "wave");
  mkdirSync(join(wave, "one"), { recursive: true });
  // i * 37 % 256 for a picture of 2 rows of 4 grey pixels
  const pixels = Uint8Array.from({ length: 8 }, (_, i) => (i * 37) % 256);
  await utils.saveImg(join(wave, "one/w.png"), utils.Image(4, 2, "L", pixels));
  const read = async (options: Options) => {
    const all = await utils.imageDatasetFromDirectory(wave, {
      ...sorted,
      labels: null,
      colorMode: "grayscale",
      ...options,
    });
    const [batch] = (await all.toArray()) as [keras.Tensor];
    return batch.reshape([-1]).tolist() as number[];
  };
  // tf.image.resize(pixels.reshape(2, 4, 1), (3, 2), method=…), TensorFlow 2.21
  const wanted = {
    nearest: [37, 111, 185, 3, 185, 3],
    bilinear: [18.5, 92.5, 92.5, 102.5, 166.5, 112.5],
    area: [18.5, 92.5, 92.5, 102.5, 166.5, 112.5],
    gaussian: [28.1154385, 93.7993851, 92.5, 102.5, 156.884552, 111.2006149],
    mitchellcubic: [15.4942293, 94.2410889, 90.6375961, 102.214775, 165.780975, 110.1884613],
  } as const;
  for (const [interpolation, numbers] of Object.entries(wanted)) {
    const got = await read({ imageSize: [3, 2], interpolation: interpolation as keyof typeof wanted });
    near(t, got, [...numbers], interpolation, 1e-5);
  }
  // the rows stay, and are blurred all the same: tf.image.resize(…, (2, 3), method="mitchellcubic")
  near(
    t,
    await read({ imageSize: [2, 3], interpolation: "mitchellcubic" }),
    [14.5967894, 64.7287826, 101.2653351, 145.1849823, 203.16008, 43.6086273],
    "",
    1e-5,
  );
  t.deepEqual(await read({ imageSize: 2, cropToAspectRatio: true }), [37, 74, 185, 222]);
  t.deepEqual(await read({ imageSize: 4, padToAspectRatio: true }), [0, 0, 0, 0, ...pixels, 0, 0, 0, 0]);
});

test("image datasets refuse", async (t) => {
  const bad: [object, RegExp][] = [
    [{ colorMode: "cmyk" }, /`colorMode` must be/],
    [{ imageSize: [3] }, /`imageSize`/],
    [{ interpolation: "cubic" }, /mitchellcubic/],
    [{ format: "torch" }, /`format`/],
    [{ dataFormat: "last" }, /`dataFormat`/],
    [{ cropToAspectRatio: true, padToAspectRatio: true }, /only one of/],
    [{ validationSplit: 2, subset: "both" }, /between 0 and 1/],
  ];
  for (const [options, message] of bad) {
    await t.throwsAsync(utils.imageDatasetFromDirectory(folder, { ...sorted, ...options } as never), {
      instanceOf: ValueError,
      message,
    });
  }
  const broken = join(home, "broken");
  mkdirSync(join(broken, "a"), { recursive: true });
  writeFileSync(join(broken, "a/x.png"), "no png");
  const dataset = await utils.imageDatasetFromDirectory(broken, sorted);
  await t.throwsAsync(dataset.toArray(), { instanceOf: ValueError, message: /x\.png/ });
});

test("preprocessing.image has them too", (t) => {
  t.is(keras.preprocessing.image.loadImg, utils.loadImg);
  // keras.preprocessing.image.smart_resize(np.arange(24.).reshape(2, 4, 3), (1, 1))
  t.deepEqual(keras.preprocessing.image.smartResize(grid, [1, 1]).tolist(), [[[10.5, 11.5, 12.5]]]);
});
