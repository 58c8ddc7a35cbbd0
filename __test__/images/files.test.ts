import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import test from "ava";
import * as keras from "kerosene";

const { utils } = keras;
const { KeroseneError, NotImplementedError, ValueError } = keras.errors;

interface Pillow {
  files: Record<string, { file: string; size: [number, number]; L: string; RGB: string; RGBA: string }>;
  resized: {
    file: string;
    method: "nearest" | "bilinear" | "bicubic" | "hamming" | "box" | "lanczos";
    size: [number, number];
    box: readonly [number, number, number, number] | null;
    pixels: string;
  }[];
  grey16: { file: string; pixels: number[]; resized: number[] };
}

// Files that Pillow read, with its pixels.
const pillow: Pillow = JSON.parse(
  readFileSync(new URL("../../../__test__/images/pillow.json", import.meta.url), "utf8"),
);
const bytes = (text: string): Buffer => Buffer.from(text, "base64");
const fileOf = (name: string): Buffer => bytes(pillow.files[name]?.file ?? "");
const home = mkdtempSync(join(tmpdir(), "kerosene-images-"));
test.after.always(() => rmSync(home, { recursive: true, force: true }));

const modes = { L: "grayscale", RGB: "rgb", RGBA: "rgba" } as const;

for (const [name, { file, size, ...pixels }] of Object.entries(pillow.files)) {
  test(`${name} has Pillow's pixels in every mode`, async (t) => {
    for (const [mode, colorMode] of Object.entries(modes)) {
      const image = await utils.loadImg(bytes(file), { colorMode });
      t.deepEqual([image.width, image.height, image.mode], [...size, mode]);
      t.deepEqual([...image.data], [...bytes(pixels[mode as keyof typeof modes])], mode);
    }
  });
}

test("other sizes have Pillow's pixels", async (t) => {
  t.true(pillow.resized.length > 60);
  for (const { file, method, size, box, pixels } of pillow.resized) {
    if (box !== null) continue;
    const colorMode = ({ "rgb.png": "rgb", "rgba.png": "rgba", "grey.png": "grayscale" } as const)[file]!;
    const [width, height] = size;
    const image = await utils.loadImg(fileOf(file), { colorMode, targetSize: [height, width], interpolation: method });
    t.deepEqual([image.width, image.height], size);
    t.deepEqual([...image.data], [...bytes(pixels)], `${file} ${method} ${size}`);
  }
});

test("keepAspectRatio takes the middle", async (t) => {
  // load_img("rgb.png", target_size=(7, 3), keep_aspect_ratio=True): the columns from 3 to 6, as they are
  const whole = utils.imgToArray(await utils.loadImg(fileOf("rgb.png")));
  const middle = await utils.loadImg(fileOf("rgb.png"), { targetSize: [7, 3], keepAspectRatio: true });
  t.deepEqual(utils.imgToArray(middle).tolist(), whole.at(":", "3:6").tolist());
  // (2, 6) out of 7 rows of 9: crop_height = 9 * 2 // 6 = 3, from row 2
  const flat = await utils.loadImg(fileOf("rgb.png"), { targetSize: [2, 6], keepAspectRatio: true });
  const rows = await utils.loadImg(fileOf("rgb.png"), { targetSize: [2, 6] });
  t.notDeepEqual([...flat.data], [...rows.data]);
});

test("grey of 16 bits stays so, unless colours are wanted", async (t) => {
  const { file, pixels, resized } = pillow.grey16;
  const image = await utils.loadImg(bytes(file), { colorMode: "grayscale" });
  t.deepEqual([image.mode, [...image.data]], ["I;16", pixels]);
  const options = { colorMode: "grayscale", targetSize: [3, 4], interpolation: "bilinear" } as const;
  t.deepEqual([...(await utils.loadImg(bytes(file), options)).data], resized);
  const upper = pixels.flatMap((value) => [value >> 8, value >> 8, value >> 8]);
  t.deepEqual([...(await utils.loadImg(bytes(file))).data], upper);
});

