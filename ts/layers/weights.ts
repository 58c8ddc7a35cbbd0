import { toTensor } from "../engine/convert.js";
import { isTypedArray, type TypedArray } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";

/** The value of a weight: anything with its shape, or a typed array with its number of elements. */
export type WeightValue = TensorLike | TypedArray;

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
