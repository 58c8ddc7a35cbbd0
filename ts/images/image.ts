import { inspect } from "node:util";
import { ValueError } from "../errors.js";

/**
 * What a pixel is, by Pillow's names: `"L"` grey, `"LA"` grey and opacity, `"RGB"`, `"RGBA"`, each of 8 bits; `"I;16"` grey of 16 bits; `"I"`
 * grey of 32 bits with a sign.
 */
export type ImageMode = "L" | "LA" | "RGB" | "RGBA" | "I;16" | "I";

/** Numbers a pixel. */
export const channelsOf: Readonly<Record<ImageMode, number>> = { L: 1, LA: 2, RGB: 3, RGBA: 4, "I;16": 1, I: 1 };

/** The pixels of an image: one number a channel, row by row from the top. */
export type Pixels = Uint8Array | Uint16Array | Int32Array;

/** As many pixels as Pillow opens: more would be an attack on memory. */
const MOST_PIXELS = 178_956_970;

/**
 * A picture in memory, as `loadImg` and `arrayToImg` give it: what a Pillow image is in Keras.
 *
 * `data` holds `width * height` pixels row by row, each of as many numbers as `mode` says: `Uint8Array`, `Uint16Array` for `"I;16"`,
 * `Int32Array` for `"I"`.
 */
export class Image {
  constructor(
    readonly width: number,
    readonly height: number,
    readonly mode: ImageMode,
    readonly data: Pixels,
  ) {
    const expected = width * height * channelsOf[mode];
    if (data.length !== expected) {
      throw new ValueError(
        `Image: expected ${expected} numbers for ${width}x${height} pixels of mode ${mode}, got ${data.length}.`,
      );
    }
  }

  /** Numbers a pixel. */
  get channels(): number {
    return channelsOf[this.mode];
  }

  toString(): string {
    return `<Image mode=${this.mode} size=${this.width}x${this.height}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * The size that a file says its image has, before memory is taken for it.
 *
 * @throws ValueError for an image without pixels, or with too many of them.
 */
export function checkSize(who: string, width: number, height: number): void {
  if (width > 0 && height > 0 && width * height <= MOST_PIXELS) return;
  throw new ValueError(
    `${who}: an image of ${width}x${height} pixels. Expected at least one and at most ${MOST_PIXELS} pixels, as in Pillow.`,
  );
}
