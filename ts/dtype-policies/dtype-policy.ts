import { inspect } from "node:util";
import { floatx } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError, NotImplementedError } from "../errors.js";
import type { Config } from "../saving/serialization.js";

/** The name of the global policy, once it is set. */
let globalName: string | null = null;

/** Policies that compute in another dtype than they keep weights in. */
const mixed: Readonly<Record<string, DType>> = { mixed_float16: "float16", mixed_bfloat16: "bfloat16" };
/** Beginnings of the names of policies with weights in 8 or 4 bits. */
const quantized = /^(int8|int4|float8|gptq|awq)_/;

/**
 * In which dtype a layer computes and in which it keeps its weights.
 *
 * A dtype's name means both; `"mixed_float16"` and `"mixed_bfloat16"` mean 16 bits for computing and float32 for weights, which layers
 * read in 16 bits where they compute with them.
 *
 * @example layers.Dense(2, { dtype: keras.DTypePolicy("float64") })
 * Source: `keras.DTypePolicy`.
 */
export class DTypePolicy {
  readonly name: string;
  /** The dtype of computations, and that inputs are cast to. */
  readonly computeDtype: DType;
  /** The dtype of weights. */
  readonly variableDtype: DType;

  /**
   * @param name Default: that of the global policy, `keras.config.dtypePolicy()`.
   * @param who Whom errors name.
   * @param shown The name that a policy made of others has.
   * @throws InvalidTypeError for what is no dtype; NotImplementedError for weights in 8 or 4 bits.
   */
  constructor(name: string = globalName ?? floatx(), who = "DTypePolicy", shown = name) {
    if (typeof name !== "string") {
      throw new InvalidTypeError(`${who}: expected a dtype such as "float32", got ${describe(name)}.`);
    }
    if (quantized.test(name)) {
      throw new NotImplementedError(
        `${who}: "${name}": weights in 8 or 4 bits are not part of this package. Use "float32".`,
      );
    }
    this.name = shown;
    const half = mixed[name];
    this.computeDtype = half ?? asDType(name, who);
    this.variableDtype = half === undefined ? this.computeDtype : "float32";
  }

  /** Always `null`: there are no weights in 8 or 4 bits here. */
  get quantizationMode(): null {
    return null;
  }

  /** The policy that holds for a layer of this path: this one, unless there are several. */
  policyOf(_path: string | null): DTypePolicy {
    return this;
  }

  getConfig(): Config {
    return { name: this.name };
  }

  static fromConfig(config: Config): DTypePolicy {
    return new DTypePolicy(config.name as string);
  }

  toString(): string {
    return `<DTypePolicy "${this.name}">`;
  }

  /** @internal What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }
}

/** The policy of layers that are made without a `dtype`: that of `floatx()` unless {@link setDtypePolicy} changed it. */
export function dtypePolicy(): DTypePolicy {
  return new DTypePolicy();
}

/**
 * Sets {@link dtypePolicy}, by a policy or its name, for layers that are made from now on.
 *
 * @throws InvalidTypeError for what is no policy.
 */
export function setDtypePolicy(policy: string | DTypePolicy): void {
  globalName = (policy instanceof DTypePolicy ? policy : new DTypePolicy(policy, "setDtypePolicy")).name;
}
