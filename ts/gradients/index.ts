export {
  type GradientOptions,
  type Gradients,
  GradientTape,
  type GradientTapeOptions,
  type Sources,
} from "./gradient-tape.js";
