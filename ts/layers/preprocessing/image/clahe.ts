import { tensor } from "../../../engine/convert.js";
import { describe } from "../../../engine/shape.js";
import type { Tensor } from "../../../engine/tensor.js";
import { ValueError } from "../../../errors.js";
import * as ops from "../../../ops/index.js";
import type { Config } from "../../../saving/serialization.js";
import type { ValueRangeOptions } from "./auto-contrast.js";
import { cumulated } from "./cumulated.js";
import { ImageLayer } from "./image-layer.js";
import { BYTES, type Range, rescale, valueRangeOf } from "./range.js";

/** Options of {@link ContrastLimitedAdaptiveHistogramEqualization}. */
export interface ClaheOptions extends ValueRangeOptions {
  /** How much of a tile may have one value, in parts of an even histogram; 0: no limit. Default 4. */
  clipLimit?: number;
  /** Tiles along the height and the width. Default `[8, 8]`. */
  tileGridSize?: readonly [number, number];
}

const BINS = 256;

/** The two tiles between which pixels lie along an axis, and the share of the second. */
interface Between {
  readonly lower: Tensor;
  readonly upper: Tensor;
  readonly share: Tensor;
}

/**
 * Equalizes the histogram of each tile of an image, with a limit on the contrast, and blends the tiles (CLAHE; Zuiderveld 1994). It acts
 * outside of training too.
 *
 * @example layers.ContrastLimitedAdaptiveHistogramEqualization({ clipLimit: 2 })
 * Source: `keras.layers.ContrastLimitedAdaptiveHistogramEqualization`.
 */
export class ContrastLimitedAdaptiveHistogramEqualization extends ImageLayer<null> {
  readonly valueRange: Range;
  readonly clipLimit: number;
  readonly tileGridSize: readonly [number, number];
  protected override readonly always = true;

  /** @throws ValueError for a value range that is none, or tiles that are no two positive integers. */
  constructor({ valueRange = BYTES, clipLimit = 4, tileGridSize = [8, 8], ...options }: ClaheOptions = {}) {
    super(options);
    this.valueRange = valueRangeOf(valueRange, this.className);
    if (
      !Array.isArray(tileGridSize) ||
      tileGridSize.length !== 2 ||
      !tileGridSize.every((n) => Number.isInteger(n) && n > 0)
    ) {
      throw new ValueError(
        `${this.className}: expected \`tileGridSize\` to be two positive integers, got ${describe(tileGridSize)}.`,
      );
    }
    this.clipLimit = clipLimit;
    this.tileGridSize = tileGridSize as readonly [number, number];
  }

  override draw(): null {
    return null;
  }

  override transformImages(images: Tensor): Tensor {
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const [rows, columns] = this.tileGridSize;
    const [tileHeight, tileWidth] = [Math.ceil(height / rows), Math.ceil(width / columns)];
    // The image goes on as in a mirror until the tiles are full.
    const bytes = rescale(images, this.valueRange, BYTES);
    const full = mirroredTo(mirroredTo(bytes, 1, tileHeight * rows), 2, tileWidth * columns);
    const pixels = ops.cast(full, "int32").clip(0, BINS - 1);
    const tables = this.#tables(pixels, [batch, rows, tileHeight, columns, tileWidth, channels]);

    const vertical = between(height, tileHeight, rows, [1, height, 1, 1]);
    const horizontal = between(width, tileWidth, columns, [1, 1, width, 1]);
    const image = ops.arange(batch, null, 1, "int32").reshape([batch, 1, 1, 1]);
    const channel = ops.arange(channels, null, 1, "int32").reshape([1, 1, 1, channels]);
    const values = ops.slice(pixels, [0, 0, 0, 0], [batch, height, width, channels]);
    const read = (y: Tensor, x: Tensor): Tensor => {
      const tile = image.multiply(rows).add(y).multiply(columns).add(x);
      return ops.take(tables, tile.multiply(channels).add(channel).multiply(BINS).add(values), 0);
    };
    const mix = (a: Tensor, b: Tensor, share: Tensor): Tensor => a.add(b.subtract(a).multiply(share));
    const row = (y: Tensor): Tensor => mix(read(y, horizontal.lower), read(y, horizontal.upper), horizontal.share);
    const out = mix(row(vertical.lower), row(vertical.upper), vertical.share);
    return ops.cast(rescale(out, BYTES, this.valueRange), images.dtype);
  }

  /** What each value becomes in each tile, as one list by image, tile row, tile column, channel and value. */
  #tables(pixels: Tensor, shape: readonly [number, number, number, number, number, number]): Tensor {
    const [batch, rows, tileHeight, columns, tileWidth, channels] = shape;
    const area = tileHeight * tileWidth;
    const count = batch * rows * columns * channels;
    const tiled = ops.transpose(ops.reshape(pixels, shape), [0, 1, 3, 5, 2, 4]);
    const first = ops.arange(count, null, 1, "int32").multiply(BINS).reshape([count, 1]);
    const places = ops.reshape(ops.reshape(tiled, [count, area]).add(first), [-1]);
    const ones = ops.ones([count * area], "float32");
    let histogram = ops.reshape(ops.segmentSum(ones, places, { numSegments: count * BINS }), [count, BINS]);
    if (this.clipLimit > 0) {
      const clipped = histogram.minimum((this.clipLimit * area) / BINS);
      histogram = clipped.add(histogram.subtract(clipped).sum(-1, { keepdims: true }).divide(BINS));
    }
    const sums = cumulated(histogram);
    const least = sums.min(-1, { keepdims: true });
    const rest = least.negative().add(area);
    const table = sums
      .subtract(least)
      .multiply(255)
      .divide(ops.where(rest.equal(0), 1, rest));
    return ops.reshape(table.clip(0, 255), [-1]);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      value_range: [...this.valueRange],
      clip_limit: this.clipLimit,
      tile_grid_size: [...this.tileGridSize],
    };
  }
}

/** An axis continued as in a mirror, the last element twice. */
function mirroredTo(x: Tensor, axis: number, length: number): Tensor {
  const size = x.shape[axis] as number;
  if (size === length) return x;
  const places = Int32Array.from({ length }, (_, i) => {
    const place = i % (2 * size);
    return place < size ? place : 2 * size - 1 - place;
  });
  return ops.take(x, tensor(places), axis);
}

/** Where the first pixels of an axis lie between the middles of the tiles. */
function between(length: number, tile: number, tiles: number, shape: readonly number[]): Between {
  const at = Array.from({ length }, (_, i) => (i - tile / 2) / tile);
  const inside = (n: number): number => Math.min(Math.max(n, 0), tiles - 1);
  const ints = (values: number[]): Tensor => tensor(Int32Array.from(values), { shape });
  return {
    lower: ints(at.map((v) => inside(Math.floor(v)))),
    upper: ints(at.map((v) => inside(Math.floor(v) + 1))),
    share: tensor(
      Float32Array.from(at, (v) => v - Math.floor(v)),
      { shape },
    ),
  };
}
