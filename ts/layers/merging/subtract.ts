import type { KerasTensor } from "../../engine/keras-tensor.js";
import type { Tensor } from "../../engine/tensor.js";
import { ValueError } from "../../errors.js";
import type { ShapeStructure } from "../call-arguments.js";
import type { LayerOptions } from "../layer.js";
import { listOfShapes, Merge, shapeText } from "./merge.js";

/** The first of two tensors minus the second. Source: `keras.layers.Subtract`. */
export class Subtract extends Merge {
  /** @throws ValueError unless there are exactly two inputs. */
  override build(inputShape: ShapeStructure): void {
    super.build(inputShape);
    if (listOfShapes(inputShape)?.length !== 2) {
      throw new ValueError(
        `A \`Subtract\` layer should be called on exactly 2 inputs. Received: input_shape=${shapeText(inputShape)}`,
      );
    }
  }

  protected override merge(inputs: readonly Tensor[]): Tensor {
    if (inputs.length !== 2) {
      throw new ValueError(`A \`Subtract\` layer should be called on exactly 2 inputs. Received ${inputs.length}.`);
    }
    return inputs[0]!.subtract(inputs[1]!);
  }
}

/** The first of two tensors minus the second, as a layer of its own. */
export function subtract(inputs: readonly KerasTensor[], options?: LayerOptions): KerasTensor;
export function subtract(inputs: readonly Tensor[], options?: LayerOptions): Tensor;
export function subtract(
  inputs: readonly KerasTensor[] | readonly Tensor[],
  options: LayerOptions = {},
): KerasTensor | Tensor {
  return new Subtract(options)(inputs as readonly KerasTensor[]);
}
