export type { ArrayData, ShapedArray } from "./array.js";
export type { ClassWeight, ClassWeights } from "./class-weight.js";
export type { LossSpec, LossWeights } from "./compile-loss.js";
export type { MetricsSpec } from "./compile-metrics.js";
export type { ComputeLossArguments } from "./compiled.js";
export type {
  BatchesInput,
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  PredictOptions,
  TrainOnBatchOptions,
  Verbose,
} from "./options.js";
export type { ProfileOptions } from "./profile.js";
export type { StateTree } from "./state-tree.js";
export type { StepData } from "./step.js";
export type { StepFunction } from "./steps.js";
export type { Data } from "./structure.js";
export { Trainer } from "./trainer.js";
