/** `keras.saving`: objects to configs and back, and classes of your own in files. */
export { loadModel, loadWeights, saveModel, saveWeights } from "../models/index.js";
export {
  CustomObjectScope,
  CustomObjectScope as customObjectScope,
  type CustomObjects,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from "./registry.js";
export { type Config, type DeserializeOptions, deserializeKerasObject, serializeKerasObject } from "./serialization.js";
