import { callable } from "../engine/callable.js";
import { FeatureSpace as FeatureSpaceClass } from "../layers/preprocessing/feature-space.js";
import { registerModule } from "../saving/registry.js";

export const FeatureSpace = callable(FeatureSpaceClass);
export type FeatureSpace = FeatureSpaceClass;

registerModule("keras.utils", { FeatureSpace: FeatureSpaceClass });
