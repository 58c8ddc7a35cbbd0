/** `keras.utils`. */
import { Progbar as ProgbarClass } from "../callbacks/progbar.js";
import { callable } from "../engine/callable.js";

export type { ProgbarOptions } from "../callbacks/progbar.js";
export { PyDataset, PyDataset as Sequence, type PyDatasetLike, type PyDatasetOptions } from "../data/py-dataset.js";
export { expectIndices } from "../engine/index-range.js";
export {
  disableInteractiveLogging,
  enableInteractiveLogging,
  isInteractiveLoggingEnabled,
} from "../engine/messages.js";
export { setRandomSeed } from "../engine/seed.js";
export type { ImageFormat } from "../images/files.js";
export type { ImageMode } from "../images/image.js";
export type { Resampling } from "../images/resample.js";
export type {
  FeatureData,
  FeatureName,
  FeatureSpaceOptions,
} from "../layers/preprocessing/feature-space.js";
export {
  CustomObjectScope,
  CustomObjectScope as customObjectScope,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from "../saving/registry.js";
export { deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
export { type AudioDirectoryOptions, audioDatasetFromDirectory } from "./audio-dataset.js";
export { clearSession } from "./clear-session.js";
export { Config } from "./config.js";
export { standardizeDtype } from "./dtypes.js";
export { FeatureSpace } from "./feature-space.js";
export { type GetFileOptions, getFile } from "./get-file.js";
export { Image } from "./image.js";
export { type ArrayToImgOptions, arrayToImg, type ImgToArrayOptions, imgToArray } from "./image-arrays.js";
export { type ImageDirectoryOptions, imageDatasetFromDirectory } from "./image-dataset.js";
export type { DirectoryOptions } from "./index-directory.js";
export { isKerasTensor } from "./is-keras-tensor.js";
export { type ColorMode, type LoadImgOptions, loadImg } from "./load-img.js";
export { type DotOptions, type ModelToDotOptions, modelToDot } from "./model-to-dot.js";
export { normalize } from "./normalize.js";
export { type Packed, packXYSampleWeight, unpackXYSampleWeight } from "./pack-xy.js";
export { type PadSequencesOptions, padSequences, type SequenceData } from "./pad-sequences.js";
export { type PlotModelOptions, plotModel } from "./plot-model.js";
export { type SaveImgOptions, saveImg } from "./save-img.js";
export { getSourceInputs } from "./source-inputs.js";
export { type SplitOptions, splitDataset } from "./split-dataset.js";
export { type TextDirectoryOptions, textDatasetFromDirectory } from "./text-dataset.js";
export { type TimeseriesOptions, timeseriesDatasetFromArray } from "./timeseries-dataset.js";
export { toCategorical } from "./to-categorical.js";

export const Progbar = callable(ProgbarClass);
export type Progbar = ProgbarClass;
