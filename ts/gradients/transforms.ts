import { toTensor } from "../engine/convert.js";
import { apply } from "../engine/dispatch.js";
import { isFloat } from "../engine/dtype.js";
import { mapStructure, type Structure } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import { describe, formatShape } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { reshape } from "../ops/movement.js";
import { GradientTape } from "./gradient-tape.js";

/** Which arguments derivatives are taken with respect to: a place, or several. */
export type ArgNums = number | readonly number[];

/** Options of {@link grad}, {@link valueAndGrad} and {@link jacobian}. */
export interface DerivativeOptions<N extends ArgNums = ArgNums> {
  /** The places of the arguments that derivatives are taken with respect to. Default 0. */
  argnums?: N;
  /** Whether the function returns `[value, aux]`, of which `aux` is handed on as it is. Default `false`. */
  hasAux?: boolean;
}

/** Derivatives have the structure of the argument; those of several arguments are a list. */
type Like<A> = A extends readonly unknown[] | { readonly [key: string]: unknown }
  ? A extends Tensor
    ? Tensor
    : { -readonly [K in keyof A]: Like<A[K]> }
  : Tensor;
type Derivatives<A extends readonly unknown[], N> = N extends readonly number[]
  ? { -readonly [K in keyof N]: N[K] extends keyof A & number ? Like<A[N[K]]> : Tensor }
  : N extends keyof A & number
    ? Like<A[N]>
    : Like<A[0]>;

/** What a function under {@link grad} returns: one number. */
type Scalar = Tensor;

/**
 * The gradient of a function that returns one number, as a function of the same arguments.
 *
 * What the function reads beside its arguments (variables, tensors) counts as constant. Arguments may be lists and dicts of tensors; the
 * gradient has their structure, with zeros where the value does not depend on them.
 *
 * @param fn Returns a tensor with one element; with `hasAux` `[value, aux]`.
 * @param options.argnums With respect to which argument, or a list of them. Default 0.
 * @returns A function that gives the gradient, with a list as `argnums` the list of gradients; with `hasAux` `[gradient, aux]`.
 * @throws ValueError at the call when `fn` returns more than one number; InvalidTypeError for arguments that are not floating.
 * @example keras.grad((x: Tensor) => x.square().sum())(keras.tensor([1, 2], { dtype: "float32" })) // [2, 4]
 *
 * Source: `jax.grad`.
 */
export function grad<A extends unknown[], X, const N extends ArgNums = 0>(
  fn: (...args: A) => readonly [Scalar, X],
  options: DerivativeOptions<N> & { hasAux: true },
): (...args: A) => [Derivatives<A, N>, X];
export function grad<A extends unknown[], const N extends ArgNums = 0>(
  fn: (...args: A) => Scalar,
  options?: DerivativeOptions<N>,
): (...args: A) => Derivatives<A, N>;
export function grad(fn: unknown, options: DerivativeOptions = {}): (...args: unknown[]) => unknown {
  const call = checked("grad", fn);
  return (...args) => {
    const { aux, gradient } = differentiated(call, args, options);
    return options.hasAux === true ? [gradient, aux] : gradient;
  };
}

/**
 * A function's value together with its gradient: `[value, gradient]`, with `hasAux` `[[value, aux], gradient]`. See {@link grad}.
 *
 * @example
 * const step = keras.valueAndGrad((params: { w: Tensor; b: Tensor }) => loss(x.matmul(params.w).add(params.b), y));
 * const [value, { w, b }] = step(params);
 *
 * Source: `jax.value_and_grad`.
 */
export function valueAndGrad<A extends unknown[], X, const N extends ArgNums = 0>(
  fn: (...args: A) => readonly [Scalar, X],
  options: DerivativeOptions<N> & { hasAux: true },
): (...args: A) => [[Tensor, X], Derivatives<A, N>];
export function valueAndGrad<A extends unknown[], const N extends ArgNums = 0>(
  fn: (...args: A) => Scalar,
  options?: DerivativeOptions<N>,
): (...args: A) => [Tensor, Derivatives<A, N>];
export function valueAndGrad(fn: unknown, options: DerivativeOptions = {}): (...args: unknown[]) => unknown {
  const call = checked("valueAndGrad", fn);
  return (...args) => {
    const { value, aux, gradient } = differentiated(call, args, options);
    return [options.hasAux === true ? [value, aux] : value, gradient];
  };
}

