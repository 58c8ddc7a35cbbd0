import { isDict } from "../../engine/nest.js";
import { ValueError } from "../../errors.js";
import { ExponentialDecay } from "./exponential-decay.js";
import type { LearningRateSchedule } from "./learning-rate-schedule.js";

const CLASSES: Record<string, { fromConfig(config: Record<string, unknown>): LearningRateSchedule }> = {
  ExponentialDecay,
};

/** What is saved of a schedule. */
export function serializeSchedule(schedule: LearningRateSchedule): Record<string, unknown> {
  return {
    module: "keras.optimizers.schedules",
    class_name: schedule.constructor.name,
    config: schedule.getConfig(),
    registered_name: null,
  };
}

/** A schedule from what was saved; anything else comes back as it is. */
export function deserializeSchedule(value: unknown): unknown {
  if (!isDict(value)) return value;
  const Class = Object.hasOwn(CLASSES, String(value.class_name)) ? CLASSES[String(value.class_name)] : undefined;
  if (!Class || !isDict(value.config)) {
    throw new ValueError(
      `Unknown learning rate schedule '${String(value.class_name)}'. Known: ${Object.keys(CLASSES).join(", ")}.`,
    );
  }
  return Class.fromConfig(value.config);
}
