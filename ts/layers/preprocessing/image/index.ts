/** Layers that prepare images and change them at random. */
import { callable } from "../../../engine/callable.js";
import { registerModule } from "../../../saving/registry.js";
import { AugMix as AugMixClass } from "./aug-mix.js";
import { AutoContrast as AutoContrastClass } from "./auto-contrast.js";
import { CenterCrop as CenterCropClass } from "./center-crop.js";
import { ContrastLimitedAdaptiveHistogramEqualization as ContrastLimitedAdaptiveHistogramEqualizationClass } from "./clahe.js";
import { CutMix as CutMixClass } from "./cut-mix.js";
import { Equalization as EqualizationClass } from "./equalization.js";
import { MaxNumBoundingBoxes as MaxNumBoundingBoxesClass } from "./max-num-bounding-boxes.js";
import { MixUp as MixUpClass } from "./mix-up.js";
import { Pipeline as PipelineClass } from "./pipeline.js";
import { RandAugment as RandAugmentClass } from "./rand-augment.js";
import { RandomBrightness as RandomBrightnessClass } from "./random-brightness.js";
import { RandomColorDegeneration as RandomColorDegenerationClass } from "./random-color-degeneration.js";
import { RandomColorJitter as RandomColorJitterClass } from "./random-color-jitter.js";
import { RandomContrast as RandomContrastClass } from "./random-contrast.js";
import { RandomCrop as RandomCropClass } from "./random-crop.js";
import { RandomElasticTransform as RandomElasticTransformClass } from "./random-elastic-transform.js";
import { RandomErasing as RandomErasingClass } from "./random-erasing.js";
import { RandomFlip as RandomFlipClass } from "./random-flip.js";
import { RandomGaussianBlur as RandomGaussianBlurClass } from "./random-gaussian-blur.js";
import { RandomGrayscale as RandomGrayscaleClass } from "./random-grayscale.js";
import { RandomHue as RandomHueClass } from "./random-hue.js";
import { RandomInvert as RandomInvertClass } from "./random-invert.js";
import { RandomPerspective as RandomPerspectiveClass } from "./random-perspective.js";
import { RandomPosterization as RandomPosterizationClass } from "./random-posterization.js";
import { RandomRotation as RandomRotationClass } from "./random-rotation.js";
import { RandomSaturation as RandomSaturationClass } from "./random-saturation.js";
import { RandomSharpness as RandomSharpnessClass } from "./random-sharpness.js";
import { RandomShear as RandomShearClass } from "./random-shear.js";
import { RandomTranslation as RandomTranslationClass } from "./random-translation.js";
import { RandomZoom as RandomZoomClass } from "./random-zoom.js";
import { Rescaling as RescalingClass } from "./rescaling.js";
import { Resizing as ResizingClass } from "./resizing.js";
import { Solarization as SolarizationClass } from "./solarization.js";

export type { AugMixOptions } from "./aug-mix.js";
export type { ValueRangeOptions } from "./auto-contrast.js";
export type { BoundingBoxes, BoundingBoxFormat } from "./bounding-boxes.js";
export type { ClaheOptions } from "./clahe.js";
export type { ColorLayerOptions } from "./color-layer.js";
export type { CutMixOptions } from "./cut-mix.js";
export type { EqualizationOptions } from "./equalization.js";
export type { ImageData, ImageLayerOptions } from "./image-layer.js";
export type { MaxNumBoundingBoxesOptions } from "./max-num-bounding-boxes.js";
export type { MixUpOptions } from "./mix-up.js";
export type { RandAugmentOptions } from "./rand-augment.js";
export type { RandomColorJitterOptions } from "./random-color-jitter.js";
export type { RandomElasticTransformOptions } from "./random-elastic-transform.js";
export type { RandomErasingOptions } from "./random-erasing.js";
export type { FlipMode } from "./random-flip.js";
export type { RandomGaussianBlurOptions } from "./random-gaussian-blur.js";
export type { RandomImageLayerOptions } from "./random-image-layer.js";
export type { RandomPerspectiveOptions } from "./random-perspective.js";
export type { RandomShearOptions } from "./random-shear.js";
export type { RandomTransformOptions } from "./random-transform.js";
export type { RandomZoomOptions } from "./random-zoom.js";
export type { Factor, Range } from "./range.js";
export type { RescalingOptions } from "./rescaling.js";
export type { ResizingOptions } from "./resizing.js";
export type { SolarizationOptions } from "./solarization.js";

