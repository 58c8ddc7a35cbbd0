import { KerasTensor } from "../engine/keras-tensor.js";
import { getMask, masksOf, setMask } from "../engine/mask.js";
import { flatten, type Structure, visit } from "../engine/nest.js";
import type { Kwargs } from "../engine/node.js";
import { Tensor } from "../engine/tensor.js";

/** A mask as it stands among named arguments: a tensor, a structure of them like that of the argument, or nothing. */
export type Masks = Structure<Tensor | KerasTensor | null> | null;

/** Whether an argument holds a tensor. */
function holdsTensor(value: unknown): boolean {
  let found = false;
  visit(value, (leaf) => {
    found ||= leaf instanceof Tensor || leaf instanceof KerasTensor;
  });
  return found;
}

/**
 * The named arguments of a call with the masks that its tensors carry, by Keras's rule: `mask` where one argument holds tensors; where
 * several do, `queryMask` for the argument `query` of a class that names several. What the caller gave stays. Gives `kwargs` itself back
 * when there is nothing to add.
 *
 * @param names The names of the positional arguments.
 */
export function fillMasks(args: readonly unknown[], kwargs: Kwargs, names: readonly string[]): Kwargs {
  const masks = masksOf([args, kwargs]);
  if (masks === null) return kwargs;
  const [positional, named] = masks as unknown as [readonly Masks[], Readonly<Record<string, Masks>>];
  const withTensors = [...args, ...Object.values(kwargs)].filter(holdsTensor).length;
  if (withTensors === 1) {
    const mask = kwargs.mask == null ? masksOf([...args, ...Object.values(kwargs)].find(holdsTensor)) : null;
    return mask === null ? kwargs : { ...kwargs, mask };
  }
  // A layer that names one argument has no use for a mask by that name.
  if (names.length < 2) return kwargs;
  const added: Record<string, unknown> = {};
  names.forEach((name, i) => {
    const mask = i < args.length ? positional[i] : named[name];
    if (hasMask(mask) && kwargs[`${name}Mask`] == null) added[`${name}Mask`] = mask;
  });
  return Object.keys(added).length === 0 ? kwargs : { ...kwargs, ...added };
}

/** Whether there is a mask anywhere in the structure. */
export function hasMask(masks: unknown): boolean {
  let found = false;
  visit(masks, (leaf) => {
    found ||= leaf != null;
  });
  return found;
}

/** The mask before a layer: the `mask` it was given, else those its first argument carries. */
export function previousMask(args: readonly unknown[], kwargs: Kwargs): Masks {
  return (kwargs.mask as Masks | undefined) ?? masksOf(args[0]);
}

/** Lets outputs carry the masks computed for them, unless the call itself gave them some. */
export function setMasks(outputs: unknown, computed: () => unknown): void {
  const tensors = flatten<unknown>(outputs as Structure<unknown>);
  if (tensors.every((tensor) => getMask(tensor) !== undefined)) return;
  const masks = computed();
  if (masks == null) return;
  const flat = flatten<unknown>(masks as Structure<unknown>);
  tensors.forEach((tensor, i) => {
    const mask = flat[i];
    if (mask == null || typeof tensor !== "object" || tensor === null || getMask(tensor) !== undefined) return;
    setMask(tensor, mask as Tensor);
  });
}

/** Whether Keras writes the mask of a symbolic call into the graph: it does for calls on one tensor of the layer's dtype and nothing else. */
export function isPlainCall(args: readonly unknown[], kwargs: Kwargs, dtype: string): boolean {
  const [first] = args;
  return args.length === 1 && Object.keys(kwargs).length === 0 && first instanceof KerasTensor && first.dtype === dtype;
}

/** Arguments with `mask` behind a getter, which tells whether the call reads it: JavaScript cannot look into signatures. */
export function watchMask(kwargs: Kwargs, read: () => void): Kwargs {
  const { mask, ...rest } = kwargs;
  return Object.defineProperty({ ...rest }, "mask", {
    enumerable: true,
    get: () => {
      read();
      return mask;
    },
  });
}
