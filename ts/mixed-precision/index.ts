/** `keras.mixedPrecision`: Keras's older place of dtype policies and of the optimizer that scales losses. */

export {
  dtypePolicy,
  dtypePolicy as globalPolicy,
  setDtypePolicy,
  setDtypePolicy as setGlobalPolicy,
} from "../dtype-policies/dtype-policy.js";
export { DTypePolicy, DTypePolicy as Policy } from "../dtype-policies/index.js";
export { LossScaleOptimizer } from "../optimizers/index.js";
