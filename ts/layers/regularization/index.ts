/** Layers that keep a model from learning its samples by heart. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { ActivityRegularization as ActivityRegularizationClass } from "./activity-regularization.js";
import { Dropout as DropoutClass } from "./dropout.js";

export type { ActivityRegularizationOptions } from "./activity-regularization.js";
export type { DropoutOptions } from "./dropout.js";

export const ActivityRegularization = callable(ActivityRegularizationClass);
export type ActivityRegularization = ActivityRegularizationClass;
export const Dropout = callable(DropoutClass);
export type Dropout = DropoutClass;

registerModule("keras.layers", {
  ActivityRegularization: ActivityRegularizationClass,
  Dropout: DropoutClass,
});
