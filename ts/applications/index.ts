/**
 * `keras.applications`: well-known networks, as Keras builds them, with random weights or trained ones.
 *
 * With `weights: null` a function gives a model; otherwise a promise of one, since weights are read from a file or downloaded first.
 *
 * @example
 * const model = await keras.applications.MobileNetV2();
 * const [[[synset, description, score]]] = await keras.applications.mobilenetV2.decodePredictions(await model.predict(pictures));
 */
import * as convnexts from "./convnext.js";
import * as densenets from "./densenet.js";
import * as efficientnets from "./efficientnet.js";
import * as efficientnetsV2 from "./efficientnet-v2.js";
import { decodePredictions, preprocessFor, preprocessInput, preprocessNothing } from "./imagenet.js";
import { InceptionResNetV2 } from "./inception-resnet-v2.js";
import { InceptionV3 } from "./inception-v3.js";
import { MobileNet } from "./mobilenet.js";
import { MobileNetV2 } from "./mobilenet-v2.js";
import { NASNetLarge, NASNetMobile } from "./nasnet.js";
import { ResNet50, ResNet50V2, ResNet101, ResNet101V2, ResNet152, ResNet152V2 } from "./resnet.js";
import { VGG16, VGG19 } from "./vgg.js";
import { Xception } from "./xception.js";

export type { Application, ApplicationModel, ApplicationOptions } from "./application.js";
export {
  ConvNeXtBase,
  ConvNeXtLarge,
  type ConvNeXtOptions,
  ConvNeXtSmall,
  ConvNeXtTiny,
  ConvNeXtXLarge,
} from "./convnext.js";
export { DenseNet121, DenseNet169, DenseNet201 } from "./densenet.js";
export {
  EfficientNetB0,
  EfficientNetB1,
  EfficientNetB2,
  EfficientNetB3,
  EfficientNetB4,
  EfficientNetB5,
  EfficientNetB6,
  EfficientNetB7,
} from "./efficientnet.js";
export {
  EfficientNetV2B0,
  EfficientNetV2B1,
  EfficientNetV2B2,
  EfficientNetV2B3,
  EfficientNetV2L,
  EfficientNetV2M,
  type EfficientNetV2Options,
  EfficientNetV2S,
} from "./efficientnet-v2.js";
export type { Prediction, PreprocessInputOptions, PreprocessMode, PreprocessOptions } from "./imagenet.js";
export { InceptionResNetV2 } from "./inception-resnet-v2.js";
export { InceptionV3 } from "./inception-v3.js";
export { MobileNet, type MobileNetOptions } from "./mobilenet.js";
export { MobileNetV2, type MobileNetV2Options } from "./mobilenet-v2.js";
export { MobileNetV3Large, type MobileNetV3Options, MobileNetV3Small } from "./mobilenet-v3.js";
export { NASNetLarge, NASNetMobile } from "./nasnet.js";
export { ResNet50, ResNet50V2, ResNet101, ResNet101V2, ResNet152, ResNet152V2 } from "./resnet.js";
export { VGG16, VGG19 } from "./vgg.js";
export { Xception } from "./xception.js";

// Keras's modules: each with its networks, and how their pictures are prepared and their predictions read.
const caffe = { preprocessInput: preprocessFor("caffe"), decodePredictions };
const tf = { preprocessInput: preprocessFor("tf"), decodePredictions };
const torch = { preprocessInput: preprocessFor("torch"), decodePredictions };
const inside = { preprocessInput: preprocessNothing, decodePredictions };

export const imagenetUtils = { preprocessInput, decodePredictions };
export const vgg16 = { VGG16, ...caffe };
export const vgg19 = { VGG19, ...caffe };
export const resnet = { ResNet50, ResNet101, ResNet152, ...caffe };
export const resnet50 = { ResNet50, ...caffe };
export const resnetV2 = { ResNet50V2, ResNet101V2, ResNet152V2, ...tf };
export const mobilenet = { MobileNet, ...tf };
export const mobilenetV2 = { MobileNetV2, ...tf };
export const mobilenetV3 = { ...inside };
export const inceptionV3 = { InceptionV3, ...tf };
export const inceptionResnetV2 = { InceptionResNetV2, ...tf };
export const xception = { Xception, ...tf };
export const nasnet = { NASNetLarge, NASNetMobile, ...tf };
export const densenet = { ...densenets, ...torch };
export const efficientnet = {
  EfficientNetB0: efficientnets.EfficientNetB0,
  EfficientNetB1: efficientnets.EfficientNetB1,
  EfficientNetB2: efficientnets.EfficientNetB2,
  EfficientNetB3: efficientnets.EfficientNetB3,
  EfficientNetB4: efficientnets.EfficientNetB4,
  EfficientNetB5: efficientnets.EfficientNetB5,
  EfficientNetB6: efficientnets.EfficientNetB6,
  EfficientNetB7: efficientnets.EfficientNetB7,
  ...inside,
};
export const efficientnetV2 = { ...efficientnetsV2, ...inside };
export const convnext = {
  ConvNeXtTiny: convnexts.ConvNeXtTiny,
  ConvNeXtSmall: convnexts.ConvNeXtSmall,
  ConvNeXtBase: convnexts.ConvNeXtBase,
  ConvNeXtLarge: convnexts.ConvNeXtLarge,
  ConvNeXtXLarge: convnexts.ConvNeXtXLarge,
  ...inside,
};
