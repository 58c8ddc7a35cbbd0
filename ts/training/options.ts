import type { CallbackLike } from "../callbacks/callback-list.js";
import type { PyDatasetLike } from "../data/py-dataset.js";
import { isDict } from "../engine/nest.js";
import { ValueError } from "../errors.js";
import type { OptimizerIdentifier } from "../optimizers/get.js";
import type { ClassWeights } from "./class-weight.js";
import type { LossSpec, LossWeights } from "./compile-loss.js";
import type { MetricsSpec } from "./compile-metrics.js";
import type { Data } from "./structure.js";

/** How much is printed: nothing, a progress bar, or one line an epoch. `"auto"`: the bar on a terminal, one line elsewhere. */
export type Verbose = 0 | 1 | 2 | "auto" | boolean;

export interface CompileOptions {
  /** Name, instance or saved config. Default `"rmsprop"`. */
  optimizer?: OptimizerIdentifier;
  /**
   * Loss: a name, instance, function or class; with several outputs also one for each: a list, a dict by output name, or a structure like
   * that of the outputs. `null` leaves an output out.
   */
  loss?: LossSpec | null;
  /** Weights of the outputs' losses in the total, in the forms of `loss`. Default: all 1. */
  lossWeights?: LossWeights | null;
  /**
   * Metrics, evaluated without sample weights: a list of names, instances, functions or classes; with several outputs a metric or a list for
   * each, in the forms of `loss`. `"accuracy"` chooses the kind that fits the shapes.
   */
  metrics?: MetricsSpec | null;
  /** Metrics weighted by `sampleWeight` or `classWeight`. */
  weightedMetrics?: MetricsSpec | null;
  /** Kept for files of Keras; steps are always compiled. */
  runEagerly?: boolean;
  /**
   * Batches between two calls of the batch callbacks, 1 or more. Default 1. (An epoch on arrays that no callback follows batch by batch is
   * one native call anyway.)
   */
  stepsPerExecution?: number;
  /** Kept for files of Keras; steps are always compiled. */
  jitCompile?: boolean | "auto";
  /** Whether the optimizer of a model of the policy `"mixed_float16"` is put into a `LossScaleOptimizer`. Default `true`. */
  autoScaleLoss?: boolean;
}

/** Options that `fit`, `evaluate` and `predict` share. */
export interface RunOptions {
  /** Samples in a batch. Default 32, or with a number of steps what shares the samples out among them. Not for data that comes in batches already. */
  batchSize?: number | null;
  /** Default `"auto"`. */
  verbose?: Verbose;
  callbacks?: CallbackLike | readonly CallbackLike[];
  /** Stops the run within a batch; the promise rejects with `signal.reason`, and the model stays usable. */
  signal?: AbortSignal;
}

export interface FitOptions extends RunOptions {
  /** Number of the last epoch. Default 1. */
  epochs?: number;
  /** The part of the samples (the last ones, before shuffling) to validate on. In [0, 1); default 0. */
  validationSplit?: number;
  /** `[x, y]`, `[x, y, sampleWeight]`, or batches of these. Comes before `validationSplit`. */
  validationData?: readonly [x: Data, y?: Data | null, sampleWeight?: Data | null] | BatchesInput | null;
  /**
   * Whether samples come in a new order in each epoch; `"batch"` only mixes those within each batch. Of a {@link PyDataset} the batches come
   * in a new order. Other batches come as they are. Default `true`.
   */
  shuffle?: boolean | "batch";
  /** Weights of the classes in the loss: `{ 0: 1, 1: 5 }`. With several outputs a dict by output name (or a list) of these; `null` for none. */
  classWeight?: ClassWeights | null;
  /** Weights of the samples in the loss: one a sample, or a list or dict of such by output. */
  sampleWeight?: Data | null;
  /** Number of the first epoch. Default 0. */
  initialEpoch?: number;
  /** Batches in an epoch. The next goes on where it stopped; where the data ends before, the epoch ends with a warning. Default: until the data ends. */
  stepsPerEpoch?: number | null;
  /** Batches to validate on, each time from the first. Default: all. */
  validationSteps?: number | null;
  /** Default: `batchSize`. */
  validationBatchSize?: number | null;
  /** Validate every so many epochs, or after these epochs (counted from 1). Default 1. */
  validationFreq?: number | readonly number[];
}

