import * as activations from "../activations/index.js";
import { imageDataFormat } from "../engine/config.js";
import { describe, formatShape, type Shape, sameShape } from "../engine/shape.js";
import { ValueError } from "../errors.js";
import type { ActivationLike } from "../layers/index.js";
import type { Settings } from "./application.js";

/** @throws ValueError unless the activation is none or softmax, which the trained weights are for. */
export function checkClassifierActivation(title: string, activation: ActivationLike): void {
  if (activation === null || activation === "linear" || activation === "softmax") return;
  if (activation === activations.softmax || activation === activations.linear) return;
  throw new ValueError(
    `${title}: with trained weights and includeTop, \`classifierActivation\` must be null or "softmax". ` +
      `Received: classifierActivation=${describe(activation)}`,
  );
}

/** The axes of height, width and channels in the shape of a picture. */
export function pictureAxes(): { rows: number; columns: number; channels: number } {
  return imageDataFormat() === "channels_first"
    ? { rows: 1, columns: 2, channels: 0 }
    : { rows: 0, columns: 1, channels: 2 };
}

/** The shape of a picture with so many rows, columns and channels. */
export function pictureShape(rows: number | null, columns: number | null, channels: number | null): Shape {
  return imageDataFormat() === "channels_first" ? [channels, rows, columns] : [rows, columns, channels];
}

/**
 * The shape of a picture: the given one if it can be, else the one that the network was designed for, or any size where there is no top.
 *
 * @throws ValueError for a shape with other than three dimensions, one that is too small, and one that does not go with the weights.
 */
export function obtainInputShape(title: string, settings: Settings, size: number, minSize: number): Shape {
  const { inputShape, weights, includeTop } = settings;
  const { rows, columns, channels } = pictureAxes();
  if (inputShape !== null && inputShape.length !== 3) {
    throw new ValueError(`${title}: \`inputShape\` must have three dimensions. Received: ${describe(inputShape)}`);
  }
  const given = inputShape?.[channels] ?? null;
  if (weights === "imagenet" && includeTop) {
    const designed = pictureShape(size, size, 3);
    if (inputShape === null || sameShape(inputShape, designed)) return designed;
    throw new ValueError(
      `${title}: with weights="imagenet" and includeTop, \`inputShape\` must be ${formatShape(designed)}. ` +
        `Received: ${formatShape(inputShape)}`,
    );
  }
  if (inputShape === null) return includeTop ? pictureShape(size, size, 3) : pictureShape(null, null, 3);
  if (weights === "imagenet" && given !== 3) {
    throw new ValueError(
      `${title}: weights="imagenet" needs pictures with 3 channels. Received: inputShape=${formatShape(inputShape)}`,
    );
  }
  if ([inputShape[rows], inputShape[columns]].some((d) => typeof d === "number" && d < minSize)) {
    throw new ValueError(
      `${title}: pictures must be at least ${minSize}x${minSize}. Received: inputShape=${formatShape(inputShape)}`,
    );
  }
  if (includeTop && inputShape.includes(null)) {
    throw new ValueError(
      `${title}: with includeTop, \`inputShape\` must be known in full. Received: ${formatShape(inputShape)}`,
    );
  }
  return inputShape;
}

/** @throws ValueError where a symbolic input and a shape are given that differ in the width. */
export function checkSameSize(title: string, { inputTensor, inputShape }: Settings): void {
  if (inputTensor === null || inputShape === null) return;
  const { columns } = pictureAxes();
  if (inputTensor.shape[columns + 1] === inputShape[columns]) return;
  throw new ValueError(
    `${title}: \`inputShape\` must be that of \`inputTensor\`. Received: inputShape=${formatShape(inputShape)}, ` +
      `inputTensor of shape ${formatShape(inputTensor.shape)}`,
  );
}
