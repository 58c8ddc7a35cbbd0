import * as keras from "kerosene";
import { allocate, type DType } from "#kerosene/engine/dtype.js";
import { wrap } from "#kerosene/engine/tensor.js";
import { trace } from "#kerosene/engine/trace.js";

/**
 * The vector-Jacobian products of a function, planned and run as a training step is.
 *
 * `fn` gives the outputs and what to differentiate by; `null` stands where there is no gradient.
 */
export function gradients(
  inputs: readonly keras.Tensor[],
  upstream: readonly keras.Tensor[],
  fn: (inputs: readonly keras.Tensor[]) => {
    outputs: readonly keras.Tensor[];
    by: readonly (keras.Tensor | keras.Variable)[];
  },
): (keras.Tensor | null)[] {
  const traced = trace(
    inputs.map(({ dtype, shape }) => ({ dtype, shape })),
    (...xs) => fn(xs),
  );
  const { outputs, by } = traced.result;
  const found = traced.trace.gradients(outputs as keras.Tensor[], by as keras.Tensor[], upstream as keras.Tensor[]);
  const present = found.flatMap((one) => (one ? [one] : []));
  const plan = traced.trace.compile(present);
  const arrays = plan.outputs.map(({ dtype, shape }) =>
    allocate(
      dtype as DType,
      shape.reduce<number>((total, d) => total * (d ?? 1), 1),
    ),
  );
  plan.runSync(
    inputs.map((x) => x.storage),
    arrays,
  );
  const values = plan.outputs.map(({ dtype, shape }, i) => wrap(dtype as DType, shape as number[], arrays[i]!));
  return found.map((one) => (one ? values.shift()! : null));
}

/** A gradient, zeros where there is none. */
export function orZeros(gradient: keras.Tensor | null | undefined, like: keras.Tensor): keras.Tensor {
  return gradient ?? keras.ops.zeros(like.shape as number[]);
}
