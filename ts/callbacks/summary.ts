import { integer, message } from "./event-file.js";

/** Values of summaries, each as the plugin of TensorBoard wants it that shows it: a tensor, with the plugin's name. */

/** What kind of data a plugin shows (`DataClass`). */
const [SCALAR, TENSOR, BLOBS] = [1, 2, 3];
/** Types of tensors (`DataType`). */
const [FLOAT, DOUBLE, STRING] = [1, 2, 7];

function shape(dimensions: readonly number[]): Buffer {
  return message(2, ...dimensions.map((size) => message(2, integer(1, size))));
}

function value(tag: string, plugin: Buffer, dataClass: number | null, tensor: readonly Buffer[]): Buffer {
  const metadata = dataClass === null ? [plugin] : [plugin, integer(4, dataClass)];
  return message(1, message(1, tag), message(8, ...tensor), message(9, ...metadata));
}

const plugin = (name: string, ...content: Buffer[]): Buffer => message(1, message(1, name), ...content);

/** A number; a chart of its steps. */
export function scalar(tag: string, number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(number);
  return value(tag, plugin("scalars"), SCALAR, [integer(1, FLOAT), shape([]), message(4, bytes)]);
}

/** Buckets of a histogram. */
export const BUCKETS = 30;

/** Edges and counts of 30 buckets of equal width: rows of left, right, count. */
export function buckets(values: ArrayLike<number | bigint>): Float64Array {
  const rows = new Float64Array(BUCKETS * 3);
  const { length } = values;
  if (length === 0) return rows;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < length; i++) {
    const x = Number(values[i]);
    if (x < least) least = x;
    if (x > most) most = x;
  }
  const range = most - least;
  const edge = (bucket: number) => (bucket === BUCKETS ? most : least + (range * bucket) / BUCKETS);
  for (let bucket = 0; bucket < BUCKETS; bucket++) rows.set([edge(bucket), edge(bucket + 1), 0], bucket * 3);
  for (let i = 0; i < length; i++) {
    const at = range === 0 ? BUCKETS : Math.floor((Number(values[i]) - least) / (range / BUCKETS));
    (rows[Math.min(at, BUCKETS - 1) * 3 + 2] as number)++;
  }
  return rows;
}

/** A distribution. Values that are not finite are left out. */
export function histogram(tag: string, values: ArrayLike<number | bigint>): Buffer {
  const rows = buckets(Array.from(values, Number).filter(Number.isFinite));
  const bytes = Buffer.from(rows.buffer);
  return value(tag, plugin("histograms"), TENSOR, [integer(1, DOUBLE), shape([BUCKETS, 3]), message(4, bytes)]);
}

/** Images of one size, each a PNG. */
export function images(tag: string, width: number, height: number, pngs: readonly Uint8Array[]): Buffer {
  const parts = [String(width), String(height), ...pngs].map((part) => message(8, part));
  return value(tag, plugin("images"), BLOBS, [integer(1, STRING), shape([parts.length]), ...parts]);
}

/** A Keras model as JSON; a graph of its layers. */
export function kerasModel(tag: string, json: string): Buffer {
  return value(tag, plugin("graph_keras_model", message(2, "1")), null, [
    integer(1, STRING),
    shape([]),
    message(8, json),
  ]);
}
