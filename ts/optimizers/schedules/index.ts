import { callable } from "../../engine/callable.js";
import { ExponentialDecay as ExponentialDecayClass } from "./exponential-decay.js";

export type { ExponentialDecayOptions } from "./exponential-decay.js";
export { LearningRateSchedule } from "./learning-rate-schedule.js";

export const ExponentialDecay = callable(ExponentialDecayClass);
export type ExponentialDecay = ExponentialDecayClass;
