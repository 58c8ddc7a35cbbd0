import { describe } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import type { Config } from "../saving/serialization.js";
import { Regularizer } from "./regularizer.js";

/** Options of {@link L1}. */
export interface L1Options {
  /** The factor. Default 0.01. */
  l1?: number | null;
}

/** `l1 · Σ|x|`. Default factor 0.01. @example keras.regularizers.L1(1e-4) */
export class L1 extends Regularizer {
  readonly l1: number;

  /** @throws ValueError for a factor that is negative or not finite. */
  constructor(options?: number | L1Options) {
    super();
    this.l1 = checkFactor(typeof options === "number" ? options : (options?.l1 ?? 0.01), "l1");
  }

  override penalty(x: Tensor): Tensor {
    return x.abs().sum().multiply(this.l1);
  }

  override getConfig(): Config {
    return { l1: this.l1 };
  }
}

/** Options of {@link L2}. */
export interface L2Options {
  /** The factor. Default 0.01. */
  l2?: number | null;
}

/** `l2 · Σx²`. Default factor 0.01. @example keras.regularizers.L2(1e-4) */
export class L2 extends Regularizer {
  readonly l2: number;

  /** @throws ValueError for a factor that is negative or not finite. */
  constructor(options?: number | L2Options) {
    super();
    this.l2 = checkFactor(typeof options === "number" ? options : (options?.l2 ?? 0.01), "l2");
  }

  override penalty(x: Tensor): Tensor {
    return x.square().sum().multiply(this.l2);
  }

  override getConfig(): Config {
    return { l2: this.l2 };
  }
}

/** Options of {@link L1L2}. */
export interface L1L2Options {
  /** Factor of Σ|x|. Default 0. */
  l1?: number | null;
  /** Factor of Σx². Default 0. */
  l2?: number | null;
}

/** `l1 · Σ|x| + l2 · Σx²`. Both factors are 0 by default. */
export class L1L2 extends Regularizer {
  readonly l1: number;
  readonly l2: number;

  /** @throws ValueError for a factor that is negative or not finite. */
  constructor({ l1 = 0, l2 = 0 }: L1L2Options = {}) {
    super();
    this.l1 = checkFactor(l1 ?? 0, "l1");
    this.l2 = checkFactor(l2 ?? 0, "l2");
  }

  override penalty(x: Tensor): Tensor {
    const parts: Tensor[] = [];
    if (this.l1 !== 0) parts.push(x.abs().sum().multiply(this.l1));
    if (this.l2 !== 0) parts.push(x.square().sum().multiply(this.l2));
    return parts.length === 0 ? x.sum().multiply(0) : parts.reduce((a, b) => a.add(b));
  }

  override getConfig(): Config {
    return { l1: this.l1, l2: this.l2 };
  }
}

/** A factor that can weigh a penalty. @throws ValueError for a factor that is negative or not finite. */
export function checkFactor(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new ValueError(
      `Invalid value for argument ${name}: expected a non-negative float. Received: ${name}=${describe(value)}`,
    );
  }
  return value;
}
