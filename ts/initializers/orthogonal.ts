import { tensor } from "../engine/convert.js";
import type { DType } from "../engine/dtype.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as random from "../random/index.js";
import type { Config } from "../saving/serialization.js";
import { RandomInitializer, type RandomInitializerOptions } from "./random.js";

/** Options of {@link Orthogonal}. */
export interface OrthogonalOptions extends RandomInitializerOptions {
  /** A factor for the result. Default 1. */
  gain?: number;
}

/**
 * A random orthogonal matrix: of the shape `(…, columns)`, read as a matrix with the leading axes as its rows, the rows are orthonormal if
 * they are fewer than the columns, else the columns are; times `gain`.
 *
 * @throws ValueError at the call, for fewer than two dimensions.
 * Source: `keras.initializers.Orthogonal`; Saxe et al., *Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks*, 2014.
 */
export class Orthogonal extends RandomInitializer {
  readonly gain: number;

  constructor({ gain = 1, seed = null }: OrthogonalOptions = {}) {
    super(seed);
    this.gain = gain;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    if (shape.length < 2) {
      throw new ValueError(
        `The tensor to initialize must be at least two-dimensional. Received: shape=${formatShape(shape)} of rank ${shape.length}.`,
      );
    }
    const columns = shape.at(-1) as number;
    const rows = shape.slice(0, -1).reduce((total, d) => total * d, 1);
    const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
    const vectors = orthonormal(
      random.normal([short, long], { dtype: "float32", seed: this.seed }).dataSync(),
      short,
      long,
    );
    const out = new Float32Array(rows * columns);
    for (let v = 0; v < short; v++) {
      const vector = vectors[v] as Float64Array;
      for (let i = 0; i < long; i++)
        out[rows < columns ? v * columns + i : i * columns + v] = this.gain * (vector[i] as number);
    }
    const made = tensor(out, { shape });
    return dtype === "float32" ? made : made.astype(dtype);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), gain: this.gain };
  }
}

/**
 * The rows of a matrix made orthonormal, in float64. Each is freed of the others twice, which is enough (Kahan's rule). From normal numbers
 * this gives the uniform distribution over such matrices, as a QR decomposition with positive diagonal does.
 */
function orthonormal(data: ArrayLike<number | bigint>, rows: number, length: number): Float64Array[] {
  const done: Float64Array[] = [];
  for (let r = 0; r < rows; r++) {
    const row = Float64Array.from({ length }, (_, i) => Number(data[r * length + i]));
    for (let turn = 0; turn < 2; turn++) {
      for (const other of done) {
        let dot = 0;
        for (let i = 0; i < length; i++) dot += (row[i] as number) * (other[i] as number);
        for (let i = 0; i < length; i++) row[i] = (row[i] as number) - dot * (other[i] as number);
      }
    }
    let square = 0;
    for (let i = 0; i < length; i++) square += (row[i] as number) ** 2;
    const norm = Math.sqrt(square) || 1;
    done.push(row.map((x) => x / norm));
  }
  return done;
}
