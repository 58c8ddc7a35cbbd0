/** `keras.saving`: objects to configs and back, and classes of your own in files. */
import { callable } from "../engine/callable.js";
import { KerasFileEditor as KerasFileEditorClass } from "./file-editor.js";

export { loadModel, loadWeights, saveModel, saveWeights } from "../models/index.js";
export type { Comparison, InspectOptions } from "./file-editor.js";
export {
  CustomObjectScope,
  CustomObjectScope as customObjectScope,
  type CustomObjects,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from "./registry.js";
export {
  type Config,
  cloneByConfig,
  type DeserializeOptions,
  deserializeKerasObject,
  serializeKerasObject,
} from "./serialization.js";

export const KerasFileEditor = callable(KerasFileEditorClass);
export type KerasFileEditor = KerasFileEditorClass;
