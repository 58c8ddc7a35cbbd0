import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { optionalModule } from "../engine/optional-module.js";
import { NotImplementedError, ValueError } from "../errors.js";
import { convert } from "./convert.js";
import { checkSize, Image } from "./image.js";

export const isJpeg = (file: Buffer): boolean => file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;

/** What a JPEG file says of its image: width, height, parts a pixel; from the first frame header. */
function frameOf(file: Buffer): { width: number; height: number; parts: number } | null {
  for (let at = 2; at + 9 < file.length; ) {
    if (file[at] !== 0xff) return null;
    const marker = file[at + 1] as number;
    if (marker === 0xff) at++;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else {
      const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
      if (isFrame) {
        return { height: file.readUInt16BE(at + 5), width: file.readUInt16BE(at + 7), parts: file[at + 9] as number };
      }
      at += 2 + file.readUInt16BE(at + 2);
    }
  }
  return null;
}

/**
 * The image of a JPEG file: `"L"` for one part a pixel, `"RGB"` for three, with the numbers of libjpeg-turbo, which Pillow uses too. A rotation
 * that the camera noted is not applied, as in Keras.
 *
 * @throws ValueError for a file that is broken or too large; NotImplementedError for four parts a pixel (CMYK); KeroseneError where the
 *   decoder is not installed.
 */
export async function decodeJpeg(file: Buffer, who: string): Promise<Image> {
  const broken = (why: string): ValueError => new ValueError(`${who}: not a whole JPEG file: ${why}.`);
  const frame = frameOf(file);
  if (frame === null) throw broken("it says nowhere how large it is");
  checkSize(who, frame.width, frame.height);
  if (frame.parts !== 1 && frame.parts !== 3) {
    throw new NotImplementedError(
      `${who}: a JPEG of ${frame.parts} parts a pixel (CMYK for four) is not supported. Expected grey, or colours of three parts.`,
    );
  }
  let found = await loaded<Decoder>("dec", who);
  while (found.gone) found = await loaded<Decoder>("dec", who); // another file was its end meanwhile
  const { codec, said } = found;
  said.length = 0;
  const pixels = withImageData(() => {
    try {
      return codec.decode(file, false);
    } catch (error) {
      found.gone = true;
      codecs.delete("dec");
      throw broken(said.join("; ") || String((error as Error).message));
    }
  });
  const complaint = said.find((line) => line.includes("Premature end"));
  if (complaint !== undefined) throw broken(complaint);
  if (pixels === null || pixels.width !== frame.width || pixels.height !== frame.height)
    throw broken("it cannot be decoded");
  const { data } = pixels;
  const image = new Image(frame.width, frame.height, "RGBA", new Uint8Array(data.buffer, data.byteOffset, data.length));
  if (frame.parts === 3) return convert(image, "RGB");
  // Grey comes as three equal parts.
  return new Image(
    frame.width,
    frame.height,
    "L",
    Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] as number),
  );
}

/** Options of {@link encodeJpeg}. */
export interface JpegOptions {
  /** From 1 (small) to 95 or 100 (good). Default 75. */
  quality?: number;
  /** Whether the picture comes in rounds, ever finer. Default `false`. */
  progressive?: boolean;
}

/** A JPEG file of an image, with Pillow's settings: quality 75, half as many colours as grey each way. Opacity is lost. */
export async function encodeJpeg(image: Image, who: string, options: JpegOptions = {}): Promise<Buffer> {
  const { quality = 75, progressive = false } = options;
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new ValueError(`${who}: expected \`quality\` to be a whole number from 1 to 100, got ${quality}.`);
  }
  if (image.width > 65500 || image.height > 65500) {
    throw new ValueError(`${who}: a JPEG has at most 65500 pixels a side, this is ${image.width}x${image.height}.`);
  }
  const { codec } = await loaded<Encoder>("enc", who);
  const bytes = codec.encode(convert(image, "RGBA").data as Uint8Array, image.width, image.height, {
    quality,
    baseline: !progressive,
    arithmetic: false,
    progressive,
    optimize_coding: true, // the encoder's choice of coefficients needs it
    smoothing: 0,
    color_space: image.channels < 3 ? 1 : 3, // grey, or luma and two colours
    quant_table: 0, // that of the standard
    trellis_multipass: false,
    trellis_opt_zero: false,
    trellis_opt_table: false,
    trellis_loops: 1,
    auto_subsample: false,
    chroma_subsample: 2,
    separate_chroma_quality: false,
    chroma_quality: quality,
  });
  return Buffer.from(bytes); // a copy: what came lies in the encoder's memory
}

// ---- the codec: mozjpeg as WebAssembly, which has no way out of its own memory ----

interface Decoder {
  decode(file: Uint8Array, rotate: boolean): { data: Uint8ClampedArray; width: number; height: number } | null;
}

interface Encoder {
  encode(pixels: Uint8Array, width: number, height: number, options: Record<string, number | boolean>): Uint8Array;
}

/** A codec with what it said. */
interface Loaded<T> {
  readonly codec: T;
  /** Whether it ended itself over a damaged file, as C programs do. */
  gone: boolean;
  readonly said: string[];
}

const codecs = new Map<string, Promise<Loaded<unknown>>>();

/** @throws KeroseneError where it is not installed. */
function loaded<T>(kind: "dec" | "enc", who: string): Promise<Loaded<T>> {
  let found = codecs.get(kind);
  if (found === undefined) {
    found = load(kind, who);
    codecs.set(kind, found);
    found.catch(() => codecs.delete(kind));
  }
  return found as Promise<Loaded<T>>;
}

async function load(kind: "dec" | "enc", who: string): Promise<Loaded<unknown>> {
  const name = `@jsquash/jpeg/codec/${kind}/mozjpeg_${kind}.js`;
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const advice = "It reads and writes JPEG files: reinstall kerosene with its dependencies.";
  const { default: make } = await optionalModule<{ default: (options: object) => Promise<unknown> }>(name, who, advice);
  const wasmBinary = await readFile(createRequire(import.meta.url).resolve(name.replace(/\.js$/, ".wasm")));
  const codec = await withImageData(() => make({ noInitialRun: true, wasmBinary, print: say, printErr: say }));
  return { codec, said, gone: false };
}

/** The codec makes a browser's `ImageData`, which Node lacks: it has one while it works. */
function withImageData<T>(work: () => T): T {
  const scope = globalThis as { ImageData?: unknown };
  const before = Object.getOwnPropertyDescriptor(scope, "ImageData");
  scope.ImageData = class {
    constructor(
      readonly data: Uint8ClampedArray,
      readonly width: number,
      readonly height: number,
    ) {}
  };
  try {
    return work();
  } finally {
    if (before === undefined) delete scope.ImageData;
    else Object.defineProperty(scope, "ImageData", before);
  }
}
