/** Data sets: batches that are made step by step. */
export { PyDataset, type PyDatasetLike, type PyDatasetOptions } from "./py-dataset.js";
