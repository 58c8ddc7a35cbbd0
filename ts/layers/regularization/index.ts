/** Layers that keep a model from learning its samples by heart. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { ActivityRegularization as ActivityRegularizationClass } from "./activity-regularization.js";
import { AlphaDropout as AlphaDropoutClass } from "./alpha-dropout.js";
import { Dropout as DropoutClass } from "./dropout.js";
import { GaussianDropout as GaussianDropoutClass } from "./gaussian-dropout.js";
import { GaussianNoise as GaussianNoiseClass } from "./gaussian-noise.js";
import {
  SpatialDropout1D as SpatialDropout1DClass,
  SpatialDropout2D as SpatialDropout2DClass,
  SpatialDropout3D as SpatialDropout3DClass,
} from "./spatial-dropout.js";

export type { ActivityRegularizationOptions } from "./activity-regularization.js";
export type { DropoutOptions } from "./base-dropout.js";
export type { NoiseOptions } from "./gaussian-noise.js";
export type { SpatialDropout1DOptions, SpatialDropoutOptions } from "./spatial-dropout.js";

export const ActivityRegularization = callable(ActivityRegularizationClass);
export type ActivityRegularization = ActivityRegularizationClass;
export const Dropout = callable(DropoutClass);
export type Dropout = DropoutClass;
export const AlphaDropout = callable(AlphaDropoutClass);
export type AlphaDropout = AlphaDropoutClass;
export const GaussianDropout = callable(GaussianDropoutClass);
export type GaussianDropout = GaussianDropoutClass;
export const GaussianNoise = callable(GaussianNoiseClass);
export type GaussianNoise = GaussianNoiseClass;
export const SpatialDropout1D = callable(SpatialDropout1DClass);
export type SpatialDropout1D = SpatialDropout1DClass;
export const SpatialDropout2D = callable(SpatialDropout2DClass);
export type SpatialDropout2D = SpatialDropout2DClass;
export const SpatialDropout3D = callable(SpatialDropout3DClass);
export type SpatialDropout3D = SpatialDropout3DClass;

registerModule("keras.layers", {
  ActivityRegularization: ActivityRegularizationClass,
  Dropout: DropoutClass,
  AlphaDropout: AlphaDropoutClass,
  GaussianDropout: GaussianDropoutClass,
  GaussianNoise: GaussianNoiseClass,
  SpatialDropout1D: SpatialDropout1DClass,
  SpatialDropout2D: SpatialDropout2DClass,
  SpatialDropout3D: SpatialDropout3DClass,
});
