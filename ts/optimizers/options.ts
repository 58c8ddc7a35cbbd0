import { isDict } from "../engine/nest.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import type { LearningRateSchedule } from "./schedules/learning-rate-schedule.js";

/** A fixed rate, one that follows a schedule, or a function that computes it with ops. */
export type LearningRate = number | LearningRateSchedule | (() => number);

/** Options every optimizer takes. */
export interface OptimizerOptions {
  /** Step size. */
  learningRate?: LearningRate;
  /** Name; the optimizer's variables carry it. Default: the class's name in snake_case. */
  name?: string;
  /** Part of each weight taken away at each step, times the learning rate. Default `null`: none. */
  weightDecay?: number | null;
  /** Largest norm of each gradient. Default `null`. At most one of the three clips can be set. */
  clipnorm?: number | null;
  /** Largest absolute value in a gradient. Default `null`. */
  clipvalue?: number | null;
  /** Largest norm of all gradients together. Default `null`. */
  globalClipnorm?: number | null;
  /** Whether to keep moving averages of the weights, which replace them at the end of training. Default `false`. */
  useEma?: boolean;
  /** Momentum of these averages. Default 0.99. */
  emaMomentum?: number;
  /** Also replace the weights by their averages every so many steps. Default `null`. */
  emaOverwriteFrequency?: number | null;
  /** The loss is multiplied by this before gradients are taken, and the gradients divided. Default `null`. */
  lossScaleFactor?: number | null;
  /** Update only every so many steps, with the mean of their gradients. Default `null`. */
  gradientAccumulationSteps?: number | null;
}

const BASE: readonly (keyof OptimizerOptions)[] = [
  "learningRate",
  "name",
  "weightDecay",
  "clipnorm",
  "clipvalue",
  "globalClipnorm",
  "useEma",
  "emaMomentum",
  "emaOverwriteFrequency",
  "lossScaleFactor",
  "gradientAccumulationSteps",
];

/** Options from `(learningRate, options)` or `(options)`: the rate may come first, as in Keras. */
export function mergeOptions<O extends OptimizerOptions>(
  first: LearningRate | O | undefined,
  second: O | undefined,
): O {
  if (second !== undefined && !isDict(second)) {
    throw new InvalidTypeError(
      `Optimizers: after the learning rate, expected options by name, such as { momentum: 0.9 }. Received: ${String(second)}`,
    );
  }
  if (first === undefined) return { ...(second as O) };
  if (isDict(first)) return { ...(first as O) };
  return { ...(second as O), learningRate: first as LearningRate };
}

/** Refuses options no optimizer has: `lr` instead of `learningRate`. */
export function checkBaseOptions(name: string, options: OptimizerOptions): void {
  const unknown = Object.keys(options).filter((key) => !BASE.includes(key as keyof OptimizerOptions));
  if (unknown.length > 0) {
    throw new ValueError(
      `${name}: argument(s) not recognized: ${unknown.join(", ")}. Every optimizer takes: ${BASE.join(", ")}.`,
    );
  }
  const clips = { clipnorm: options.clipnorm, clipvalue: options.clipvalue, global_clipnorm: options.globalClipnorm };
  if (Object.values(clips).filter((value) => value != null).length > 1) {
    const received = Object.entries(clips).map(([key, value]) => `${key}=${value ?? "null"}`);
    throw new ValueError(
      `${name}: only one of \`clipnorm\`, \`clipvalue\` and \`globalClipnorm\` can be set. Received: ${received.join(", ")}`,
    );
  }
  for (const key of ["clipnorm", "clipvalue", "globalClipnorm", "weightDecay", "lossScaleFactor"] as const) {
    const value = options[key];
    if (value != null && !(typeof value === "number" && value >= 0)) {
      throw new ValueError(`${name}: \`${key}\` must be a number not below 0, or null. Received: ${String(value)}`);
    }
  }
  const steps = options.gradientAccumulationSteps;
  if (steps != null && !(Number.isInteger(steps) && steps >= 2)) {
    throw new ValueError(`${name}: \`gradientAccumulationSteps\` must be an integer >= 2. Received: ${String(steps)}`);
  }
  const momentum = options.emaMomentum ?? 0.99;
  if (options.useEma && !(momentum >= 0 && momentum <= 1)) {
    throw new ValueError(`${name}: \`emaMomentum\` must be in the range [0, 1]. Received: emaMomentum=${momentum}`);
  }
  const frequency = options.emaOverwriteFrequency;
  if (frequency != null && !(Number.isInteger(frequency) && frequency >= 1)) {
    throw new ValueError(
      `${name}: \`emaOverwriteFrequency\` must be an integer >= 1 or null. Received: ${String(frequency)}`,
    );
  }
}

/** Refuses a learning rate that would destroy every weight it meets. */
export function checkLearningRate(name: string, rate: unknown): void {
  if (typeof rate !== "number" || !(rate >= 0) || !Number.isFinite(rate)) {
    throw new ValueError(
      `${name}: \`learningRate\` must be a finite number not below 0, a LearningRateSchedule or a function. Received: ${String(rate)}`,
    );
  }
}

/** Refuses a value outside [low, high]. */
export function checkRange(who: string, name: string, value: unknown, low: number, high: number): void {
  if (typeof value !== "number" || !(value >= low && value <= high)) {
    throw new ValueError(`${who}: \`${name}\` must be a number between ${low} and ${high}. Received: ${String(value)}`);
  }
}
