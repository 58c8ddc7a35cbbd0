import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { CosineDecay as CosineDecayClass } from "./cosine-decay.js";
import { CosineDecayRestarts as CosineDecayRestartsClass } from "./cosine-decay-restarts.js";
import { ExponentialDecay as ExponentialDecayClass } from "./exponential-decay.js";
import { InverseTimeDecay as InverseTimeDecayClass } from "./inverse-time-decay.js";
import { PiecewiseConstantDecay as PiecewiseConstantDecayClass } from "./piecewise-constant-decay.js";
import { PolynomialDecay as PolynomialDecayClass } from "./polynomial-decay.js";

registerModule("keras.optimizers.schedules", {
  CosineDecay: CosineDecayClass,
  CosineDecayRestarts: CosineDecayRestartsClass,
  ExponentialDecay: ExponentialDecayClass,
  InverseTimeDecay: InverseTimeDecayClass,
  PiecewiseConstantDecay: PiecewiseConstantDecayClass,
  PolynomialDecay: PolynomialDecayClass,
});

export type { CosineDecayOptions } from "./cosine-decay.js";
export type { CosineDecayRestartsOptions } from "./cosine-decay-restarts.js";
export type { ExponentialDecayOptions } from "./exponential-decay.js";
export type { InverseTimeDecayOptions } from "./inverse-time-decay.js";
export { LearningRateSchedule } from "./learning-rate-schedule.js";
export type { PiecewiseConstantDecayOptions } from "./piecewise-constant-decay.js";
export type { PolynomialDecayOptions } from "./polynomial-decay.js";
export { deserialize, serialize } from "./serialize.js";

export const CosineDecay = callable(CosineDecayClass);
export type CosineDecay = CosineDecayClass;
export const CosineDecayRestarts = callable(CosineDecayRestartsClass);
export type CosineDecayRestarts = CosineDecayRestartsClass;
export const ExponentialDecay = callable(ExponentialDecayClass);
export type ExponentialDecay = ExponentialDecayClass;
export const InverseTimeDecay = callable(InverseTimeDecayClass);
export type InverseTimeDecay = InverseTimeDecayClass;
export const PiecewiseConstantDecay = callable(PiecewiseConstantDecayClass);
export type PiecewiseConstantDecay = PiecewiseConstantDecayClass;
export const PolynomialDecay = callable(PolynomialDecayClass);
export type PolynomialDecay = PolynomialDecayClass;
