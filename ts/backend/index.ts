/** `keras.backend`: what Keras keeps under this name for programs that are older. */
export { epsilon, floatx, imageDataFormat, setEpsilon, setFloatx, setImageDataFormat } from "../engine/config.js";
export {
  getMask as getKerasMask,
  setMask as setKerasMask,
  withoutMask as withoutKerasMask,
} from "../engine/mask.js";
export { getUid } from "../engine/names.js";
export { clearSession } from "../utils/clear-session.js";
export { isFloatDtype, isIntDtype, resultType, standardizeDtype } from "../utils/dtypes.js";
export { isKerasTensor } from "../utils/is-keras-tensor.js";
