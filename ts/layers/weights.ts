import { toTensor } from "../engine/convert.js";
import { isTypedArray, type TypedArray } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** The value of a weight: anything with its shape, or a typed array with its number of elements. */
export type WeightValue = TensorLike | TypedArray;

/** What a file keeps of one layer: tensors by name, for weights usually their numbers. */
export interface Store {
  [name: string]: Tensor;
}

/** The `loadOwnVariables` that assign `"0"`, `"1"`, … to `filedVariables`: what they will do can be checked before. */
export const numberedLoads = new Set<unknown>();

/** Assigns the tensors `"0"`, `"1"`, … of a store. @throws ValueError unless there is one for each weight, of its shape. */
export function assignStored(layer: StoredLayer, weights: readonly Variable[], store: Readonly<Store>): void {
  const count = Object.keys(store).length;
  if (count !== weights.length) {
    throw new ValueError(
      `Layer "${layer.name}" (${layer.className}) expected ${weights.length} variables ` +
        `[${weights.map(({ name }) => name).join(", ")}], but received ${count} during loading` +
        `${weights.length === 0 && !layer.built ? "; it was never built and has no variables" : ""}.`,
    );
  }
  const values = weights.map((_, i) => {
    const value = store[i];
    if (value !== undefined) return value;
    throw new ValueError(`Layer "${layer.name}" (${layer.className}): there is no variable "${i}" in what is loaded.`);
  });
  assignWeights(layer.name, weights, values);
}

/** What errors say of a layer. */
interface StoredLayer {
  readonly name: string;
  readonly className: string;
  readonly built: boolean;
}

/**
 * Assigns values to weights; nothing changes unless all of them fit.
 *
 * @throws ValueError for the wrong number of values or a wrong shape, naming the layer.
 */
export function assignWeights(layerName: string, weights: readonly Variable[], values: readonly WeightValue[]): void {
  if (!Array.isArray(values)) {
    throw new InvalidTypeError(
      `You called \`setWeights(weights)\` on layer "${layerName}" with something that is no list.`,
    );
  }
  if (weights.length !== values.length) {
    throw new ValueError(
      `You called \`setWeights(weights)\` on layer "${layerName}" with a weight list of length ${values.length}, ` +
        `but the layer was expecting ${weights.length} weights.`,
    );
  }
  const checked = weights.map((weight, i) => matching(layerName, weight, values[i]!));
  checked.forEach((value, i) => {
    weights[i]!.assign(value);
  });
}

function matching(layerName: string, weight: Variable, value: WeightValue): Tensor {
  const made = toTensor(value, undefined, `Layer "${layerName}" setWeights`);
  if (isTypedArray(value) && made.size === weight.size) return made.reshape(weight.shape);
  if (!sameShape(made.shape, weight.shape)) {
    throw new ValueError(
      `Layer ${layerName} weight shape ${formatShape(weight.shape)} is not compatible with provided weight shape ` +
        `${formatShape(made.shape)} (weight "${weight.path}").`,
    );
  }
  return made;
}
