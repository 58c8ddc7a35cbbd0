/** Activations as layers. */
import { callable } from "../../engine/callable.js";
import { registerModule } from "../../saving/registry.js";
import { Activation as ActivationClass } from "./activation.js";
import { ELU as ELUClass } from "./elu.js";
import { LeakyReLU as LeakyReLUClass } from "./leaky-relu.js";
import { PReLU as PReLUClass } from "./prelu.js";
import { ReLU as ReLUClass } from "./relu.js";
import { Softmax as SoftmaxClass } from "./softmax.js";

export type { ELUOptions } from "./elu.js";
export type { LeakyReLUOptions } from "./leaky-relu.js";
export type { PReLUOptions } from "./prelu.js";
export type { ReLUOptions } from "./relu.js";
export type { ActivationLike } from "./resolve.js";
export type { SoftmaxOptions } from "./softmax.js";

export const Activation = callable(ActivationClass);
export type Activation = ActivationClass;
export const ELU = callable(ELUClass);
export type ELU = ELUClass;
export const LeakyReLU = callable(LeakyReLUClass);
export type LeakyReLU = LeakyReLUClass;
export const ReLU = callable(ReLUClass);
export type ReLU = ReLUClass;
export const Softmax = callable(SoftmaxClass);
export type Softmax = SoftmaxClass;
export const PReLU = callable(PReLUClass);
export type PReLU = PReLUClass;

registerModule("keras.layers", {
  Activation: ActivationClass,
  ELU: ELUClass,
  LeakyReLU: LeakyReLUClass,
  ReLU: ReLUClass,
  Softmax: SoftmaxClass,
  PReLU: PReLUClass,
});
