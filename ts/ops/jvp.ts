import { toTensor } from "../engine/convert.js";
import { isFloat } from "../engine/dtype.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape, sameShape } from "../engine/shape.js";
import { Surroundings } from "../engine/surroundings.js";
import { Tensor } from "../engine/tensor.js";
import { currentTrace, type Trace, withTrace } from "../engine/trace.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { zerosLike } from "./creation.js";

/** What a function gives to {@link jvp}: a tensor, or a list of them. */
type Outputs = Tensor | readonly Tensor[];

/**
 * A function's value and its derivative in a direction: `[fun(x), J · v]`, and with `hasAux` a third part.
 *
 * @param fun From tensors to a tensor or a list of them; with `hasAux` to `[outputs, aux]`.
 * @param primals Where. Floats. @param tangents The direction: a tensor for each primal, in its shape and dtype.
 * @throws ValueError for tangents in other shapes; InvalidTypeError for primals that are no floats.
 */
export function jvp<O extends Outputs>(
  fun: (...xs: Tensor[]) => O,
  primals: readonly TensorLike[],
  tangents: readonly TensorLike[],
  options?: { hasAux?: false },
): [O, O];
export function jvp<O extends Outputs, A>(
  fun: (...xs: Tensor[]) => readonly [O, A],
  primals: readonly TensorLike[],
  tangents: readonly TensorLike[],
  options: { hasAux: true },
): [O, O, A];
export function jvp(
  fun: (...xs: Tensor[]) => unknown,
  primals: readonly TensorLike[],
  tangents: readonly TensorLike[],
  options: { hasAux?: boolean } = {},
): unknown[] {
  const xs = primals.map((x) => toTensor(x, undefined, "jvp"));
  const vs = tangents.map((v, i) => toTensor(v, xs[i]?.dtype, "jvp"));
  check(xs, vs);
  const outer = currentTrace();
  if (outer !== null) return record(outer, fun, xs, vs, options.hasAux === true);
  const trace = new Surroundings();
  const parts = withTrace(trace, () => record(trace, fun, xs, vs, options.hasAux === true));
  return computed(trace, parts) as unknown[];
}

function check(xs: readonly Tensor[], vs: readonly Tensor[]): void {
  if (xs.length !== vs.length) throw new ValueError(`jvp: expected ${xs.length} tangents, got ${vs.length}.`);
  for (const [i, x] of xs.entries()) {
    const v = vs[i] as Tensor;
    if (!isFloat(x.dtype)) throw new InvalidTypeError(`jvp: expected float primals, got ${x.dtype}. Cast them first.`);
    if (!sameShape(x.shape, v.shape)) {
      throw new ValueError(`jvp: expected a tangent of shape ${formatShape(x.shape)}, got ${formatShape(v.shape)}.`);
    }
  }
}

/**
 * The gradient of u · fun(x) is linear in u, and the derivative of v · it with respect to u is J · v: two passes backwards make one forwards.
 */
function record(
  trace: Trace,
  fun: (...xs: Tensor[]) => unknown,
  xs: readonly Tensor[],
  vs: readonly Tensor[],
  hasAux: boolean,
): unknown[] {
  const fresh = (x: Tensor): Tensor => trace.push("identity", [x], "{}")[0] as Tensor;
  const inputs = xs.map(fresh);
  const result = fun(...inputs);
  const outputs = hasAux ? (result as readonly unknown[])[0] : result;
  const forward = (given: unknown): Tensor => {
    const y = toTensor(given as TensorLike, undefined, "jvp");
    if (!isFloat(y.dtype)) return zerosLike(y);
    const u = fresh(zerosLike(y));
    const gradients = trace.gradients([y], inputs, [u]);
    const some = gradients.flatMap((g, i) => (g === null ? [] : [[g, vs[i] as Tensor] as const]));
    const [tangent] = trace.gradients(
      some.map(([g]) => g),
      [u],
      some.map(([, v]) => v),
    );
    return tangent ?? zerosLike(y);
  };
  const derivative = Array.isArray(outputs) ? outputs.map(forward) : forward(outputs);
  return hasAux ? [outputs, derivative, (result as readonly unknown[])[1]] : [outputs, derivative];
}

/** The parts with every traced tensor replaced by its value. */
function computed(trace: Surroundings, parts: unknown): unknown {
  const found: Tensor[] = [];
  const collect = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(collect);
    else if (part instanceof Tensor && part.trace === trace) found.push(part);
  };
  collect(parts);
  const made = trace.run("jvp", found);
  const values = new Map(found.map((t, i) => [t, made[i] as Tensor]));
  const replace = (part: unknown): unknown =>
    Array.isArray(part) ? part.map(replace) : part instanceof Tensor ? (values.get(part) ?? part) : part;
  return replace(parts);
}
