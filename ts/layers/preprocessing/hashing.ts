import { floatx } from "../../engine/config.js";
import { tensor } from "../../engine/convert.js";
import { KerasTensor } from "../../engine/keras-tensor.js";
import { describe } from "../../engine/shape.js";
import { StringTensor } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import type { Config } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";
import { bucketOf, resolveSalt, type Salt, type SaltLike, textsOf, toCategories } from "./buckets.js";
import { encode, encodedShape, type OutputMode, refuseSparse } from "./encode.js";

/** Options of {@link Hashing}. */
export interface HashingOptions extends Omit<LayerOptions, "autocast"> {
  /** A value that gets the bin 0 for itself. Default: none. */
  maskValue?: string | number | null;
  /** Makes the bins other than everybody's: SipHash with this key (two integers, or one for both) in place of FarmHash. */
  salt?: SaltLike | null;
  /** Default `"int"`: the number of the bin. See {@link CategoryEncodingOptions.outputMode} for the others. */
  outputMode?: Exclude<OutputMode, "tf_idf">;
  /** Not supported. */
  sparse?: boolean;
}

const modes = ["int", "one_hot", "multi_hot", "count"] as const;

/**
 * Puts categories (strings or integers) into a fixed number of bins by a hash of them; nothing has to be learned. Integers are hashed as
 * their decimal texts, floats as integers.
 *
 * Shapes: `"int"` as the input (int64); `"one_hot"` `(…, numBins)`; `"multi_hot"` and `"count"` `(…, categories)` → `(…, numBins)`.
 * It works on data (arrays of strings, tensors of integers); in a model it must come first.
 *
 * @example layers.Hashing(3)([["A"], ["B"]])
 * Source: `keras.layers.Hashing`.
 */
export class Hashing extends Layer {
  static override readonly positional = ["numBins"];

  readonly numBins: number;
  readonly maskValue: string | number | null;
  readonly salt: Salt | null;
  readonly outputMode: Exclude<OutputMode, "tf_idf">;

  /** @throws ValueError unless `numBins` is a positive integer, for unknown output modes, and for a float dtype in mode `"int"`. */
  constructor(numBins: number, options: HashingOptions = {}) {
    const { maskValue, salt, outputMode = "int", sparse, dtype, ...base } = options;
    super({ ...base, dtype: dtype ?? (outputMode === "int" ? "int64" : floatx()), autocast: false });
    if (!(Number.isInteger(numBins) && numBins > 0)) {
      throw new ValueError(
        `The \`num_bins\` for \`Hashing\` cannot be \`None\` or non-positive values. Received: num_bins=${describe(numBins)}.`,
      );
    }
    if (outputMode === "int" && this.dtype !== "int32" && this.dtype !== "int64") {
      throw new ValueError(
        `When \`output_mode="int"\`, \`dtype\` should be an integer type, 'int32' or 'int64'. Received: dtype=${this.dtype}`,
      );
    }
    if (!modes.includes(outputMode)) {
      throw new ValueError(
        "Invalid value for argument `output_mode`. Expected one of ('int', 'one_hot', 'multi_hot', 'count'). " +
          `Received: output_mode=${String(outputMode)}`,
      );
    }
    refuseSparse(sparse, "Hashing");
    this.numBins = numBins;
    this.maskValue = maskValue ?? null;
    this.salt = resolveSalt(salt, "Hashing");
    this.outputMode = outputMode;
    this.built = true;
  }

  override get placement(): "data" {
    return "data";
  }

  override computeOutputSpec([inputs]: readonly unknown[]): KerasTensor {
    const { shape } = inputs as KerasTensor;
    return new KerasTensor(encodedShape(shape, this.outputMode, this.numBins), { dtype: this.computeDtype });
  }

  override convertInputs(args: readonly unknown[]): unknown[] {
    return args.map((arg) => toCategories(arg, `Layer "${this.name}"`));
  }

  override call(inputs: StringTensor | Tensor): Tensor {
    const texts = textsOf(inputs, `Layer "${this.name}"`);
    const masks = this.maskValue !== null && this.numBins > 1;
    // A mask is compared with the values themselves: 1.5 hashes as 1, but is not 1.
    const values =
      inputs instanceof StringTensor ? texts : Array.from(inputs.dataSync() as ArrayLike<number | bigint>, Number);
    const bins = texts.map((text, i) => {
      if (!masks) return bucketOf(text, this.numBins, this.salt);
      return values[i] === this.maskValue ? 0 : bucketOf(text, this.numBins - 1, this.salt) + 1;
    });
    const indices = tensor(bins, { shape: inputs.shape, dtype: "int64" });
    return encode(indices, this.outputMode, this.numBins, this.computeDtype);
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      num_bins: this.numBins,
      salt: this.salt === null ? null : this.salt.map(Number),
      mask_value: this.maskValue,
      output_mode: this.outputMode,
      sparse: false,
    };
  }
}
