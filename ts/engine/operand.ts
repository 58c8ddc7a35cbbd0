import type { TypedArray } from "./dtype.js";
import type { KerasTensor } from "./keras-tensor.js";
import type { Tensor } from "./tensor.js";
import type { Variable } from "./variable.js";

/** Numbers or booleans in arrays of arrays; every row of a level has the same length. */
export type NestedArray = readonly (number | bigint | boolean | NestedArray)[];

/** Everything that has a value now: what `ops.convertToTensor` takes. */
export type TensorLike = Tensor | Variable | number | boolean | NestedArray | TypedArray;

/** Everything an op takes. With a {@link KerasTensor} among its arguments it records; otherwise it computes. */
export type Operand = TensorLike | KerasTensor;

/** 2: certainly a KerasTensor; 1: perhaps; 0: certainly not. `any` counts as not, so that it ends in a Tensor. */
type Kind<T> = 0 extends 1 & T
  ? 0
  : [T] extends [never]
    ? 0
    : [T] extends [KerasTensor]
      ? 2
      : [Extract<T, KerasTensor>] extends [never]
        ? 0
        : 1;

type FromKinds<K> = 2 extends K ? KerasTensor : 1 extends K ? Tensor | KerasTensor : Tensor;

/** What an op gives for the operands it got: a KerasTensor if any of them is one, else a Tensor. */
export type Result<A, B = 0, C = 0> = FromKinds<Kind<A> | Kind<B> | Kind<C>>;

/** An axis, several, or `null` for all of them. */
export type Axis = number | readonly number[] | null;
