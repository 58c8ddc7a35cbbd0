import type { Tensor } from "../engine/tensor.js";

/** Masks carried by tensors, as Keras's `_keras_mask` attribute; a mask lives as long as its tensor. */
const masks = new WeakMap<object, Tensor>();

/** The mask a tensor carries: true where a value counts. */
export function getMask(tensor: unknown): Tensor | undefined {
  return typeof tensor === "object" && tensor !== null ? masks.get(tensor) : undefined;
}

/** Lets `tensor` carry `mask` and returns the tensor. */
export function setMask<T extends object>(tensor: T, mask: Tensor): T {
  masks.set(tensor, mask);
  return tensor;
}
