import { autoName } from "../../engine/names.js";
import { isDict } from "../../engine/nest.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../../saving/serialization.js";
import { Layer, type LayerOptions } from "../layer.js";

/** How a feature is given to the model. */
export type FeatureMode = "int" | "one_hot" | "float";

function checkMode(mode: unknown, allowed: readonly string[]): void {
  if (allowed.includes(mode as string)) return;
  const names = allowed.map((name) => `'${name}'`).join(", ");
  throw new ValueError(
    `Invalid value for argument \`output_mode\`. Expected one of {${names}}. Received: output_mode=${String(mode)}`,
  );
}

/** One feature of a {@link FeatureSpace}: the dtype of its data, the layer that prepares it, and how the model gets it. */
export class Feature {
  readonly dtype: string;
  readonly preprocessor: Layer;
  readonly outputMode: FeatureMode;

  /** @throws ValueError for an unknown output mode. */
  constructor(dtype: string, preprocessor: Layer | Config, outputMode: FeatureMode) {
    checkMode(outputMode, ["int", "one_hot", "float"]);
    this.dtype = dtype;
    this.preprocessor = preprocessor instanceof Layer ? preprocessor : (deserializeKerasObject(preprocessor) as Layer);
    this.outputMode = outputMode;
  }

  getConfig(): Config {
    return { dtype: this.dtype, preprocessor: serializeKerasObject(this.preprocessor), output_mode: this.outputMode };
  }

  static fromConfig(config: Config): Feature {
    return new Feature(config.dtype as string, config.preprocessor as Config, config.output_mode as FeatureMode);
  }
}

/** Features of a {@link FeatureSpace} that mean something together: each combination of their values is a category of its own. */
export class Cross {
  readonly featureNames: readonly string[];
  readonly crossingDim: number;
  readonly outputMode: "int" | "one_hot";

  /** @throws ValueError for an unknown output mode. */
  constructor(featureNames: readonly string[], crossingDim: number, outputMode: "int" | "one_hot" = "one_hot") {
    checkMode(outputMode, ["int", "one_hot"]);
    this.featureNames = [...featureNames];
    this.crossingDim = crossingDim;
    this.outputMode = outputMode;
  }

  /** The names of its features, joined by `_X_`. */
  get name(): string {
    return this.featureNames.join("_X_");
  }

  getConfig(): Config {
    return { feature_names: [...this.featureNames], crossing_dim: this.crossingDim, output_mode: this.outputMode };
  }

  static fromConfig(config: Config): Cross {
    const { feature_names, crossing_dim, output_mode } = config;
    return new Cross(feature_names as string[], crossing_dim as number, output_mode as "int" | "one_hot");
  }
}

/** Gives back what it gets: the preprocessor of features that need none. */
export class TFDIdentity extends Layer {
  override get placement(): "anywhere" {
    return "anywhere";
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }
}

/** Joins the encoded features. */
export class TFDConcat extends Layer {
  readonly axis: number;

  constructor({ axis = -1, ...options }: LayerOptions & { axis?: number } = {}) {
    super(options);
    this.axis = axis;
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return ops.concatenate(inputs, this.axis);
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}

/** The name of a feature nobody named, and so of its preprocessor. */
export const preprocessorName = (kind: string, name: string | null | undefined): string =>
  `${name ?? autoName(kind)}_preprocessor`;

/** A feature or a cross from its config; others as they are. */
export const revived = (value: unknown): unknown => (isDict(value) ? deserializeKerasObject(value) : value);
