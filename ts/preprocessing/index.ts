/** `keras.preprocessing`: the older place of some of `keras.utils`. */

export { textDatasetFromDirectory } from "../utils/text-dataset.js";
export { timeseriesDatasetFromArray } from "../utils/timeseries-dataset.js";
export * as sequence from "./sequence.js";
