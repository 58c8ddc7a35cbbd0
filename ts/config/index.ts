/** Settings of the whole session. */
export { epsilon, floatx, imageDataFormat, setEpsilon, setFloatx } from "../engine/config.js";
