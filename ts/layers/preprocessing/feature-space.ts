import type { KerasTensor } from "../../engine/keras-tensor.js";
import { isDict } from "../../engine/nest.js";
import type { TensorLike } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import { isStrings, type StringTensor, toStrings } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { StateError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import type { Config } from "../../saving/serialization.js";
import { serializeKerasObject } from "../../saving/serialization.js";
import { Input } from "../core/input-layer.js";
import { Layer } from "../layer.js";
import { adaptTo, type Batches } from "./adapt.js";
import { CategoryEncoding } from "./category-encoding.js";
import { Discretization } from "./discretization.js";
import { batchesOf, reshaped } from "./feature-columns.js";
import { Cross, Feature, type FeatureMode, preprocessorName, revived, TFDConcat, TFDIdentity } from "./features.js";
import { HashedCrossing } from "./hashed-crossing.js";
import { Hashing } from "./hashing.js";
import { Rescaling } from "./image/rescaling.js";
import { IndexLookup } from "./index-lookup.js";
import { IntegerLookup } from "./integer-lookup.js";
import { Normalization } from "./normalization.js";
import { StringLookup } from "./string-lookup.js";
import { TextVectorization } from "./text-vectorization.js";

/** The names that stand for features. */
export type FeatureName =
  | "float"
  | "float_normalized"
  | "float_rescaled"
  | "float_discretized"
  | "integer_categorical"
  | "string_categorical"
  | "integer_hashed"
  | "string_hashed";

/** Options of {@link FeatureSpace}. */
export interface FeatureSpaceOptions {
  /** `"concat"` (the default): one vector; `"dict"`: a dict of the features and crosses. */
  outputMode?: "concat" | "dict";
  /** Lists of names of features to cross, or what {@link FeatureSpace.cross} makes. */
  crosses?: readonly (readonly string[] | Cross | Config)[] | null;
  /** The length of the vectors of crosses given by names. Default 32. */
  crossingDim?: number;
  /** The number of bins of hashed features given by name. Default 32. */
  hashingDim?: number;
  /** The number of bins of `"float_discretized"`. Default 32. */
  numDiscretizationBins?: number;
  name?: string | null;
}

/** Values by the names of the features. */
export type FeatureData = { readonly [name: string]: unknown };

interface Named {
  name?: string | null;
}

/**
 * Prepares the columns of a table for a model: each feature by a layer of its own, learned from data by {@link adapt}, and crosses of them.
 *
 * @example
 * const space = keras.utils.FeatureSpace({ age: "float_normalized", city: "string_categorical" }, { crosses: [["city", "job"]] });
 * space.adapt(table);
 * const model = keras.Model(space.getInputs(), layers.Dense(1)(space.getEncodedFeatures()));
 * Source: `keras.utils.FeatureSpace`.
 */
export class FeatureSpace extends Layer {
  static override readonly positional = ["features"];

  readonly features: Readonly<Record<string, Feature>>;
  readonly crosses: readonly Cross[];
  readonly outputMode: "concat" | "dict";
  readonly crossingDim: number;
  readonly hashingDim: number;
  readonly numDiscretizationBins: number;
  readonly #inputs: Record<string, KerasTensor>;
  /** The layers that prepare the features. */
  readonly preprocessors: Readonly<Record<string, Layer>>;
  /** The layers that cross them. */
  readonly crossers: Readonly<Record<string, HashedCrossing>>;
  /** The layers that make vectors of indices, made when the features are first encoded. */
  readonly oneHotEncoders: Record<string, CategoryEncoding> = {};
  readonly #concat = new TFDConcat();
  #adapted = false;
  #encoded: KerasTensor | Record<string, KerasTensor> | null = null;

  /**
   * @param features What each column is: a name such as `"float_normalized"`, or what the static methods make.
   * @throws ValueError for no features, unknown kinds, and crosses of features that are not there.
   */
  constructor(features: Readonly<Record<string, FeatureName | Feature | Config>>, options: FeatureSpaceOptions = {}) {
    const {
      outputMode = "concat",
      crosses,
      crossingDim = 32,
      hashingDim = 32,
      numDiscretizationBins = 32,
      name,
    } = options;
    super({ name });
    if (!isDict(features) || Object.keys(features).length === 0) {
      throw new ValueError("The `features` argument cannot be None or empty.");
    }
    if (outputMode !== "dict" && outputMode !== "concat") {
      throw new ValueError(
        `Invalid value for argument \`output_mode\`. Expected one of {'dict', 'concat'}. Received: output_mode=${String(outputMode)}`,
      );
    }
    this.outputMode = outputMode;
    this.crossingDim = crossingDim;
    this.hashingDim = hashingDim;
    this.numDiscretizationBins = numDiscretizationBins;
    const entries = Object.entries(features).map(([key, value]) => [key, this.#feature(key, value)] as const);
    this.features = Object.fromEntries(entries);
    this.preprocessors = Object.fromEntries(entries.map(([key, { preprocessor }]) => [key, preprocessor]));
    this.#inputs = Object.fromEntries(
      entries.map(([key, { dtype }]) => [key, Input({ shape: [1], dtype, name: key })]),
    );
    this.crosses = (crosses ?? []).map((cross) => this.#cross(cross));
    this.crossers = Object.fromEntries(
      this.crosses.map((cross) => [cross.name, new HashedCrossing(cross.crossingDim, { name: cross.name })]),
    );
  }

  #feature(name: string, given: unknown): Feature {
    const value = revived(given);
    if (value instanceof Feature) return value;
    const kinds: Record<FeatureName, () => Feature> = {
      float: () => FeatureSpace.float({ name }),
      float_normalized: () => FeatureSpace.floatNormalized({ name }),
      float_rescaled: () => FeatureSpace.floatRescaled({ name }),
      float_discretized: () => FeatureSpace.floatDiscretized(this.numDiscretizationBins, { name }),
      integer_categorical: () => FeatureSpace.integerCategorical({ name }),
      string_categorical: () => FeatureSpace.stringCategorical({ name }),
      integer_hashed: () => FeatureSpace.integerHashed(this.hashingDim, { name }),
      string_hashed: () => FeatureSpace.stringHashed(this.hashingDim, { name }),
    };
    if (typeof value === "string" && Object.hasOwn(kinds, value)) return kinds[value as FeatureName]();
    throw new ValueError(
      `Invalid feature type: ${describe(value)}. Expected one of: ${Object.keys(kinds).join(", ")}.`,
    );
  }

  #cross(given: unknown): Cross {
    const value = revived(given);
    const names = value instanceof Cross ? value.featureNames : (value as readonly string[]);
    if (!Array.isArray(names) || !names.every((name) => Object.hasOwn(this.features, name))) {
      throw new ValueError(
        "All features referenced in the `crosses` argument should be present in the `features` dict. " +
          `Received unknown features: ${describe(names)}`,
      );
    }
    return value instanceof Cross ? value : new Cross(names, this.crossingDim);
  }

  // ---- kinds of features ----

  /** Features that mean something together. */
  static cross(featureNames: readonly string[], crossingDim: number, outputMode: "int" | "one_hot" = "one_hot"): Cross {
    return new Cross(featureNames, crossingDim, outputMode);
  }
  /** A feature with a layer of your own. */
  static feature(dtype: string, preprocessor: Layer, outputMode: FeatureMode): Feature {
    return new Feature(dtype, preprocessor, outputMode);
  }
  /** A number as it is. */
  static float({ name }: Named = {}): Feature {
    return new Feature(
      "float32",
      new TFDIdentity({ dtype: "float32", name: preprocessorName("float", name) }),
      "float",
    );
  }
  /** A number, `x · scale + offset`. */
  static floatRescaled({ scale = 1, offset = 0, name }: Named & { scale?: number; offset?: number } = {}): Feature {
    return new Feature(
      "float32",
      new Rescaling(scale, { offset, name: preprocessorName("float_rescaled", name) }),
      "float",
    );
  }
  /** A number, shifted and scaled to mean 0 and variance 1. */
  static floatNormalized({ name }: Named = {}): Feature {
    return new Feature(
      "float32",
      new Normalization({ axis: -1, name: preprocessorName("float_normalized", name) }),
      "float",
    );
  }
  /** A number, put into bins: learned ones, or between given boundaries. */
  static floatDiscretized(
    numBins: number | null,
    options: Named & { binBoundaries?: readonly number[] | null; outputMode?: FeatureMode } = {},
  ): Feature {
    const { binBoundaries = null, outputMode = "one_hot", name } = options;
    const bins = { numBins, binBoundaries, name: preprocessorName("float_discretized", name) };
    return new Feature("float32", new Discretization(bins), outputMode);
  }
  /** An integer that names a category. */
  static integerCategorical(options: Named & Categorical = {}): Feature {
    const { outputMode = "one_hot", name, ...rest } = options;
    return new Feature(
      "int32",
      new IntegerLookup({ ...rest, name: preprocessorName("integer_categorical", name) }),
      outputMode,
    );
  }
  /** A string that names a category. */
  static stringCategorical(options: Named & Categorical = {}): Feature {
    const { outputMode = "one_hot", name, ...rest } = options;
    return new Feature(
      "string",
      new StringLookup({ ...rest, name: preprocessorName("string_categorical", name) }),
      outputMode,
    );
  }
  /** A string, put into bins by its hash. */
  static stringHashed(
    numBins: number,
    { outputMode = "one_hot", name }: Named & { outputMode?: FeatureMode } = {},
  ): Feature {
    return new Feature("string", new Hashing(numBins, { name: preprocessorName("string_hashed", name) }), outputMode);
  }
  /** An integer, put into bins by its hash. */
  static integerHashed(
    numBins: number,
    { outputMode = "one_hot", name }: Named & { outputMode?: FeatureMode } = {},
  ): Feature {
    return new Feature("int32", new Hashing(numBins, { name: preprocessorName("integer_hashed", name) }), outputMode);
  }

  // ---- learning ----

  /** The features whose layers learn from data. */
  #adaptable(): [string, Adaptable][] {
    return Object.entries(this.preprocessors).flatMap(([name, layer]) => {
      const given =
        (layer instanceof Normalization && layer.inputMean !== null) ||
        (layer instanceof Discretization && layer.numBins === null) ||
        ((layer instanceof IndexLookup || layer instanceof TextVectorization) && !layer.adaptable);
      return !given && "adapt" in layer ? [[name, layer as unknown as Adaptable]] : [];
    });
  }

  /**
   * Lets the features' layers learn.
   *
   * @param data A dict of columns, or batches of such: an iterable or a generator function. With an async iterable, await the result.
   * @throws ValueError for data without one of the features.
   */
  adapt(data: FeatureData | (() => Iterable<FeatureData>)): void;
  adapt(data: FeatureData | Batches<FeatureData>): void | Promise<void>;
  adapt(data: FeatureData | Batches<FeatureData>): void | Promise<void> {
    const layers = this.#adaptable();
    const seen: FeatureData[] = [];
    const finish = (): void => {
      for (const [name, layer] of layers) {
        const columns = seen.map((batch) => this.#column(name, batch));
        layer.adapt(() => columns.flatMap(batchesOf));
      }
      this.#adapted = true;
      this.getEncodedFeatures();
      this.built = true;
    };
    if (!isDict(data))
      return adaptTo(`${this.name}.adapt`, data, {}, (batch) => void seen.push(batch as FeatureData), finish);
    seen.push(data);
    finish();
  }

  /** The values of a feature, at least one dimension of them. */
  #column(name: string, data: FeatureData): Tensor | StringTensor {
    const value = data[name];
    if (value == null) {
      throw new ValueError(
        `FeatureSpace "${this.name}": missing data for feature '${name}'. Received data for: ${Object.keys(data).join(", ")}`,
      );
    }
    const who = `Feature '${name}' of "${this.name}"`;
    const { dtype } = this.features[name] as Feature;
    if (dtype === "string" || isStrings(value)) return toStrings(value, who);
    return ops.convertToTensor(value as TensorLike, dtype as "float32", who);
  }

  #ready(): void {
    if (this.#adapted) return;
    if (this.#adaptable().length === 0) {
      this.#adapted = true;
      return;
    }
    throw new StateError("You need to call `.adapt(dataset)` on the FeatureSpace before you can start using it.");
  }

  // ---- encoding ----

  /** The symbolic inputs, by the names of the features. */
  getInputs(): Record<string, KerasTensor> {
    this.getEncodedFeatures();
    return this.#inputs;
  }

  /** The encoded features of the symbolic inputs: a tensor, or in mode `"dict"` a dict of them. @throws StateError before {@link adapt}. */
  // biome-ignore lint/suspicious/noExplicitAny: a tensor or a dict, as the output mode says.
  getEncodedFeatures(): any {
    this.#ready();
    this.#encoded ??= this.#encode(this.#inputs) as KerasTensor | Record<string, KerasTensor>;
    return this.#encoded;
  }

  #encode(inputs: Readonly<Record<string, unknown>>): unknown {
    type Any = Tensor | KerasTensor;
    const features: Record<string, Any> = {};
    for (const [name, layer] of Object.entries(this.preprocessors)) features[name] = layer.invoke(inputs[name]) as Any;
    const crossed: Record<string, Any> = {};
    for (const { name, featureNames } of this.crosses) {
      crossed[name] = this.crossers[name]?.invoke(featureNames.map((feature) => features[feature])) as Any;
    }
    const modes = { ...this.features, ...Object.fromEntries(this.crosses.map((cross) => [cross.name, cross])) };
    const names = [...Object.keys(features).sort(), ...Object.keys(crossed).sort()];
    const encoded = names.map((name) => {
      const feature = (crossed[name] ?? features[name]) as Any;
      const made =
        modes[name]?.outputMode === "one_hot" ? (this.#encoder(name, feature).invoke(feature) as Any) : feature;
      if (this.outputMode === "concat" && (made.dtype.startsWith("int") || made.dtype === "string")) {
        throw new ValueError(
          `Cannot concatenate features because feature '${name}' has not been encoded (it has dtype ${made.dtype}). ` +
            "Consider using `output_mode='dict'`.",
        );
      }
      return [name, made] as const;
    });
    return this.outputMode === "dict"
      ? Object.fromEntries(encoded)
      : this.#concat.invoke(encoded.map(([, made]) => made));
  }

  /** The layer that makes a feature's vectors. */
  #encoder(name: string, { dtype }: { dtype: string }): CategoryEncoding {
    const found = this.oneHotEncoders[name];
    if (found) return found;
    const layer = this.crossers[name] ?? this.preprocessors[name];
    if (!dtype.startsWith("int")) {
      throw new ValueError(
        `Feature '${name}' has \`output_mode='one_hot'\`. Thus its preprocessor should return an integer dtype. Instead it returns a ${dtype} dtype.`,
      );
    }
    const made = new CategoryEncoding(sizeOf(name, layer), { outputMode: "multi_hot" });
    this.oneHotEncoders[name] = made;
    return made;
  }

  /**
   * Encodes data.
   *
   * @param given A dict of columns, or of single values, whose result then has no batch.
   * @throws ValueError for anything but a dict; StateError before {@link adapt}.
   */
  override invoke(...given: unknown[]): unknown {
    const [data] = given;
    this.getEncodedFeatures();
    if (!isDict(data))
      throw new ValueError(`A FeatureSpace can only be called with a dict. Received: data=${describe(data)}`);
    let single = false;
    const columns = Object.keys(this.features).map((name) => {
      const column = this.#column(name, data);
      if (column.ndim === 0) single = true;
      return [name, column.ndim < 2 ? reshaped(column, [column.shape[0] ?? 1, 1]) : column] as const;
    });
    const encoded = this.#encode(Object.fromEntries(columns));
    if (!single) return encoded;
    const first = (x: Tensor): Tensor => x.reshape(x.shape.slice(1));
    if (this.outputMode === "concat") return first(encoded as Tensor);
    return Object.fromEntries(Object.entries(encoded as Record<string, Tensor>).map(([name, x]) => [name, first(x)]));
  }

  override getConfig(): Config {
    return {
      features: serializeKerasObject(this.features),
      output_mode: this.outputMode,
      crosses: serializeKerasObject(this.crosses),
      crossing_dim: this.crossingDim,
      hashing_dim: this.hashingDim,
      num_discretization_bins: this.numDiscretizationBins,
    };
  }
}

interface Categorical {
  maxTokens?: number | null;
  numOovIndices?: number;
  outputMode?: FeatureMode;
}

interface Adaptable {
  adapt(batches: () => Iterable<Tensor | StringTensor>): void;
}

/** How many categories a layer knows. */
function sizeOf(name: string, layer: Layer | undefined): number {
  if (layer instanceof IndexLookup) return layer.vocabularySize();
  if (layer instanceof CategoryEncoding) return layer.numTokens;
  if (layer instanceof Discretization) return layer.numBins ?? (layer.binBoundaries as readonly number[]).length + 1;
  if (layer instanceof HashedCrossing || layer instanceof Hashing) return layer.numBins;
  throw new ValueError(
    `Feature '${name}' has \`output_mode='one_hot'\`. However it isn't a standard feature and the dimensionality of its output space is not ` +
      "known, thus it cannot be one-hot encoded. Try using `output_mode='int'`.",
  );
}
