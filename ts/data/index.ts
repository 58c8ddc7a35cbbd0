/** `keras.data`: data sets that are made batch by batch. */
export { type BatchOptions, Dataset, type MapOptions, type ShuffleOptions } from "./dataset.js";
export { PyDataset, type PyDatasetLike, type PyDatasetOptions } from "./py-dataset.js";