function differentiated(
  call: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  options: DerivativeOptions,
): { value: Tensor; aux: unknown; gradient: unknown } {
  const { value, aux, given, tape } = recorded("grad", call, args, options);
  if (value.size !== 1) {
    throw new ValueError(
      `grad: the function must return one number, but it returned a tensor of shape ${formatShape(value.shape)}. Reduce it (sum, mean), or use ` +
        "keras.jacobian.",
    );
  }
  return { value, aux, gradient: tape.gradient(value, given, { unconnectedGradients: "zero" }) };
}

/**
 * The derivative of each element of what a function returns, as a function of the same arguments: for an argument of shape (a, b) and a
 * value of shape (c,) a tensor of shape (c, a, b). It takes a way back for each element of the value.
 *
 * @returns A function that gives the Jacobian in the structure of the argument; see {@link grad} for `argnums` and `hasAux`.
 * @throws InvalidTypeError for arguments and values that are not floating.
 *
 * Source: `jax.jacobian`.
 */
export function jacobian<A extends unknown[], X, const N extends ArgNums = 0>(
  fn: (...args: A) => readonly [Tensor, X],
  options: DerivativeOptions<N> & { hasAux: true },
): (...args: A) => [Derivatives<A, N>, X];
export function jacobian<A extends unknown[], const N extends ArgNums = 0>(
  fn: (...args: A) => Tensor,
  options?: DerivativeOptions<N>,
): (...args: A) => Derivatives<A, N>;
export function jacobian(fn: unknown, options: DerivativeOptions = {}): (...args: unknown[]) => unknown {
  const call = checked("jacobian", fn);
  return (...args) => {
    const { value, aux, given, tape } = recorded("jacobian", call, args, options);
    const found = tape.jacobian(value, given, { unconnectedGradients: "zero" });
    return options.hasAux === true ? [found, aux] : found;
  };
}

function checked(who: string, fn: unknown): (...args: unknown[]) => unknown {
  if (typeof fn !== "function") throw new InvalidTypeError(`${who}: expected a function, got ${describe(fn)}.`);
  return fn as (...args: unknown[]) => unknown;
}

/** Calls the function on fresh tensors (`given`: one, or a structure of them), so that an argument is no other's although both are the same tensor. */
function recorded(
  who: string,
  call: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  { argnums = 0, hasAux = false }: DerivativeOptions,
): { value: Tensor; aux: unknown; given: Tensor; tape: GradientTape } {
  const places = typeof argnums === "number" ? [argnums] : argnums;
  const tape = new GradientTape({ persistent: true, watchAccessedVariables: false });
  const fresh = [...args];
  const own = places.map((place) => {
    const at = place < 0 ? place + args.length : place;
    if (!Number.isInteger(at) || at < 0 || at >= args.length) {
      throw new ValueError(`${who}: \`argnums\` names argument ${place}, but there are ${args.length}.`);
    }
    const made = mapStructure(args[at] as Structure<TensorLike>, (leaf) => freshFloat(who, leaf));
    tape.watch(made);
    fresh[at] = made;
    return made;
  });
  const result = tape.record(() => call(...fresh));
  if (hasAux && !(Array.isArray(result) && result.length === 2)) {
    throw new InvalidTypeError(`${who}: with \`hasAux\` the function must return [value, aux].`);
  }
  const [value, aux] = hasAux ? (result as [unknown, unknown]) : [result, undefined];
  if (!(value instanceof Tensor)) {
    throw new InvalidTypeError(`${who}: expected the function to return a tensor, got ${describe(value)}.`);
  }
  return { value, aux, given: (typeof argnums === "number" ? own[0] : own) as Tensor, tape };
}

function freshFloat(who: string, leaf: TensorLike): Tensor {
  const x = toTensor(leaf, undefined, who);
  if (!isFloat(x.dtype)) {
    throw new InvalidTypeError(
      `${who}: derivatives are taken with respect to floating tensors, got one of dtype ${x.dtype}. Cast it, or name other arguments in \`argnums\`.`,
    );
  }
  return x.trace === null ? reshape(x, x.shape) : (apply("identity", [x]) as Tensor);
}
