/** `keras.utils`. */
export { resetNames as clearSession } from "../engine/names.js";
export { setRandomSeed } from "../engine/seed.js";
export { type GetFileOptions, getFile } from "./get-file.js";
export { normalize } from "./normalize.js";
export { plotModel } from "./plot-model.js";
export { toCategorical } from "./to-categorical.js";