test("what is written is read again", async (t) => {
  const cases = [
    ["rgb.png", "rgb"],
    ["rgba.png", "rgba"],
    ["grey.png", "grayscale"],
    ["alpha.gif", "rgba"],
  ] as const;
  for (const [name, colorMode] of cases) {
    const image = await utils.loadImg(fileOf(name), { colorMode });
    for (const ending of ["png", "bmp", "gif"]) {
      const path = join(home, `again.${ending}`);
      await utils.saveImg(path, image);
      // Pillow reads no opacity of a BMP without masks; GIF has but one that cannot be seen at all
      const seen =
        name === "rgba.png" && ending !== "png" ? "rgb" : ending === "bmp" && colorMode === "rgba" ? "rgb" : colorMode;
      if (name === "rgba.png" && ending === "gif") continue;
      const want = await utils.loadImg(fileOf(name), { colorMode: seen });
      const got = await utils.loadImg(path, { colorMode: seen });
      if (name === "alpha.gif" && ending === "gif") {
        const opaque = [...want.data.keys()].filter((i) => want.data[i - (i % 4) + 3] !== 0);
        t.deepEqual(
          opaque.map((i) => got.data[i]),
          opaque.map((i) => want.data[i]),
        );
      } else t.deepEqual([...got.data], [...want.data], `${name} as ${ending}`);
    }
  }
  const { file, pixels } = pillow.grey16;
  await utils.saveImg(join(home, "16.png"), await utils.loadImg(bytes(file), { colorMode: "grayscale" }));
  t.deepEqual([...(await utils.loadImg(join(home, "16.png"), { colorMode: "grayscale" })).data], pixels);
});

test("a GIF of more than 4096 codes", async (t) => {
  const noise = Uint8Array.from({ length: 150 * 200 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) % 251);
  await utils.saveImg(join(home, "noise.gif"), utils.Image(200, 150, "L", noise));
  t.deepEqual((await utils.loadImg(join(home, "noise.gif"), { colorMode: "grayscale" })).data, noise);
});

test("JPEG: near what was written, the nearer the better the quality", async (t) => {
  const image = await utils.loadImg(fileOf("rgb.png"));
  const away = async (options: keras.utils.SaveImgOptions) => {
    await utils.saveImg(join(home, "some.jpg"), image, options);
    const got = (await utils.loadImg(join(home, "some.jpg"))).data;
    return [...image.data].reduce((sum, value, i) => sum + Math.abs(value - (got[i] as number)), 0) / got.length;
  };
  const [low, high, rounds] = [
    await away({ quality: 20 }),
    await away({ quality: 100 }),
    await away({ progressive: true }),
  ];
  t.true(high < low && high < 12 && rounds < 20, `${low} ${high} ${rounds}`);
  const grey = await utils.loadImg(fileOf("grey.png"), { colorMode: "grayscale" });
  await utils.saveImg(join(home, "grey.jpeg"), grey, { quality: 100 });
  const got = await utils.loadImg(join(home, "grey.jpeg"), { colorMode: "grayscale" });
  t.true(grey.data.every((value, i) => Math.abs(value - (got.data[i] as number)) <= 3));
  t.false("ImageData" in globalThis);
});

test("files that are cut off are refused", async (t) => {
  for (const [name, { file }] of Object.entries(pillow.files)) {
    if (name === "animated.gif") continue; // its first picture ends in the middle
    const whole = bytes(file);
    for (const part of [0.1, 0.4, 0.7, 0.9]) {
      await t.throwsAsync(
        utils.loadImg(whole.subarray(0, Math.floor(whole.length * part))),
        { instanceOf: ValueError },
        name,
      );
    }
  }
});

test("damaged files are read or refused, and leave the readers usable", async (t) => {
  let state = 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  let refused = 0;
  for (const { file } of Object.values(pillow.files)) {
    for (let round = 0; round < 12; round++) {
      const damaged = bytes(file);
      for (let i = 0; i <= round % 4; i++)
        damaged[random(round % 2 ? Math.min(80, damaged.length) : damaged.length)] = random(256);
      try {
        await utils.loadImg(damaged);
      } catch (error) {
        t.true(error instanceof KeroseneError, String(error));
        refused++;
      }
    }
  }
  t.true(refused > 50);
  t.is((await utils.loadImg(fileOf("420.jpg"))).width, 9);
});

