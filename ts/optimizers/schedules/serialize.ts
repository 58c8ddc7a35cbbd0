import { isDict } from "../../engine/nest.js";
import { registerModule } from "../../saving/registry.js";
import { deserializeKerasObject } from "../../saving/serialization.js";
import { ExponentialDecay } from "./exponential-decay.js";

registerModule("keras.optimizers.schedules", { ExponentialDecay });

/** A schedule from what was saved; anything else comes back as it is. */
export function reviveSchedule(value: unknown): unknown {
  return isDict(value) ? deserializeKerasObject(value) : value;
}
