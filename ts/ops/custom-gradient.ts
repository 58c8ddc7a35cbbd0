import { toTensor } from "../engine/convert.js";
import { flatten, mapStructure, pack, type Structure } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import { tellTapes } from "../engine/tapes.js";
import type { Tensor } from "../engine/tensor.js";
import { currentTrace } from "../engine/trace.js";
import { InvalidTypeError, NotImplementedError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { zerosLike } from "./creation.js";
import * as wire from "./generated.js";
import type { Tensors } from "./loops.js";

/** What a function under {@link customGradient} returns: its outputs, and the gradients of its arguments as a function of those of its outputs. */
export type WithGradient<O extends Tensors> = readonly [outputs: O, gradient: (upstream: O) => Tensors];

/**
 * A function whose gradient is what it says itself.
 *
 * @param f Gets tensors, or structures of them, and returns `[outputs, gradient]`. `gradient(upstream)` gets the gradients of the outputs, in
 * their structure, and returns one gradient for each tensor among the arguments (a single one alone, or a list in their order). What it
 * uses of `f` it finds in its closure. Variables that `f` reads without getting them as arguments have no gradient.
 * @returns A function of the same arguments that returns the outputs.
 * @throws InvalidTypeError when `f` returns something else; ValueError for gradients in other numbers or shapes; NotImplementedError
 * inside the body of a loop, whose derivative is taken as a whole.
 * @example
 *   const log1pexp = ops.customGradient((x: Tensor) => {
 *     const e = ops.exp(x);
 *     return [ops.log(e.add(1)), (upstream: Tensor) => upstream.multiply(e.divide(e.add(1)))];
 *   });
 * Source: `keras.ops.custom_gradient`.
 */
export function customGradient<A extends unknown[], O extends Tensors>(
  f: (...args: A) => WithGradient<O>,
): (...args: A) => O {
  if (typeof f !== "function") throw new InvalidTypeError("customGradient: expected a function.");
  return (...args) => composite("CustomGradient", args, (...given: unknown[]) => call(f as never, given)) as O;
}

function call(f: (...args: unknown[]) => unknown, given: readonly unknown[]): Tensors {
  const trace = currentTrace();
  if (trace !== null && trace.parent !== null) {
    throw new NotImplementedError(
      "customGradient: a function with its own gradient cannot be called in the body of a loop. Call it outside, or unroll the loop.",
    );
  }
  const args = mapStructure(given as Structure<unknown>, (x) => toTensor(x as TensorLike, undefined, "customGradient"));
  const found = f(...(args as unknown[]));
  if (!Array.isArray(found) || found.length !== 2 || typeof found[1] !== "function") {
    throw new InvalidTypeError("customGradient: expected the function to return [outputs, gradient].");
  }
  const [made, gradient] = found as unknown as WithGradient<Tensors>;
  const outputs = flatten<unknown>(made).map((y) =>
    wire.stopGradient(toTensor(y as TensorLike, undefined, "customGradient")),
  );
  const inputs = flatten<Tensor>(args as Structure<Tensor>);
  const backward = (upstream: readonly (Tensor | null)[]): Tensor[] => {
    const filled = upstream.map((u, i) => u ?? zerosLike(outputs[i] as Tensor));
    return check(flatten<unknown>(gradient(pack(made, filled)) as never), inputs);
  };
  if (trace === null) tellTapes(null, (tape) => tape.ran({ inputs, outputs, backward }));
  else trace.addRule(inputs, outputs, backward);
  return pack(made, outputs);
}

function check(gradients: readonly unknown[], inputs: readonly Tensor[]): Tensor[] {
  if (gradients.length !== inputs.length) {
    throw new ValueError(
      `customGradient: expected one gradient for each of the ${inputs.length} tensors among the arguments, got ${gradients.length}.`,
    );
  }
  return gradients.map((given, i) => {
    const [x, gradient] = [inputs[i] as Tensor, toTensor(given as TensorLike, undefined, "customGradient")];
    if (sameShape(gradient.shape, x.shape)) return gradient.cast(x.dtype);
    throw new ValueError(
      `customGradient: the gradient of argument ${i} has shape ${formatShape(gradient.shape)}, but the argument has ${formatShape(x.shape)}.`,
    );
  });
}
