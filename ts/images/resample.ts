import { multiplied } from "./convert.js";
import { Image, type Pixels } from "./image.js";

interface Filter {
  /** Beyond this distance the weight is 0. */
  readonly support: number;
  readonly weight: (x: number) => number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

/** Pillow's filters by Keras's names for them. */
const filters = {
  box: { support: 0.5, weight: (x: number) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  hamming: {
    support: 1,
    weight: (given: number) => {
      const x = Math.abs(given) * Math.PI;
      return x === 0 ? 1 : x >= Math.PI ? 0 : (Math.sin(x) / x) * (0.54 + 0.46 * Math.cos(x));
    },
  },
  bicubic: {
    support: 2,
    weight: (given: number) => {
      const [x, a] = [Math.abs(given), -0.5];
      if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    },
  },
  lanczos: { support: 3, weight: (x: number) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
} as const satisfies Record<string, Filter>;

/** How the pixels of another size are found. */
export type Resampling = "nearest" | keyof typeof filters;

/** Every name of {@link Resampling}. */
export const resamplings: readonly Resampling[] = ["nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"];

/** A rectangle of an image: from the first corner to before the second. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

/** For each output pixel the first input pixel that counts, and the weights of it and those after it. */
type Weights = readonly { readonly first: number; readonly weights: Float64Array }[];

/** Pillow counts the weights of 8 bit images in parts of this. */
const ONE = 2 ** 22;

/** The weights along one axis: from `start` to `end` of `inputs` pixels to `outputs`. A filter widens where pixels are lost. */
function weightsOf(filter: Filter, inputs: number, start: number, end: number, outputs: number, whole: boolean) {
  const scale = (end - start) / outputs;
  const width = Math.max(scale, 1);
  const support = filter.support * width;
  const of = (place: number) => {
    const centre = start + (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const count = Math.min(inputs, Math.trunc(centre + support + 0.5)) - first;
    const weights = Float64Array.from({ length: count }, (_, x) =>
      filter.weight((x + first - centre + 0.5) * (1 / width)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (const [x, weight] of weights.entries()) {
      const share = total === 0 ? weight : weight / total;
      weights[x] = whole ? Math.trunc(share * ONE + (share < 0 ? -0.5 : 0.5)) : share;
    }
    return { first, weights };
  };
  return Array.from({ length: outputs }, (_, place) => of(place));
}

/** Lines of pixels that lie `step` apart within an image. */
interface Axis {
  readonly data: Pixels;
  /** Where a line begins, for each of them and each channel. */
  readonly lines: number;
  readonly lineStep: number;
  readonly step: number;
}

/** Resamples an axis: `from` line by line into `to`. */
function along(weights: Weights, from: Axis, to: Axis, channels: number): void {
  const bytes = to.data instanceof Uint8Array;
  const [least, most] = to.data instanceof Uint16Array ? [0, 65535] : [-(2 ** 31), 2 ** 31 - 1];
  for (let line = 0; line < from.lines; line++) {
    for (const [place, { first, weights: row }] of weights.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = bytes ? ONE / 2 : 0;
        let at = line * from.lineStep + first * from.step + channel;
        for (let x = 0; x < row.length; x++, at += from.step) sum += (from.data[at] as number) * (row[x] as number);
        const value = bytes ? Math.min(255, Math.max(0, sum >> 22)) : Math.min(most, Math.max(least, halfAway(sum)));
        to.data[line * to.lineStep + place * to.step + channel] = value;
      }
    }
  }
}

/** The nearest whole number, halves away from zero. */
const halfAway = (x: number): number => Math.trunc(x + (x < 0 ? -0.5 : 0.5));

const emptyLike = (data: Pixels, length: number): Pixels =>
  data instanceof Uint8Array
    ? new Uint8Array(length)
    : data instanceof Uint16Array
      ? new Uint16Array(length)
      : new Int32Array(length);

/** Each pixel from the one over which its centre lies. The places are added up one by one, as Pillow does, so that ties fall alike. */
function nearest(image: Image, width: number, height: number, [left, top, right, bottom]: Box): Image {
  const places = (start: number, end: number, outputs: number): number[] => {
    const step = (end - start) / outputs;
    let at = start + step * 0.5;
    return Array.from({ length: outputs }, () => {
      const place = Math.trunc(at);
      at += step;
      return place;
    });
  };
  const { channels } = image;
  const data = emptyLike(image.data, width * height * channels);
  const columns = places(left, right, width);
  let to = 0;
  for (const row of places(top, bottom, height)) {
    for (const column of columns) {
      const from = (row * image.width + column) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = image.data[from + channel] as number;
    }
  }
  return new Image(width, height, image.mode, data);
}

/** An image, or a rectangle of it, in another size, with Pillow's numbers (`Image.resize`). */
export function resample(image: Image, width: number, height: number, method: Resampling, part?: Box): Image {
  const box = part ?? ([0, 0, image.width, image.height] as const);
  if (width === image.width && height === image.height && part === undefined) return image;
  if (method === "nearest") return nearest(image, width, height, box);
  if (image.channels === 2 || image.channels === 4) {
    return multiplied(separable(multiplied(image, false), width, height, filters[method], box), true);
  }
  return separable(image, width, height, filters[method], box);
}

/** First the rows, then the columns; the result of the first is rounded. */
function separable(
  image: Image,
  width: number,
  height: number,
  filter: Filter,
  [left, top, right, bottom]: Box,
): Image {
  const { channels } = image;
  const whole = image.data instanceof Uint8Array;
  let { data } = image;
  if (width !== image.width || left !== 0 || right !== width) {
    const weights = weightsOf(filter, image.width, left, right, width, whole);
    const rows = emptyLike(data, width * image.height * channels);
    const lines = image.height;
    along(
      weights,
      { data, lines, lineStep: image.width * channels, step: channels },
      { data: rows, lines, lineStep: width * channels, step: channels },
      channels,
    );
    data = rows;
  }
  if (height !== image.height || top !== 0 || bottom !== height) {
    const weights = weightsOf(filter, image.height, top, bottom, height, whole);
    const columns = emptyLike(data, width * height * channels);
    const axis = { lines: width, lineStep: channels, step: width * channels };
    along(weights, { data, ...axis }, { data: columns, ...axis }, channels);
    data = columns;
  }
  return new Image(width, height, image.mode, data);
}
