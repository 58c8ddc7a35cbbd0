/** Layers that bring values to a common scale. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { BatchNormalization as BatchNormalizationClass } from "./batch-normalization.js";
import { GroupNormalization as GroupNormalizationClass } from "./group-normalization.js";
import { LayerNormalization as LayerNormalizationClass } from "./layer-normalization.js";
import { RMSNormalization as RMSNormalizationClass } from "./rms-normalization.js";
import { SpectralNormalization as SpectralNormalizationClass } from "./spectral-normalization.js";
import { UnitNormalization as UnitNormalizationClass } from "./unit-normalization.js";

export type { BatchNormalizationOptions } from "./batch-normalization.js";
export type { GroupNormalizationOptions } from "./group-normalization.js";
export type { LayerNormalizationOptions } from "./layer-normalization.js";
export type { RMSNormalizationOptions } from "./rms-normalization.js";
export type { SpectralNormalizationOptions } from "./spectral-normalization.js";
export type { UnitNormalizationOptions } from "./unit-normalization.js";

export const BatchNormalization = callable(BatchNormalizationClass);
export type BatchNormalization = BatchNormalizationClass;
export const GroupNormalization = callable(GroupNormalizationClass);
export type GroupNormalization = GroupNormalizationClass;
export const LayerNormalization = callable(LayerNormalizationClass);
export type LayerNormalization = LayerNormalizationClass;
export const RMSNormalization = callable(RMSNormalizationClass);
export type RMSNormalization = RMSNormalizationClass;
export const SpectralNormalization = callable(SpectralNormalizationClass);
export type SpectralNormalization = SpectralNormalizationClass;
export const UnitNormalization = callable(UnitNormalizationClass);
export type UnitNormalization = UnitNormalizationClass;

registerModule("keras.layers", {
  BatchNormalization: BatchNormalizationClass,
  GroupNormalization: GroupNormalizationClass,
  LayerNormalization: LayerNormalizationClass,
  RMSNormalization: RMSNormalizationClass,
  SpectralNormalization: SpectralNormalizationClass,
  UnitNormalization: UnitNormalizationClass,
});