export interface EvaluateOptions extends RunOptions {
  sampleWeight?: Data | null;
  /** Batches to evaluate on. Default: all. */
  steps?: number | null;
  /** Whether to resolve to a dict by metric name. Default `false`: a list, the loss first. */
  returnDict?: boolean;
}

export interface PredictOptions extends RunOptions {
  /** Batches to predict. Default: all. */
  steps?: number | null;
}

export interface BatchOptions {
  sampleWeight?: Data | null;
  /** Whether to resolve to a dict by metric name. Default `false`. */
  returnDict?: boolean;
}

export interface TrainOnBatchOptions extends BatchOptions {
  classWeight?: ClassWeights | null;
}

/**
 * Batches `[x, y, sampleWeight]`: a `keras.utils.PyDataset`, a `keras.data.Dataset` or any other iterable or async iterable, or a function that
 * makes one for each epoch.
 */
export type BatchesInput =
  | PyDatasetLike
  | Iterable<unknown>
  | AsyncIterable<unknown>
  | (() => Iterable<unknown> | AsyncIterable<unknown>);

const KNOWN = {
  compile: [
    "optimizer",
    "loss",
    "lossWeights",
    "metrics",
    "weightedMetrics",
    "runEagerly",
    "stepsPerExecution",
    "jitCompile",
    "autoScaleLoss",
  ],
  fit: [
    "batchSize",
    "verbose",
    "callbacks",
    "signal",
    "epochs",
    "validationSplit",
    "validationData",
    "shuffle",
    "classWeight",
    "sampleWeight",
    "initialEpoch",
    "stepsPerEpoch",
    "validationSteps",
    "validationBatchSize",
    "validationFreq",
  ],
  evaluate: ["batchSize", "verbose", "callbacks", "signal", "sampleWeight", "steps", "returnDict"],
  predict: ["batchSize", "verbose", "callbacks", "signal", "steps"],
  trainOnBatch: ["sampleWeight", "classWeight", "returnDict"],
  testOnBatch: ["sampleWeight", "returnDict"],
  profile: ["sampleWeight", "batchSize", "steps", "mode"],
} as const;

/** Refuses options a method does not have. */
export function checkKnown(method: keyof typeof KNOWN, options: object): void {
  if (!isDict(options)) throw new ValueError(`${method}: expected an object of options, got ${String(options)}.`);
  const unknown = Object.keys(options).filter((key) => !(KNOWN[method] as readonly string[]).includes(key));
  if (unknown.length > 0) {
    throw new ValueError(
      `${method}: option(s) not recognized: ${unknown.join(", ")}. Known options: ${KNOWN[method].join(", ")}.`,
    );
  }
}

/** Refuses options of `compile` that are unknown or of another kind. */
export function checkCompile(options: CompileOptions): void {
  checkKnown("compile", options);
  if (options.stepsPerExecution !== undefined) checkCount("compile", "stepsPerExecution", options.stepsPerExecution, 1);
  for (const name of ["runEagerly", "autoScaleLoss", "jitCompile"] as const) {
    const value = options[name];
    if (value === undefined || typeof value === "boolean" || (name === "jitCompile" && value === "auto")) continue;
    throw new ValueError(`compile: \`${name}\` must be true or false. Received: ${name}=${String(value)}`);
  }
}

/** A whole number of at least `least`. */
export function checkCount(method: string, name: string, value: unknown, least: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw new ValueError(
      `${method}: \`${name}\` must be an integer not below ${least}. Received: ${name}=${String(value)}`,
    );
  }
  return value;
}

/** What `verbose` means here and now. */
export function resolveVerbose(method: string, verbose: Verbose = "auto"): 0 | 1 | 2 {
  if (verbose === "auto") return process.stdout.isTTY ? 1 : 2;
  if (typeof verbose === "boolean") return verbose ? 1 : 0;
  if (verbose !== 0 && verbose !== 1 && verbose !== 2) {
    throw new ValueError(`${method}: \`verbose\` must be 0, 1, 2 or "auto". Received: verbose=${String(verbose)}`);
  }
  return verbose;
}
