import type { DType } from "../engine/dtype.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as random from "../random/index.js";
import type { Config } from "../saving/serialization.js";
import { RandomInitializer, type RandomInitializerOptions } from "./random.js";

/** Which connections a weight's scale counts. */
export type FanMode = "fan_in" | "fan_out" | "fan_avg";

/** The distribution of a {@link VarianceScaling}. */
export type Distribution = "truncated_normal" | "untruncated_normal" | "uniform" | "normal";

/** Options of the initializers that count connections. */
export interface FanOptions extends RandomInitializerOptions {
  /** Axes whose product is the number of inputs; with `outputAxes`. Default: by the rank of the shape. */
  inputAxes?: readonly number[] | null;
  /** Axes whose product is the number of outputs; with `inputAxes`. */
  outputAxes?: readonly number[] | null;
}

/** Options of {@link VarianceScaling}. */
export interface VarianceScalingOptions extends FanOptions {
  /** A positive factor. Default 1. */
  scale?: number;
  /** Default `"fan_in"`. */
  mode?: FanMode;
  /** Default `"truncated_normal"`; `"normal"` means the same. */
  distribution?: Distribution;
}

const modes = ["fan_in", "fan_out", "fan_avg"];
const distributions = ["uniform", "truncated_normal", "untruncated_normal"];

/** The standard deviation of a normal distribution cut at two deviations. */
const truncatedDeviation = 0.87962566103423978;

/**
 * Random values whose variance is `scale / n`, where n is the number of inputs, of outputs, or their mean.
 *
 * Uniform values lie within √(3·scale/n).
 *
 * @throws ValueError for a scale that is not positive, or an unknown mode or distribution.
 */
export class VarianceScaling extends RandomInitializer {
  readonly scale: number;
  readonly mode: FanMode;
  readonly distribution: Exclude<Distribution, "normal">;
  readonly inputAxes: readonly number[] | null;
  readonly outputAxes: readonly number[] | null;

  constructor(options: VarianceScalingOptions = {}) {
    super(options.seed ?? null);
    const { scale = 1, mode = "fan_in", distribution = "truncated_normal" } = options;
    if (!(scale > 0)) throw new ValueError(`Argument \`scale\` must be positive float. Received: scale=${scale}`);
    if (!modes.includes(mode))
      throw new ValueError(`Invalid \`mode\` argument: ${mode}. Please use one of ${modes.join(", ")}`);
    const lower = String(distribution).toLowerCase();
    const chosen = lower === "normal" ? "truncated_normal" : lower;
    if (!distributions.includes(chosen)) {
      throw new ValueError(
        `Invalid \`distribution\` argument: ${chosen}. Please use one of ${distributions.join(", ")}`,
      );
    }
    this.scale = scale;
    this.mode = mode;
    this.distribution = chosen as Exclude<Distribution, "normal">;
    this.inputAxes = options.inputAxes ?? null;
    this.outputAxes = options.outputAxes ?? null;
  }

  override generate(shape: readonly number[], dtype: DType): Tensor {
    const { fanIn, fanOut } = computeFans(shape, this.inputAxes, this.outputAxes);
    const fan = this.mode === "fan_in" ? fanIn : this.mode === "fan_out" ? fanOut : (fanIn + fanOut) / 2;
    const variance = this.scale / Math.max(1, fan);
    const seed = this.seed;
    if (this.distribution === "uniform") {
      const limit = Math.sqrt(3 * variance);
      return random.uniform(shape, { minval: -limit, maxval: limit, dtype, seed });
    }
    if (this.distribution === "untruncated_normal") {
      return random.normal(shape, { mean: 0, stddev: Math.sqrt(variance), dtype, seed });
    }
    return random.truncatedNormal(shape, { mean: 0, stddev: Math.sqrt(variance) / truncatedDeviation, dtype, seed });
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      scale: this.scale,
      mode: this.mode,
      distribution: this.distribution,
      input_axes: this.inputAxes,
      output_axes: this.outputAxes,
    };
  }
}

/** What the named initializers have in common: a VarianceScaling with its numbers fixed. */
abstract class NamedVarianceScaling extends VarianceScaling {
  override getConfig(): Config {
    const { seed, input_axes, output_axes } = super.getConfig();
    return { seed, input_axes, output_axes };
  }
}

/** Uniform within √(6 / (inputs + outputs)): Glorot and Bengio's (Xavier) uniform initializer. */
export class GlorotUniform extends NamedVarianceScaling {
  constructor(options: FanOptions = {}) {
    super({ ...options, scale: 1, mode: "fan_avg", distribution: "uniform" });
  }
}

/** Truncated normal with variance 2 / (inputs + outputs): Glorot and Bengio's (Xavier) normal initializer. */
export class GlorotNormal extends NamedVarianceScaling {
  constructor(options: FanOptions = {}) {
    super({ ...options, scale: 1, mode: "fan_avg", distribution: "truncated_normal" });
  }
}

/** Truncated normal with variance 1 / inputs. */
export class LecunNormal extends NamedVarianceScaling {
  constructor(options: FanOptions = {}) {
    super({ ...options, scale: 1, mode: "fan_in", distribution: "truncated_normal" });
  }
}

/** Uniform within √(3 / inputs). */
export class LecunUniform extends NamedVarianceScaling {
  constructor(options: FanOptions = {}) {
    super({ ...options, scale: 1, mode: "fan_in", distribution: "uniform" });
  }
}

/** Truncated normal with variance 2 / inputs. */
export class HeNormal extends NamedVarianceScaling {
  constructor(options: FanOptions = {}) {
    super({ ...options, scale: 2, mode: "fan_in", distribution: "truncated_normal" });
  }
}

/** Uniform within √(6 / inputs). */
export class HeUniform extends NamedVarianceScaling {
  constructor(options: FanOptions = {}) {
    super({ ...options, scale: 2, mode: "fan_in", distribution: "uniform" });
  }
}

/**
 * The numbers of inputs and outputs of a kernel: its two axes for matrices; for convolutions the last two, each times the area.
 */
export function computeFans(
  shape: readonly number[],
  inputAxes: readonly number[] | null = null,
  outputAxes: readonly number[] | null = null,
): { fanIn: number; fanOut: number } {
  const product = (dims: readonly number[]): number => dims.reduce((total, d) => total * d, 1);
  if (inputAxes !== null && outputAxes !== null) {
    const pick = (axes: readonly number[]): number => product(axes.map((axis) => shape.at(axis) ?? 1));
    return { fanIn: pick(inputAxes), fanOut: pick(outputAxes) };
  }
  if (shape.length === 0) return { fanIn: 1, fanOut: 1 };
  if (shape.length === 1) return { fanIn: shape[0]!, fanOut: shape[0]! };
  const area = product(shape.slice(0, -2));
  return { fanIn: shape.at(-2)! * area, fanOut: shape.at(-1)! * area };
}
