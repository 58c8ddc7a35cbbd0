import { toTensor } from "../engine/convert.js";
import { anySymbolic } from "../engine/node.js";
import type { Operand, Result, TensorLike } from "../engine/operand.js";
import { record } from "../engine/operation.js";
import type { Tensor } from "../engine/tensor.js";

/** The arguments of an op that cannot be symbolic, in snake_case. */
type Config = () => Record<string, unknown>;
const none: Config = () => ({});

/**
 * An op written with other ops. On symbolic tensors it becomes one node of the layer graph, as in Keras, and not a node for each part.
 *
 * @param className Keras's name of the op.
 * @param args The arguments that may be symbolic, or structures of them.
 * @param compute The op as a function of these arguments.
 */
export function composite<A extends readonly unknown[], R>(
  className: string,
  args: A,
  compute: (...args: A) => R,
  config = none,
): R {
  return anySymbolic(args)
    ? (record(className, compute as (...args: never[]) => unknown, args, config()) as R)
    : compute(...args);
}

/** A {@link composite} of one tensor. */
export function unary<X extends Operand>(
  className: string,
  x: X,
  compute: (x: Tensor) => Tensor,
  config = none,
): Result<X> {
  const whole = (given: unknown): unknown => compute(toTensor(given as TensorLike, undefined, className));
  return composite(className, [x], whole, config) as Result<X>;
}

/** A {@link composite} of two tensors. */
export function binary<A extends Operand, B extends Operand>(
  className: string,
  x1: A,
  x2: B,
  compute: (x1: Tensor, x2: Tensor) => Tensor,
  config = none,
): Result<A, B> {
  const convert = (given: unknown): Tensor => toTensor(given as TensorLike, undefined, className);
  return composite(className, [x1, x2] as const, (a, b) => compute(convert(a), convert(b)), config) as Result<A, B>;
}
