export {
  type GradientOptions,
  type Gradients,
  GradientTape,
  type GradientTapeOptions,
  type JacobianOptions,
  type Sources,
} from "./gradient-tape.js";
export { type ArgNums, type DerivativeOptions, grad, jacobian, valueAndGrad } from "./transforms.js";
