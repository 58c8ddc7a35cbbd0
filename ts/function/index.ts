export {
  type CompiledFunction,
  compiled as function,
  type FunctionOptions,
  functionsRunEagerly,
  runFunctionsEagerly,
} from "./function.js";
