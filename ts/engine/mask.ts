import type { KerasTensor } from "./keras-tensor.js";
import { mapStructure, type Structure, visit } from "./nest.js";
import { sameOnTapes } from "./tapes.js";
import { Tensor } from "./tensor.js";

/** The masks that tensors carry, as Keras's `_keras_mask` attribute. A mask lives as long as its tensor. */
const masks = new WeakMap<object, object>();
/** Whether any tensor ever carried one: most programs have none, and every call of a layer would look for some. */
let used = false;

/** The mask a tensor carries: true where a value counts. That of a symbolic tensor is symbolic. */
export function getMask<T = Tensor>(tensor: unknown): T | undefined {
  if (!used || typeof tensor !== "object" || tensor === null) return undefined;
  return masks.get(tensor) as T | undefined;
}

/** Lets `tensor` carry `mask` and returns the tensor. */
export function setMask<T extends object>(tensor: T, mask: Tensor | KerasTensor): T {
  used = true;
  masks.set(tensor, mask);
  return tensor;
}

/** A tensor with the same value that carries `mask`; the caller's own tensor stays as it is. */
export function withMask(tensor: Tensor, mask: Tensor): Tensor {
  return setMask(again(tensor), mask);
}

/** The same tensor without its mask, for layers inside a layer that has seen to the mask itself. */
export function withoutMask(tensor: Tensor): Tensor {
  if (getMask(tensor) === undefined) return tensor;
  return again(tensor);
}

function again(tensor: Tensor): Tensor {
  const { spec, trace, id } = tensor;
  return sameOnTapes(tensor, new Tensor(spec, trace === null ? tensor.storage : null, trace, id));
}

/** Lets `to` carry what `from` carries, where an op changed nothing that a mask depends on (a cast, say). */
export function keepMask<T extends object>(from: unknown, to: T): T {
  const mask = getMask(from);
  return mask === undefined ? to : setMask(to, mask);
}

/** The masks of the tensors in a structure, `null` for those without; `null` altogether when no tensor has one. */
export function masksOf(structure: unknown): Structure<Tensor | KerasTensor | null> | null {
  if (!used) return null;
  let some = false;
  visit(structure, (leaf) => {
    some ||= getMask(leaf) !== undefined;
  });
  return some ? mapStructure(structure as Structure<unknown>, (leaf) => getMask<Tensor>(leaf) ?? null) : null;
}
