/** `keras.config`: settings of the whole session. */
export { dtypePolicy, setDtypePolicy } from "../dtype-policies/dtype-policy.js";
export {
  epsilon,
  floatx,
  type ImageDataFormat,
  imageDataFormat,
  setEpsilon,
  setFloatx,
  setImageDataFormat,
} from "../engine/config.js";
export {
  type DeviceListing,
  device,
  devices,
  type MemoryInfo,
  memoryInfo,
  setDevice,
  setMemoryLimit,
} from "../engine/device.js";
export { maxEpochs, maxStepsPerEpoch, setMaxEpochs, setMaxStepsPerEpoch } from "../engine/limits.js";
export {
  disableInteractiveLogging,
  enableInteractiveLogging,
  isInteractiveLoggingEnabled,
} from "../engine/messages.js";
export { setThreads, threads } from "../engine/threads.js";
export { functionsRunEagerly, runFunctionsEagerly } from "../function/function.js";
