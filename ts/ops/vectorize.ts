import { toTensor } from "../engine/convert.js";
import { flatten, mapStructure, type Structure } from "../engine/nest.js";
import type { TensorLike } from "../engine/operand.js";
import { formatShape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { composite } from "./composite.js";
import { type Tensors, vectorizedMap } from "./loops.js";
import { broadcastTo, reshape } from "./movement.js";

/** Options of {@link vectorize}. */
export interface VectorizeOptions {
  /** The places of arguments that the function gets as they are. */
  excluded?: Iterable<number> | null;
  /** The dimensions that one call takes and gives, such as `"(m,n),(n)->(m)"`. Default: numbers. */
  signature?: string | null;
}

/** How many dimensions each argument and each output of one call has. */
interface Cores {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/**
 * A function of numbers (or, with a `signature`, of small tensors) as a function of tensors of them, which broadcast as in numpy.
 *
 * @throws InvalidTypeError unless it gets a function; ValueError for a signature that is none, or that the arguments do not fit.
 * @example ops.vectorize((a: Tensor, b: Tensor) => ops.maximum(a, b))([1, 5, 3], 2) // [2, 5, 3]
 * Source: `keras.ops.vectorize`.
 */
export function vectorize(
  pyfunc: (...args: never[]) => Tensors,
  options: VectorizeOptions = {},
): (...args: unknown[]) => Tensors {
  if (typeof pyfunc !== "function") throw new InvalidTypeError("vectorize: expected a function.");
  const excluded = new Set(options.excluded ?? []);
  const signature = options.signature ?? null;
  const cores = signature === null ? null : parse(signature);
  const call = pyfunc as (...args: unknown[]) => Tensors;
  return (...args) => {
    const places = args.flatMap((_, i) => (excluded.has(i) ? [] : [i]));
    const compute = (...given: unknown[]): Tensors => {
      const xs = given.map((x) => toTensor(x as TensorLike, undefined, "vectorize"));
      return spread(cores, xs, (slices) => call(...args.map((arg, i) => slices[places.indexOf(i)] ?? arg)));
    };
    const config = (): Record<string, unknown> => ({ excluded: [...excluded], signature });
    return composite(
      "Vectorize",
      places.map((i) => args[i]),
      compute as never,
      config,
    ) as Tensors;
  };
}

function parse(signature: string): Cores {
  const part = String.raw`\(\s*(?:\w+(?:\s*,\s*\w+)*)?\s*\)`;
  const list = `${part}(?:\\s*,\\s*${part})*`;
  if (!new RegExp(`^\\s*${list}\\s*->\\s*${list}\\s*$`).test(signature)) {
    throw new ValueError(`vectorize: the signature ${JSON.stringify(signature)} is not of the form "(m,n),(n)->(m)".`);
  }
  const [inputs, outputs] = signature
    .split("->")
    .map((side) =>
      [...side.matchAll(/\(([^)]*)\)/g)].map(([, names]) => (names!.trim() === "" ? 0 : names!.split(",").length)),
    ) as [number[], number[]];
  return { inputs, outputs };
}

/** Calls a function on every slice that the leading dimensions count, those of all arguments broadcast together. */
function spread(cores: Cores | null, xs: readonly Tensor[], call: (slices: readonly Tensor[]) => Tensors): Tensors {
  if (cores !== null && cores.inputs.length !== xs.length) {
    throw new ValueError(`vectorize: the signature has ${cores.inputs.length} arguments, got ${xs.length}.`);
  }
  const split = xs.map((x, i) => {
    const at = x.ndim - (cores?.inputs[i] ?? 0);
    if (at < 0) {
      throw new ValueError(
        `vectorize: argument ${i} has shape ${formatShape(x.shape)}, but the signature wants ${cores!.inputs[i]} dimensions.`,
      );
    }
    return { x, loop: x.shape.slice(0, at) as number[], core: x.shape.slice(at) as number[] };
  });
  const loop = joined(split.map((one) => one.loop));
  if (loop.length === 0) return call(xs);
  const rows = split.map(({ x, core }) => reshape(broadcastTo(x, [...loop, ...core]) as Tensor, [-1, ...core]));
  const made = vectorizedMap((slices) => call(slices as readonly Tensor[]), rows as never);
  if (cores !== null && flatten<Tensor>(made).length !== cores.outputs.length) {
    throw new ValueError(`vectorize: the signature has ${cores.outputs.length} outputs, the function returned others.`);
  }
  return mapStructure(made as Structure<Tensor>, (y) => reshape(y, [...loop, ...y.shape.slice(1)]) as Tensor);
}

/** numpy's shape of several together. */
function joined(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.flatMap((shape) => shape.at(axis - rank) ?? []).filter((size) => size !== 1);
    if (sizes.some((size) => size !== sizes[0])) {
      throw new ValueError(`vectorize: shapes ${shapes.map(formatShape).join(" and ")} cannot be broadcast together.`);
    }
    return sizes[0] ?? 1;
  });
}
