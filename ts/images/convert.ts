import { channelsOf, Image, type ImageMode } from "./image.js";

/** Grey of a colour, in Pillow's whole numbers (ITU-R 601-2: 299/1000 R + 587/1000 G + 114/1000 B). */
const luma = (r: number, g: number, b: number): number => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;

/** An image of another mode of 8 bits, with Pillow's numbers. Grey of more bits keeps its upper 8. */
export function convert(image: Image, mode: "L" | "RGB" | "RGBA"): Image {
  if (image.mode === mode) return image;
  const { width, height, data } = image;
  const [from, to] = [channelsOf[image.mode], channelsOf[mode]];
  const narrow = image.mode === "I;16" ? 8 : 0;
  const pixels = new Uint8Array(width * height * to);
  const coloured = from >= 3;
  const opacity = from === 2 || from === 4 ? from - 1 : null;
  for (let i = 0, j = 0; j < pixels.length; i += from, j += to) {
    const first = image.mode === "I" ? clip8(data[i] as number) : (data[i] as number) >> narrow;
    const [g, b] = coloured ? [data[i + 1] as number, data[i + 2] as number] : [first, first];
    if (to === 1) pixels[j] = coloured ? luma(first, g, b) : first;
    else {
      pixels[j] = first;
      pixels[j + 1] = g;
      pixels[j + 2] = b;
      if (to === 4) pixels[j + 3] = opacity === null ? 255 : (data[i + opacity] as number);
    }
  }
  return new Image(width, height, mode, pixels);
}

/** Pillow's rounding of a product of two bytes over 255. */
function over255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

const clip8 = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);

/** An image whose colours are multiplied by their opacity, or divided by it, so that what cannot be seen has no say in a mean. */
export function multiplied(image: Image, back: boolean): Image {
  const { width, height, mode, channels } = image;
  const pixels = Uint8Array.from(image.data);
  for (let i = 0; i < pixels.length; i += channels) {
    const alpha = pixels[i + channels - 1] as number;
    if (back && (alpha === 0 || alpha === 255)) continue;
    for (let j = i; j < i + channels - 1; j++) {
      const value = pixels[j] as number;
      pixels[j] = back ? clip8(Math.trunc((255 * value) / alpha)) : over255(value, alpha);
    }
  }
  return new Image(width, height, mode as ImageMode, pixels);
}
