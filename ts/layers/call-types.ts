import type { KerasTensor } from "../engine/keras-tensor.js";
import type { StringTensor } from "../engine/string-tensor.js";
import type { Tensor } from "../engine/tensor.js";

/** What the `call` of a layer returns: a tensor, or a list or dict of them. No promise: a call is recorded while it runs. */
export type LayerOutputs = object & { then?: never };

/** Of layers of which the type knows nothing more, the results are used without casts. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Unknown = any;

/** What a layer gives for tensors, from what its `call` returns: lists and dicts as they are; where it may be one tensor, one tensor. */
export type Outputs<R> = LayerOutputs extends R ? Unknown : Tensor extends R ? Tensor : R extends Tensor ? Tensor : R;

/** What a layer gives for symbolic tensors. */
export type SymbolicOutputs<R> = LayerOutputs extends R ? Unknown : Tensor extends R ? KerasTensor : Symbolic<R>;

type Symbolic<R> = R extends Tensor | StringTensor
  ? KerasTensor
  : R extends object
    ? { -readonly [K in keyof R]: Symbolic<R[K]> }
    : R;
