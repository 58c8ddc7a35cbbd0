/** Layers that change shapes. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import {
  Cropping1D as Cropping1DClass,
  Cropping2D as Cropping2DClass,
  Cropping3D as Cropping3DClass,
} from "./cropping.js";
import { Flatten as FlattenClass } from "./flatten.js";
import { Permute as PermuteClass } from "./permute.js";
import { RepeatVector as RepeatVectorClass } from "./repeat-vector.js";
import { Reshape as ReshapeClass } from "./reshape.js";
import {
  UpSampling1D as UpSampling1DClass,
  UpSampling2D as UpSampling2DClass,
  UpSampling3D as UpSampling3DClass,
} from "./up-sampling.js";
import {
  ZeroPadding1D as ZeroPadding1DClass,
  ZeroPadding2D as ZeroPadding2DClass,
  ZeroPadding3D as ZeroPadding3DClass,
} from "./zero-padding.js";

export type { DataFormat } from "../../engine/data-format.js";
export type { SpatialOptions } from "./cropping.js";
export type { FlattenOptions } from "./flatten.js";
export type { UpSampling2DOptions, UpSamplingInterpolation } from "./up-sampling.js";

export const Cropping1D = callable(Cropping1DClass);
export type Cropping1D = Cropping1DClass;
export const Cropping2D = callable(Cropping2DClass);
export type Cropping2D = Cropping2DClass;
export const Cropping3D = callable(Cropping3DClass);
export type Cropping3D = Cropping3DClass;
export const Flatten = callable(FlattenClass);
export type Flatten = FlattenClass;
export const Permute = callable(PermuteClass);
export type Permute = PermuteClass;
export const RepeatVector = callable(RepeatVectorClass);
export type RepeatVector = RepeatVectorClass;
export const Reshape = callable(ReshapeClass);
export type Reshape = ReshapeClass;
export const UpSampling1D = callable(UpSampling1DClass);
export type UpSampling1D = UpSampling1DClass;
export const UpSampling2D = callable(UpSampling2DClass);
export type UpSampling2D = UpSampling2DClass;
export const UpSampling3D = callable(UpSampling3DClass);
export type UpSampling3D = UpSampling3DClass;
export const ZeroPadding1D = callable(ZeroPadding1DClass);
export type ZeroPadding1D = ZeroPadding1DClass;
export const ZeroPadding2D = callable(ZeroPadding2DClass);
export type ZeroPadding2D = ZeroPadding2DClass;
export const ZeroPadding3D = callable(ZeroPadding3DClass);
export type ZeroPadding3D = ZeroPadding3DClass;

registerModule("keras.layers", {
  Cropping1D: Cropping1DClass,
  Cropping2D: Cropping2DClass,
  Cropping3D: Cropping3DClass,
  Flatten: FlattenClass,
  Permute: PermuteClass,
  RepeatVector: RepeatVectorClass,
  Reshape: ReshapeClass,
  UpSampling1D: UpSampling1DClass,
  UpSampling2D: UpSampling2DClass,
  UpSampling3D: UpSampling3DClass,
  ZeroPadding1D: ZeroPadding1DClass,
  ZeroPadding2D: ZeroPadding2DClass,
  ZeroPadding3D: ZeroPadding3DClass,
});
