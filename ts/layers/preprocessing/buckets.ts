import { isFloat } from "../../engine/dtype.js";
import type { TensorLike } from "../../engine/operand.js";
import { describe } from "../../engine/shape.js";
import { isStrings, StringTensor, toStrings } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { NotImplementedError, ValueError } from "../../errors.js";
import * as ops from "../../ops/index.js";
import { fingerprint64 } from "./farmhash.js";
import { siphash } from "./siphash.js";

/** Two words that make a hash one's own. */
export type Salt = readonly [number | bigint, number | bigint];

/** What is given for a salt: two integers, or one that stands for both. */
export type SaltLike = number | bigint | readonly (number | bigint)[];

/** @throws ValueError unless it is one integer or two. */
export function resolveSalt(salt: SaltLike | null | undefined, className: string): Salt | null {
  if (salt == null) return null;
  const pair = Array.isArray(salt) ? (salt as unknown[]) : [salt, salt];
  if (pair.length === 2 && pair.every((word) => typeof word === "bigint" || Number.isInteger(word)))
    return pair as unknown as Salt;
  throw new ValueError(
    `The \`salt\` argument for \`${className}\` can only be a tuple of size 2 integers, or a single integer. Received: salt=${describe(salt)}.`,
  );
}

const utf8 = new TextEncoder();

/** The bucket of a text: FarmHash's fingerprint modulo the number of buckets, or SipHash's where there is a salt. */
export function bucketOf(text: string, buckets: number, salt: Salt | null): number {
  const bytes = utf8.encode(text);
  const hash = salt === null ? fingerprint64(bytes) : siphash(bytes, [BigInt(salt[0]), BigInt(salt[1])]);
  return Number(hash % BigInt(buckets));
}

/** Strings, or tensors of numbers, as layers take them that hash: whole numbers in nested arrays keep all their digits. */
export function toCategories(value: unknown, who: string): StringTensor | Tensor {
  if (isStrings(value)) return toStrings(value, who);
  const wide = Array.isArray(value) ? leaves(value).every(Number.isInteger) : Number.isInteger(value);
  return ops.convertToTensor(value as TensorLike, wide ? "int64" : undefined, who);
}

const leaves = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(leaves) : [value]);

/**
 * The elements as texts: integers in decimal, floats as the integer without their fraction, booleans as `true` and `false`.
 *
 * @throws NotImplementedError inside a model, where there are no values to hash.
 */
export function textsOf(x: StringTensor | Tensor, who: string): readonly string[] {
  if (x instanceof StringTensor) return x.values;
  refuseTraced(x, who);
  return Array.from(x.dataSync() as ArrayLike<number | bigint>, (value) => {
    if (x.dtype === "bool") return Number(value) === 0 ? "false" : "true";
    return isFloat(x.dtype) ? BigInt(Math.trunc(Number(value))).toString() : value.toString();
  });
}

/** @throws NotImplementedError for a tensor inside a model: categories are hashed as texts, before a model gets them. */
export function refuseTraced(x: Tensor, who: string): void {
  if (x.isConcrete) return;
  throw new NotImplementedError(
    `${who}: what hashes texts works on data, so in a model it must come first, and not inside other layers. ` +
      "Or apply it to the data and give the model its result.",
  );
}