/** A PNG that says of itself what it likes. */
function png(width: number, height: number, raw: Buffer): Buffer {
  const whole = Buffer.from(fileOf("rgb.png"));
  const chunk = (name: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(body.length);
    sum.writeUInt32BE(process.getBuiltinModule("node:zlib").crc32(named));
    return Buffer.concat([size, named, sum]);
  };
  const header = Buffer.from(whole.subarray(16, 29));
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([
    whole.subarray(0, 8),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(raw)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

test("rows by every filter of PNG, the first one too", async (t) => {
  const [width, height, step] = [5, 4, 3];
  const pixels = Uint8Array.from({ length: width * height * step }, (_, i) => (i * i * 7 + 13 * i) % 256);
  const paeth = (a: number, b: number, c: number): number => {
    const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  };
  const expectations = [
    () => 0,
    (a: number) => a,
    (_: number, b: number) => b,
    (a: number, b: number) => (a + b) >> 1,
    paeth,
  ];
  for (const [filter, expected] of expectations.entries()) {
    const rows = Array.from({ length: height }, (_, y) => {
      const of = (x: number, row: number): number => (x < 0 || row < 0 ? 0 : pixels[row * width * step + x]!);
      const line = Array.from(
        { length: width * step },
        (_, x) => of(x, y) - expected(of(x - step, y), of(x, y - 1), of(x - step, y - 1)),
      );
      return Buffer.from([filter, ...line.map((value) => value & 255)]);
    });
    const image = await utils.loadImg(png(width, height, Buffer.concat(rows)));
    t.deepEqual([...image.data], [...pixels], `filter ${filter}`);
  }
  await t.throwsAsync(utils.loadImg(png(1, 1, Buffer.from([5, 0, 0, 0]))), {
    instanceOf: ValueError,
    message: /filter 5/,
  });
});

test("sizes are checked before memory is taken", async (t) => {
  const bmp = fileOf("rgb.bmp");
  bmp.writeInt32LE(2 ** 31 - 1, 18);
  const gif = fileOf("palette.gif");
  gif.writeUInt16LE(65535, 6);
  gif.writeUInt16LE(65535, 8);
  const jpeg = fileOf("grey.jpg");
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  jpeg.writeUInt16BE(65500, frame + 5);
  jpeg.writeUInt16BE(65500, frame + 7);
  const bombs = [
    png(2 ** 31, 2 ** 31, Buffer.alloc(10)),
    png(60000, 60000, Buffer.alloc(10)),
    png(0, 5, Buffer.alloc(10)),
    bmp,
    gif,
    jpeg,
  ];
  for (const bomb of bombs) await t.throwsAsync(utils.loadImg(bomb), { instanceOf: ValueError, message: /pixels/ });
  // more pixels than it has room for, and fewer
  await t.throwsAsync(utils.loadImg(png(2, 2, Buffer.alloc(10_000_000))), { instanceOf: ValueError });
  await t.throwsAsync(utils.loadImg(png(2, 2, Buffer.alloc(5))), { instanceOf: ValueError, message: /fewer pixels/ });
});

test("what is refused says why", async (t) => {
  const path = join(home, "text.png");
  writeFileSync(path, "no image at all, but long enough");
  await t.throwsAsync(utils.loadImg(path), { instanceOf: ValueError, message: /text\.png.*PNG, JPEG, GIF or BMP/ });
  await t.throwsAsync(utils.loadImg(join(home, "nowhere.png")), { code: "ENOENT" });
  const bad: [object, RegExp][] = [
    [{ colorMode: "cmyk" }, /`colorMode` must be/],
    [{ interpolation: "cubic" }, /Supported methods are nearest/],
    [{ targetSize: [5] }, /\[height, width\]/],
    [{ targetSize: [0, 5] }, /\[height, width\]/],
  ];
  for (const [options, message] of bad) {
    await t.throwsAsync(utils.loadImg(fileOf("rgb.png"), options as never), { instanceOf: ValueError, message });
  }
  await t.throwsAsync(utils.loadImg(3 as never), { instanceOf: keras.errors.TypeError });
  const cmyk = fileOf("444.jpg");
  cmyk[cmyk.indexOf(Buffer.from([0xff, 0xc0])) + 9] = 4;
  await t.throwsAsync(utils.loadImg(cmyk), { instanceOf: NotImplementedError, message: /CMYK/ });
  const image = await utils.loadImg(fileOf("rgb.png"));
  await t.throwsAsync(utils.saveImg(join(home, "a.tiff"), image), { instanceOf: NotImplementedError, message: /tiff/ });
  await t.throwsAsync(utils.saveImg(join(home, "a.jpg"), image, { quality: 0 }), { instanceOf: ValueError });
  const many = utils.Image(
    20,
    20,
    "RGB",
    Uint8Array.from({ length: 1200 }, (_, i) => ((i >> 1) * (i % 3)) % 251),
  );
  await t.throwsAsync(utils.saveImg(join(home, "a.gif"), many), {
    instanceOf: NotImplementedError,
    message: /256 colours/,
  });
  t.throws(() => utils.Image(2, 2, "RGB", new Uint8Array(3)), { instanceOf: ValueError, message: /expected 12/ });
});
