import { epsilon } from "../engine/config.js";
import type { Tensor } from "../engine/tensor.js";
import type { Config } from "../saving/serialization.js";
import { Constraint } from "./constraint.js";

/** Axes along which norms are computed: 0 for the kernels of `Dense`, `[0, 1, 2]` for those of `Conv2D`. */
export type NormAxis = number | readonly number[];

function normsOf(w: Tensor, axis: NormAxis): Tensor {
  return w.square().sum(axis, { keepdims: true }).sqrt();
}

/** Options of {@link MaxNorm}. */
export interface MaxNormOptions {
  /** The largest norm allowed. Default 2. */
  maxValue?: number;
  /** Default 0. */
  axis?: NormAxis;
}

/** Scales down what has a norm above `maxValue`. @example keras.constraints.MaxNorm(3) */
export class MaxNorm extends Constraint {
  readonly maxValue: number;
  readonly axis: NormAxis;

  constructor(options?: number | MaxNormOptions) {
    super();
    const { maxValue = 2, axis = 0 } = typeof options === "number" ? { maxValue: options } : (options ?? {});
    this.maxValue = maxValue;
    this.axis = axis;
  }

  override project(w: Tensor): Tensor {
    const norms = normsOf(w, this.axis);
    return w.multiply(norms.clip(0, this.maxValue).divide(norms.add(epsilon())));
  }

  override getConfig(): Config {
    return { max_value: this.maxValue, axis: this.axis };
  }
}

/** Options of {@link UnitNorm}. */
export interface UnitNormOptions {
  /** Default 0. */
  axis?: NormAxis;
}

/** Scales every norm to 1. */
export class UnitNorm extends Constraint {
  readonly axis: NormAxis;

  constructor({ axis = 0 }: UnitNormOptions = {}) {
    super();
    this.axis = axis;
  }

  override project(w: Tensor): Tensor {
    return w.divide(normsOf(w, this.axis).add(epsilon()));
  }

  override getConfig(): Config {
    return { axis: this.axis };
  }
}

/** Options of {@link MinMaxNorm}. */
export interface MinMaxNormOptions {
  /** The smallest norm. Default 0. */
  minValue?: number;
  /** The largest norm. Default 1. */
  maxValue?: number;
  /** How strictly: 1 (default) puts norms within the bounds at once, less moves them part of the way. */
  rate?: number;
  /** Default 0. */
  axis?: NormAxis;
}

/** Moves norms into the range from `minValue` to `maxValue`. */
export class MinMaxNorm extends Constraint {
  readonly minValue: number;
  readonly maxValue: number;
  readonly rate: number;
  readonly axis: NormAxis;

  constructor({ minValue = 0, maxValue = 1, rate = 1, axis = 0 }: MinMaxNormOptions = {}) {
    super();
    this.minValue = minValue;
    this.maxValue = maxValue;
    this.rate = rate;
    this.axis = axis;
  }

  override project(w: Tensor): Tensor {
    const norms = normsOf(w, this.axis);
    const desired = norms
      .clip(this.minValue, this.maxValue)
      .multiply(this.rate)
      .add(norms.multiply(1 - this.rate));
    return w.multiply(desired.divide(norms.add(epsilon())));
  }

  override getConfig(): Config {
    return { min_value: this.minValue, max_value: this.maxValue, rate: this.rate, axis: this.axis };
  }
}

/** Replaces negative weights by 0. */
export class NonNeg extends Constraint {
  override project(w: Tensor): Tensor {
    return w.maximum(0);
  }
}
