/** `keras.data`: data sets that are made batch by batch. */
export { readArrow } from "./arrow.js";
export type { Cell, ColumnOptions } from "./columns.js";
export { type CsvOptions, type Row, readCsv } from "./csv.js";
export { type BatchOptions, Dataset, type MapOptions, type ShuffleOptions } from "./dataset.js";
export { readNpy } from "./npy.js";
export { readNpz } from "./npz.js";
export { readParquet } from "./parquet.js";
export { PyDataset, type PyDatasetLike, type PyDatasetOptions } from "./py-dataset.js";
