import { readFile } from "node:fs/promises";
import { floatx } from "../engine/config.js";
import { toTensor } from "../engine/convert.js";
import { checkDataFormat, type DataFormat } from "../engine/data-format.js";
import { isFloat } from "../engine/dtype.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import type { TensorLike } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { ValueError } from "../errors.js";
import * as ops from "../ops/index.js";
import { getFile } from "../utils/get-file.js";

/** How pixels are brought to what a network was trained on. */
export type PreprocessMode = "caffe" | "tf" | "torch";

/** Options of an architecture's `preprocessInput`. */
export interface PreprocessOptions {
  /** Where the channels are. Default `keras.config.imageDataFormat()`. */
  dataFormat?: DataFormat | null;
}

/** Options of {@link preprocessInput}. */
export interface PreprocessInputOptions extends PreprocessOptions {
  /**
   * `"caffe"` (the default): colours from RGB to BGR, and the means of ImageNet taken away; `"tf"`: pixels scaled to [-1, 1]; `"torch"`: pixels
   * scaled to [0, 1], then ImageNet's means taken away and its deviations divided away.
   */
  mode?: PreprocessMode;
}

const bgrMeans = [103.939, 116.779, 123.68];
const rgbMeans = [0.485, 0.456, 0.406];
const rgbDeviations = [0.229, 0.224, 0.225];

/** Makes the `preprocessInput` of an architecture. */
export function preprocessFor(mode: PreprocessMode): {
  (x: KerasTensor, options?: PreprocessOptions): KerasTensor;
  (x: TensorLike, options?: PreprocessOptions): Tensor;
} {
  const preprocess = (x: TensorLike | KerasTensor, options: PreprocessOptions = {}): Tensor | KerasTensor =>
    preprocessInput(x as TensorLike, { ...options, mode });
  return preprocess as ReturnType<typeof preprocessFor>;
}

/** The `preprocessInput` of an architecture that begins with the scaling itself: what comes in goes out. */
export function preprocessNothing<T>(x: T, _options: PreprocessOptions = {}): T {
  return x;
}

/**
 * Prepares pictures for a network: colours of RGB with values in [0, 255], one picture (3 dimensions) or a batch.
 *
 * @throws ValueError for an unknown mode or data format, or other ranks.
 * Source: `keras.applications.imagenet_utils.preprocess_input`.
 */
export function preprocessInput(x: KerasTensor, options?: PreprocessInputOptions): KerasTensor;
export function preprocessInput(x: TensorLike, options?: PreprocessInputOptions): Tensor;
export function preprocessInput(
  x: TensorLike | KerasTensor,
  { dataFormat, mode = "caffe" }: PreprocessInputOptions = {},
): Tensor | KerasTensor {
  if (mode !== "caffe" && mode !== "tf" && mode !== "torch") {
    throw new ValueError(
      `preprocessInput: \`mode\` must be "caffe", "tf" or "torch". Received: mode=${describe(mode)}`,
    );
  }
  const format = checkDataFormat(dataFormat, "preprocessInput");
  const given = x instanceof KerasTensor ? x : toTensor(x, undefined, "preprocessInput");
  // ops take both kinds of tensors, and so does everything below.
  const pixels = (isFloat(given.dtype) ? given : ops.cast(given as Tensor, floatx())) as Tensor;
  if (mode === "tf") return pixels.divide(127.5).subtract(1);
  const { ndim } = pixels;
  if (ndim !== 3 && ndim !== 4) {
    throw new ValueError(
      `preprocessInput: expected a picture or a batch of pictures, with 3 or 4 dimensions. Received: ${formatShape(pixels.shape)}`,
    );
  }
  const axis = format === "channels_first" ? ndim - 3 : ndim - 1;
  const perChannel = (values: readonly number[]): Tensor => {
    const shape = Array.from({ length: ndim }, (_, i) => (i === axis ? 3 : 1));
    return ops.reshape(ops.convertToTensor(values, { dtype: pixels.dtype }), shape);
  };
  if (mode === "torch") return pixels.divide(255).subtract(perChannel(rgbMeans)).divide(perChannel(rgbDeviations));
  return ops.flip(pixels, axis).subtract(perChannel(bgrMeans));
}

/** A class with its score: the name of its synset, what people call it, and the score. */
export type Prediction = [synset: string, description: string, score: number];

/** For each class its synset and description, by its number as a string. */
export type ClassIndex = Readonly<Record<string, readonly [synset: string, description: string]>>;

let classIndex: ClassIndex | null = null;

/**
 * The classes of ImageNet with the highest scores, for each row of predictions; the highest first.
 *
 * The list of classes is Keras's, downloaded into Keras's cache at the first use.
 *
 * @param predictions Of shape (pictures, 1000).
 * @param top How many. Default 5.
 * @throws ValueError for another shape.
 * Source: `keras.applications.imagenet_utils.decode_predictions`.
 */
export async function decodePredictions(predictions: TensorLike, top = 5): Promise<Prediction[][]> {
  const scores = toTensor(predictions, undefined, "decodePredictions");
  if (scores.ndim !== 2 || scores.shape[1] !== 1000) {
    throw new ValueError(
      "decodePredictions: expected a batch of predictions, of shape (pictures, 1000). " +
        `Received: ${formatShape(scores.shape)}`,
    );
  }
  classIndex ??= await loadClassIndex();
  return best(scores, top, classIndex);
}

async function loadClassIndex(): Promise<ClassIndex> {
  const path = await getFile(
    "imagenet_class_index.json",
    "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
    { cacheSubdir: "models", fileHash: "c2c37ea517e94d9795004a39431a14cb" },
  );
  return JSON.parse(await readFile(path, "utf8")) as ClassIndex;
}

/** The highest scores of each row, with their classes; of equal ones the later class comes first, as in Keras. */
export function best(scores: Tensor, top: number, classes: ClassIndex): Prediction[][] {
  return (scores.tolist() as number[][]).map((row) => {
    const order = row.map((_, i) => i).sort((a, b) => row[b]! - row[a]! || b - a);
    return order.slice(0, top).map((i) => [...classes[i]!, row[i]!]);
  });
}
