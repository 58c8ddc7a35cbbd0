/** `keras.data`: data sets that are made batch by batch. */
export { type CsvOptions, type Row, readCsv } from "./csv.js";
export { type BatchOptions, Dataset, type MapOptions, type ShuffleOptions } from "./dataset.js";
export { readNpz } from "./npz.js";
export { PyDataset, type PyDatasetLike, type PyDatasetOptions } from "./py-dataset.js";
