/** `keras.utils`. */
import { callable } from "../engine/callable.js";
import { FeatureSpace as FeatureSpaceClass } from "../layers/preprocessing/feature-space.js";
import { registerModule } from "../saving/registry.js";

export { resetNames as clearSession } from "../engine/names.js";
export { setRandomSeed } from "../engine/seed.js";
export type {
  FeatureData,
  FeatureName,
  FeatureSpaceOptions,
} from "../layers/preprocessing/feature-space.js";
export { type GetFileOptions, getFile } from "./get-file.js";
export { normalize } from "./normalize.js";
export { plotModel } from "./plot-model.js";
export { toCategorical } from "./to-categorical.js";

export const FeatureSpace = callable(FeatureSpaceClass);
export type FeatureSpace = FeatureSpaceClass;

registerModule("keras.utils", { FeatureSpace: FeatureSpaceClass });
