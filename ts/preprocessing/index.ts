/** `keras.preprocessing`: the older place of some of `keras.utils`. */

export { imageDatasetFromDirectory } from "../utils/image-dataset.js";
export { textDatasetFromDirectory } from "../utils/text-dataset.js";
export { timeseriesDatasetFromArray } from "../utils/timeseries-dataset.js";
export * as image from "./image.js";
export * as sequence from "./sequence.js";
