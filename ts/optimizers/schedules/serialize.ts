import { isDict } from "../../engine/nest.js";
import { registerModule } from "../../saving/registry.js";
import { deserializeKerasObject } from "../../saving/serialization.js";
import { CosineDecay } from "./cosine-decay.js";
import { CosineDecayRestarts } from "./cosine-decay-restarts.js";
import { ExponentialDecay } from "./exponential-decay.js";
import { InverseTimeDecay } from "./inverse-time-decay.js";
import { PiecewiseConstantDecay } from "./piecewise-constant-decay.js";
import { PolynomialDecay } from "./polynomial-decay.js";

registerModule("keras.optimizers.schedules", {
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  PiecewiseConstantDecay,
  PolynomialDecay,
});

/** A schedule from what was saved; anything else comes back as it is. */
export function reviveSchedule(value: unknown): unknown {
  return isDict(value) ? deserializeKerasObject(value) : value;
}