export const AugMix = callable(AugMixClass);
export type AugMix = AugMixClass;
export const AutoContrast = callable(AutoContrastClass);
export type AutoContrast = AutoContrastClass;
export const CenterCrop = callable(CenterCropClass);
export type CenterCrop = CenterCropClass;
export const ContrastLimitedAdaptiveHistogramEqualization = callable(ContrastLimitedAdaptiveHistogramEqualizationClass);
export type ContrastLimitedAdaptiveHistogramEqualization = ContrastLimitedAdaptiveHistogramEqualizationClass;
export const CutMix = callable(CutMixClass);
export type CutMix = CutMixClass;
export const Equalization = callable(EqualizationClass);
export type Equalization = EqualizationClass;
export const MaxNumBoundingBoxes = callable(MaxNumBoundingBoxesClass);
export type MaxNumBoundingBoxes = MaxNumBoundingBoxesClass;
export const MixUp = callable(MixUpClass);
export type MixUp = MixUpClass;
export const Pipeline = callable(PipelineClass);
export type Pipeline = PipelineClass;
export const RandAugment = callable(RandAugmentClass);
export type RandAugment = RandAugmentClass;
export const RandomBrightness = callable(RandomBrightnessClass);
export type RandomBrightness = RandomBrightnessClass;
export const RandomColorDegeneration = callable(RandomColorDegenerationClass);
export type RandomColorDegeneration = RandomColorDegenerationClass;
export const RandomColorJitter = callable(RandomColorJitterClass);
export type RandomColorJitter = RandomColorJitterClass;
export const RandomContrast = callable(RandomContrastClass);
export type RandomContrast = RandomContrastClass;
export const RandomCrop = callable(RandomCropClass);
export type RandomCrop = RandomCropClass;
export const RandomElasticTransform = callable(RandomElasticTransformClass);
export type RandomElasticTransform = RandomElasticTransformClass;
export const RandomErasing = callable(RandomErasingClass);
export type RandomErasing = RandomErasingClass;
export const RandomFlip = callable(RandomFlipClass);
export type RandomFlip = RandomFlipClass;
export const RandomGaussianBlur = callable(RandomGaussianBlurClass);
export type RandomGaussianBlur = RandomGaussianBlurClass;
export const RandomGrayscale = callable(RandomGrayscaleClass);
export type RandomGrayscale = RandomGrayscaleClass;
export const RandomHue = callable(RandomHueClass);
export type RandomHue = RandomHueClass;
export const RandomInvert = callable(RandomInvertClass);
export type RandomInvert = RandomInvertClass;
export const RandomPerspective = callable(RandomPerspectiveClass);
export type RandomPerspective = RandomPerspectiveClass;
export const RandomPosterization = callable(RandomPosterizationClass);
export type RandomPosterization = RandomPosterizationClass;
export const RandomRotation = callable(RandomRotationClass);
export type RandomRotation = RandomRotationClass;
export const RandomSaturation = callable(RandomSaturationClass);
export type RandomSaturation = RandomSaturationClass;
export const RandomSharpness = callable(RandomSharpnessClass);
export type RandomSharpness = RandomSharpnessClass;
export const RandomShear = callable(RandomShearClass);
export type RandomShear = RandomShearClass;
export const RandomTranslation = callable(RandomTranslationClass);
export type RandomTranslation = RandomTranslationClass;
export const RandomZoom = callable(RandomZoomClass);
export type RandomZoom = RandomZoomClass;
export const Rescaling = callable(RescalingClass);
export type Rescaling = RescalingClass;
export const Resizing = callable(ResizingClass);
export type Resizing = ResizingClass;
export const Solarization = callable(SolarizationClass);
export type Solarization = SolarizationClass;

registerModule("keras.layers", {
  AugMix: AugMixClass,
  AutoContrast: AutoContrastClass,
  CenterCrop: CenterCropClass,
  ContrastLimitedAdaptiveHistogramEqualization: ContrastLimitedAdaptiveHistogramEqualizationClass,
  CutMix: CutMixClass,
  Equalization: EqualizationClass,
  MaxNumBoundingBoxes: MaxNumBoundingBoxesClass,
  MixUp: MixUpClass,
  Pipeline: PipelineClass,
  RandAugment: RandAugmentClass,
  RandomBrightness: RandomBrightnessClass,
  RandomColorDegeneration: RandomColorDegenerationClass,
  RandomColorJitter: RandomColorJitterClass,
  RandomContrast: RandomContrastClass,
  RandomCrop: RandomCropClass,
  RandomElasticTransform: RandomElasticTransformClass,
  RandomErasing: RandomErasingClass,
  RandomFlip: RandomFlipClass,
  RandomGaussianBlur: RandomGaussianBlurClass,
  RandomGrayscale: RandomGrayscaleClass,
  RandomHue: RandomHueClass,
  RandomInvert: RandomInvertClass,
  RandomPerspective: RandomPerspectiveClass,
  RandomPosterization: RandomPosterizationClass,
  RandomRotation: RandomRotationClass,
  RandomSaturation: RandomSaturationClass,
  RandomSharpness: RandomSharpnessClass,
  RandomShear: RandomShearClass,
  RandomTranslation: RandomTranslationClass,
  RandomZoom: RandomZoomClass,
  Rescaling: RescalingClass,
  Resizing: ResizingClass,
  Solarization: SolarizationClass,
});
