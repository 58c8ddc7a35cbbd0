/** `keras.ops.image`: functions of images, `(batch, height, width, channels)` or one image without the batch. */

export type { DataFormat } from "../../engine/data-format.js";
export { type AffineTransformOptions, affineTransform } from "./affine.js";
export { type GaussianBlurOptions, gaussianBlur, sobelEdges } from "./blur.js";
export { type CropImagesOptions, cropImages, type PadImagesOptions, padImages } from "./border.js";
export type { FillMode } from "./choices.js";
export { hsvToRgb, rgbToGrayscale, rgbToHsv } from "./color.js";
export { type ElasticTransformOptions, elasticTransform } from "./elastic.js";
export type { ImageOptions } from "./images.js";
export { type ExtractPatchesOptions, extractPatches, extractPatches3d } from "./patches.js";
export { type PerspectiveTransformOptions, perspectiveTransform } from "./perspective.js";
export { type ResizeOptions, resize } from "./resize.js";
export { type MapCoordinatesOptions, mapCoordinates } from "./sample.js";
export { type ScaleMethod, scaleAndTranslate } from "./scale.js";
export { type SsimOptions, ssim } from "./ssim.js";
