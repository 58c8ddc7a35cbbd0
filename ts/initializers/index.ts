/** `keras.initializers`: the first values of weights. */

import { callable } from "../engine/callable.js";
import type { DType } from "../engine/dtype.js";
import { isDict } from "../engine/nest.js";
import type { NestedArray } from "../engine/operand.js";
import { checkKnownShape, formatShape, sameShape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { identifiers, unknownIdentifier } from "../saving/identifiers.js";
import { type CustomObjects, findCustom, registerModule } from "../saving/registry.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import * as constant from "./constant.js";
import { Initializer, type InitializerCallOptions } from "./initializer.js";
import * as orthogonal from "./orthogonal.js";
import * as random from "./random.js";
import { STFT as STFTClass } from "./stft.js";
import * as scaling from "./variance-scaling.js";

export type { IdentityOptions } from "./constant.js";
export { Initializer, type InitializerCallOptions } from "./initializer.js";
export type { OrthogonalOptions } from "./orthogonal.js";
export type { NormalOptions, RandomInitializerOptions, Seed, UniformOptions } from "./random.js";
export type { STFTOptions } from "./stft.js";
export type { Distribution, FanMode, FanOptions, VarianceScalingOptions } from "./variance-scaling.js";

/** A function that can stand for an initializer. */
export type InitializerFunction = (shape: readonly number[], options: InitializerCallOptions) => Tensor;

/** An initializer that is asked for a weight, whose dtype it is told. */
type WeightFunction = (shape: readonly number[], options: { readonly dtype: DType }) => Tensor;

/** What layers accept as an initializer: an instance, a class, a name, a config, a function, or a tensor of the right shape. */
export type InitializerLike = Initializer | WeightFunction | (new () => Initializer) | string | Config | Tensor;

const classes = {
  Constant: constant.Constant,
  Identity: constant.Identity,
  Ones: constant.Ones,
  Zeros: constant.Zeros,
  GlorotNormal: scaling.GlorotNormal,
  GlorotUniform: scaling.GlorotUniform,
  HeNormal: scaling.HeNormal,
  HeUniform: scaling.HeUniform,
  LecunNormal: scaling.LecunNormal,
  LecunUniform: scaling.LecunUniform,
  Orthogonal: orthogonal.Orthogonal,
  RandomNormal: random.RandomNormal,
  RandomUniform: random.RandomUniform,
  STFT: STFTClass,
  TruncatedNormal: random.TruncatedNormal,
  VarianceScaling: scaling.VarianceScaling,
};
registerModule("keras.initializers", classes);

const byName = identifiers<new () => Initializer>(classes, {
  IdentityInitializer: constant.Identity,
  STFTInitializer: STFTClass,
  normal: random.RandomNormal,
  OrthogonalInitializer: orthogonal.Orthogonal,
  one: constant.Ones,
  uniform: random.RandomUniform,
  zero: constant.Zeros,
});

export const Constant = callable(constant.Constant);
export type Constant = constant.Constant;
export const Identity = callable(constant.Identity);
export type Identity = constant.Identity;
export const Ones = callable(constant.Ones);
export type Ones = constant.Ones;
export const Zeros = callable(constant.Zeros);
export type Zeros = constant.Zeros;
export const GlorotNormal = callable(scaling.GlorotNormal);
export type GlorotNormal = scaling.GlorotNormal;
export const GlorotUniform = callable(scaling.GlorotUniform);
export type GlorotUniform = scaling.GlorotUniform;
export const HeNormal = callable(scaling.HeNormal);
export type HeNormal = scaling.HeNormal;
export const HeUniform = callable(scaling.HeUniform);
export type HeUniform = scaling.HeUniform;
export const LecunNormal = callable(scaling.LecunNormal);
export type LecunNormal = scaling.LecunNormal;
export const LecunUniform = callable(scaling.LecunUniform);
export type LecunUniform = scaling.LecunUniform;
export const Orthogonal = callable(orthogonal.Orthogonal);
export type Orthogonal = orthogonal.Orthogonal;
export const RandomNormal = callable(random.RandomNormal);
export type RandomNormal = random.RandomNormal;
export const RandomUniform = callable(random.RandomUniform);
export type RandomUniform = random.RandomUniform;
export const STFT = callable(STFTClass);
export type STFT = STFTClass;
export const TruncatedNormal = callable(random.TruncatedNormal);
export type TruncatedNormal = random.TruncatedNormal;
export const VarianceScaling = callable(scaling.VarianceScaling);
export type VarianceScaling = scaling.VarianceScaling;

/** Keras's other names of the same classes. */
export {
  Constant as constant,
  GlorotNormal as glorotNormal,
  GlorotUniform as glorotUniform,
  HeNormal as heNormal,
  HeUniform as heUniform,
  Identity as IdentityInitializer,
  Identity as identity,
  LecunNormal as lecunNormal,
  LecunUniform as lecunUniform,
  Ones as ones,
  Orthogonal as OrthogonalInitializer,
  Orthogonal as orthogonal,
  RandomNormal as randomNormal,
  RandomUniform as randomUniform,
  STFT as STFTInitializer,
  STFT as stft,
  TruncatedNormal as truncatedNormal,
  VarianceScaling as varianceScaling,
  Zeros as zeros,
};

/**
 * The initializer for a name (`"glorot_uniform"`, `"GlorotUniform"`, `"zeros"`…), config, class, function, tensor or instance.
 *
 * @returns `null` for `null`.
 * @throws ValueError for an unknown name, offering the closest ones; InvalidTypeError for anything else.
 */
export function get(identifier: InitializerLike): Initializer | InitializerFunction;
export function get(identifier: InitializerLike | null | undefined): Initializer | InitializerFunction | null;
export function get(identifier: InitializerLike | null | undefined): Initializer | InitializerFunction | null {
  if (identifier == null) return null;
  if (identifier instanceof Initializer) return identifier;
  if (identifier instanceof Tensor) return fromTensor(identifier);
  if (typeof identifier === "string") {
    const custom = findCustom(identifier);
    if (custom !== undefined) return get(custom as InitializerLike);
    const type = byName.get(identifier);
    if (type === undefined) throw unknownIdentifier("initializer", identifier, byName.keys());
    return new type();
  }
  if (isDict(identifier)) return get(deserialize(identifier));
  if (typeof identifier !== "function") {
    throw new InvalidTypeError(
      `Could not interpret initializer identifier: ${String(identifier)}. Expected a name, an initializer, or a function of shape and dtype.`,
    );
  }
  if (isClass(identifier)) return new identifier();
  return identifier as InitializerFunction;
}

function isClass(value: unknown): value is new () => Initializer {
  return typeof value === "function" && (value.prototype as unknown) instanceof Initializer;
}

function fromTensor(values: Tensor): InitializerFunction {
  return (shape, { dtype }) => {
    const asked = checkKnownShape(shape, "initializer");
    if (!sameShape(asked, values.shape)) {
      throw new ValueError(
        `Expected \`shape\` to be ${formatShape(values.shape)} for direct tensor as initializer. Received shape=${formatShape(asked)}`,
      );
    }
    return dtype == null ? values : values.astype(dtype);
  };
}

/**
 * An initializer that counts these axes as inputs and outputs, if it counts any and was not told which.
 */
export function withAxes(
  initializer: Initializer | InitializerFunction,
  inputAxes: readonly number[],
  outputAxes: readonly number[],
): Initializer | InitializerFunction {
  if (!(initializer instanceof scaling.VarianceScaling)) return initializer;
  if (initializer.inputAxes !== null && initializer.outputAxes !== null) return initializer;
  const type = initializer.constructor as new (options: scaling.VarianceScalingOptions) => Initializer;
  const { scale, mode, distribution, seed } = initializer;
  return new type({ scale, mode, distribution, seed, inputAxes, outputAxes });
}

/** The same initializer again, with a seed of its own unless it was given one: an instance repeats its values at every call. */
export function renewed(initializer: Initializer | InitializerFunction): Initializer | InitializerFunction {
  if (!(initializer instanceof Initializer)) return initializer;
  return (initializer.constructor as typeof Initializer & (new () => Initializer)).fromConfig(initializer.getConfig());
}

/** The config of an initializer, as Keras writes it. */
export function serialize(initializer: Initializer | InitializerFunction | null): unknown {
  return serializeKerasObject(initializer);
}

/** The initializer of a config. Classes of one's own are found in `customObjects` by name. */
export function deserialize(config: Config, customObjects: CustomObjects = {}): Initializer {
  return deserializeKerasObject({ module: "keras.initializers", ...config }, { customObjects }) as Initializer;
}

/** A number or nested numbers, as `Constant` takes. */
export type ConstantValue = number | boolean | NestedArray;
