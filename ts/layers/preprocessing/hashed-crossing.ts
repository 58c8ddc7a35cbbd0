import { floatx } from "../../engine/config.js";
import { tensor } from "../../engine/convert.js";
import { isInteger } from "../../engine/dtype.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import { positiveInteger } from "../../engine/positive-integer.js";
import { describe, formatShape, sameShape } from "../../engine/shape.js";
import { StringTensor } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { refuseTraced, toCategories } from "./buckets.js";
import { checkName, encode, encodedShape, refuseSparse } from "./encode.js";
import { concatenateFingerprints, fingerprint64 } from "./farmhash.js";

/** Options of {@link HashedCrossing}. */
export interface HashedCrossingOptions extends Pick<LayerOptions, "name" | "dtype" | "trainable"> {
  /** Default `"int"`: the number of the bin; `"one_hot"`: a vector. */
  outputMode?: "int" | "one_hot";
  /** Not supported. */
  sparse?: boolean;
}

/** The word every cross begins with, TensorFlow's. */
const HASH_KEY = 0xdecafcaffen;

/**
 * Puts combinations of categories into a fixed number of bins by a hash of them all: `["A", 101]` is one thing, `["B", 101]` another.
 *
 * Shapes: a list of two or more inputs `()`, `(batch,)` or `(batch, 1)`, strings or integers, all alike → as one of them (int64), or
 * `(batch, numBins)` for `"one_hot"`. It works on data; in a model it must come first.
 *
 * @example layers.HashedCrossing(5)([["A", "B"], [101, 102]])
 * Source: `keras.layers.HashedCrossing`.
 */
export class HashedCrossing extends Layer {
  static override readonly positional = ["numBins"];

  readonly numBins: number;
  readonly outputMode: "int" | "one_hot";

  /** @throws ValueError unless `numBins` is a positive integer, and for unknown output modes. */
  constructor(numBins: number, options: HashedCrossingOptions = {}) {
    const { outputMode = "int", sparse, dtype, ...base } = options;
    super({ ...base, dtype: dtype ?? (outputMode === "int" ? "int64" : floatx()), autocast: false });
    refuseSparse(sparse, "HashedCrossing");
    checkName(outputMode, ["int", "one_hot"], "output_mode", "HashedCrossing");
    this.numBins = positiveInteger(this.className, "numBins", numBins);
    this.outputMode = outputMode;
    this.built = true;
  }

  override get placement(): "data" {
    return "data";
  }

  override computeOutputSpec([inputs]: readonly unknown[]): KerasTensor {
    this.#checkCount(inputs);
    const symbols = inputs as readonly KerasTensor[];
    this.#check(symbols, symbols[0] as KerasTensor);
    const shape = encodedShape((symbols[0] as KerasTensor).shape, this.outputMode, this.numBins);
    return new KerasTensor(shape, { dtype: this.computeDtype });
  }

  override convertInputs(args: readonly unknown[]): unknown[] {
    const [inputs, ...rest] = args;
    this.#checkCount(inputs);
    return [(inputs as readonly unknown[]).map((input) => toCategories(input, `Layer "${this.name}"`)), ...rest];
  }

  #checkCount(inputs: unknown): void {
    if (!Array.isArray(inputs)) {
      throw new ValueError(
        `\`HashedCrossing\` should be called on a list or tuple of inputs. Received: inputs=${describe(inputs)}`,
      );
    }
    if (inputs.length < 2) {
      throw new ValueError(
        `\`HashedCrossing\` should be called on at least two inputs. Received: inputs=${describe(inputs)}`,
      );
    }
  }

  override call(inputs: readonly (StringTensor | Tensor)[]): Tensor {
    const first = inputs[0] as StringTensor | Tensor;
    this.#check(inputs, first);
    const columns = inputs.map((x) => fingerprints(x, `Layer "${this.name}"`));
    const buckets = BigInt(this.numBins);
    const bins = (columns[0] as bigint[]).map((_, i) => {
      const hash = columns.reduce((before, column) => concatenateFingerprints(before, column[i] as bigint), HASH_KEY);
      return Number(hash % buckets);
    });
    return encode(
      tensor(bins, { shape: first.shape, dtype: "int64" }),
      this.outputMode,
      this.numBins,
      this.computeDtype,
    );
  }

  #check(inputs: readonly (StringTensor | Tensor | KerasTensor)[], first: StringTensor | Tensor | KerasTensor): void {
    const received = `Received: shapes ${inputs.map(({ shape }) => formatShape(shape)).join(", ")}`;
    if (first.ndim > 2 || (first.ndim === 2 && first.shape[1] !== 1)) {
      throw new ValueError(
        `All \`HashedCrossing\` inputs should have shape \`()\`, \`(batch_size)\` or \`(batch_size, 1)\`. ${received}`,
      );
    }
    if (!inputs.every(({ shape }) => sameShape(shape, first.shape))) {
      throw new ValueError(`All \`HashedCrossing\` inputs should have equal shape. ${received}`);
    }
    if (inputs.every((x) => x.dtype === "string" || isInteger(x.dtype))) return;
    throw new ValueError(
      `All \`HashedCrossing\` inputs should have an integer or string dtype. Received: dtypes ${inputs.map(({ dtype }) => dtype).join(", ")}`,
    );
  }

  override getConfig(): Config {
    return { num_bins: this.numBins, output_mode: this.outputMode, sparse: false, name: this.name, dtype: this.dtype };
  }
}

const utf8 = new TextEncoder();

/** One word an element: strings by their fingerprint, integers as they are. */
function fingerprints(x: StringTensor | Tensor, who: string): bigint[] {
  if (x instanceof StringTensor) return x.values.map((text) => fingerprint64(utf8.encode(text)));
  refuseTraced(x, who);
  return Array.from(x.dataSync() as ArrayLike<number | bigint>, (value) => BigInt.asUintN(64, BigInt(value)));
}
