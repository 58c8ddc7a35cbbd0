import type { KerasTensor } from "../engine/keras-tensor.js";
import type { Structure } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import type { LayerOptions } from "../layers/layer.js";

/** Symbolic tensors in the structure in which a model takes or gives them: one, a list, a dict, or these nested. */
export type SymbolicStructure = Structure<KerasTensor>;

/** Models whose outputs are not known to the type give what their users say. */
// biome-ignore lint/suspicious/noExplicitAny: a subclass writes `call`; its results are used without casts.
type Unknown = any;

/** What a model computes: its symbolic outputs with each replaced by a tensor. A list of one output is that output. */
export type Computed<O> = 0 extends 1 & O ? Unknown : O extends readonly [infer Only] ? Replaced<Only> : Replaced<O>;

type Replaced<O> = 0 extends 1 & O
  ? Unknown
  : O extends KerasTensor
    ? Tensor
    : O extends readonly unknown[]
      ? { -readonly [K in keyof O]: Replaced<O[K]> }
      : O extends object
        ? { -readonly [K in keyof O]: Replaced<O[K]> }
        : Tensor;

/** What a model gives when it is called on symbolic tensors: tensors in the structure of its outputs. */
export type Recorded<O> = 0 extends 1 & O
  ? Unknown
  : O extends KerasTensor
    ? KerasTensor
    : O extends object
      ? { -readonly [K in keyof O]: Recorded<O[K]> }
      : KerasTensor;

/** The symbolic inputs or outputs of a model as they were given. */
export type AsGiven<T> = [T] extends [SymbolicStructure] ? T : SymbolicStructure;

/** Options of models. */
export type ModelOptions = Pick<LayerOptions, "name" | "trainable" | "dtype">;
