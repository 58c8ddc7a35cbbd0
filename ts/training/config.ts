import { isDict } from "../engine/nest.js";
import { isLossName, serialize as serializeLoss } from "../losses/get.js";
import { Loss } from "../losses/loss.js";
import type { LossFunction } from "../losses/loss-function-wrapper.js";
import { isMetricName, serialize as serializeMetric } from "../metrics/get.js";
import type { MetricFunction } from "../metrics/mean-metric-wrapper.js";
import { Metric } from "../metrics/metric.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { deserializeKerasObject } from "../saving/serialization.js";
import type { CompileOptions } from "./options.js";

/** Every leaf of a loss or metrics argument, with functions of Keras as their names. */
function named(value: unknown, serialize: (fn: (...args: never[]) => unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((part) => named(part, serialize));
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part, serialize)]));
  if (typeof value !== "function" || value instanceof Loss || value instanceof Metric) return value ?? null;
  const { prototype } = value;
  if (prototype instanceof Loss || prototype instanceof Metric) return new (value as unknown as new () => unknown)();
  return serialize(value as (...args: never[]) => unknown);
}

/** How a model was compiled, by Keras's names; its objects have configs of their own. */
export function compileConfig(options: CompileOptions, optimizer: Optimizer): Record<string, unknown> {
  const metric = (fn: (...args: never[]) => unknown) => serializeMetric(fn as unknown as MetricFunction);
  return {
    optimizer,
    loss: named(options.loss, (fn) => serializeLoss(fn as unknown as LossFunction)),
    loss_weights: options.lossWeights ?? null,
    metrics: named(options.metrics, metric),
    weighted_metrics: named(options.weightedMetrics, metric),
    run_eagerly: options.runEagerly ?? false,
    steps_per_execution: options.stepsPerExecution ?? 1,
    jit_compile: options.jitCompile !== false,
  };
}

const isKerasFunction = (name: string) => isLossName(name) || isMetricName(name);

/** Objects made from their configs wherever these stand in a structure. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (!isDict(value)) return value;
  // functions of Keras go by their names, which `compile` understands
  if (value.class_name === "function" && typeof value.config === "string" && isKerasFunction(value.config))
    return value.config;
  if (typeof value.class_name === "string") return deserializeKerasObject(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revive(part)]));
}

/** Options of `compile` from what a file says. */
export function compileOptionsFromConfig(config: Record<string, unknown>): CompileOptions {
  const options: CompileOptions = {};
  if (config.optimizer != null) options.optimizer = revive(config.optimizer) as Optimizer;
  options.loss = revive(config.loss ?? null) as CompileOptions["loss"] & {};
  options.lossWeights = (config.loss_weights ?? null) as CompileOptions["lossWeights"] & {};
  options.metrics = revive(config.metrics ?? null) as CompileOptions["metrics"] & {};
  if (config.run_eagerly === true) options.runEagerly = true;
  if (config.jit_compile === false) options.jitCompile = false;
  if (typeof config.steps_per_execution === "number") options.stepsPerExecution = config.steps_per_execution;
  options.weightedMetrics = revive(config.weighted_metrics ?? null) as CompileOptions["weightedMetrics"] & {};
  return options;
}
