import { InvalidTypeError } from "../../errors.js";
import { type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from "../../saving/serialization.js";
import { LearningRateSchedule } from "./learning-rate-schedule.js";

/** What is saved of a schedule: `{ class_name, config }` with its module. */
export function serialize(learningRateSchedule: LearningRateSchedule): unknown {
  return serializeKerasObject(learningRateSchedule);
}

/**
 * A schedule from what {@link serialize} gave, or Keras.
 *
 * @param options.customObjects Schedules of your own that the config names.
 * @throws InvalidTypeError for a class that is unknown, or no schedule.
 */
export function deserialize(config: Record<string, unknown>, options: DeserializeOptions = {}): LearningRateSchedule {
  const schedule = deserializeKerasObject({ module: "keras.optimizers.schedules", ...config }, options);
  if (schedule instanceof LearningRateSchedule) return schedule;
  throw new InvalidTypeError(
    `schedules.deserialize: expected the config of a LearningRateSchedule, got that of ${String(config.class_name)}.`,
  );
}
