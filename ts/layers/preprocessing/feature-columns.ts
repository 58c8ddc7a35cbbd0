import { StringTensor } from "../../engine/string-tensor.js";
import type { Tensor } from "../../engine/tensor.js";

/** The same values in another shape. */
export function reshaped(x: Tensor | StringTensor, shape: readonly number[]): Tensor | StringTensor {
  return x instanceof StringTensor ? new StringTensor(x.values, shape) : x.reshape(shape);
}

/** Samples by 32, as Keras takes them, each with a last dimension. What is learned of quantiles depends on the batches. */
export function batchesOf(x: Tensor | StringTensor): (Tensor | StringTensor)[] {
  const samples = (x.shape[0] ?? 1) as number;
  const rest = x.shape.slice(1) as number[];
  const size = rest.reduce((total, d) => total * d, 1);
  const every = rest.length === 0 ? 32 : 1;
  return Array.from({ length: Math.ceil(samples / every) }, (_, i) => {
    const [from, to] = [i * every, Math.min((i + 1) * every, samples)];
    const shape = rest.length === 0 ? [to - from, 1] : rest.length === 1 ? [...rest, 1] : rest;
    if (x instanceof StringTensor) return new StringTensor(x.values.slice(from * size, to * size), shape);
    return x.reshape([samples, size]).at(`${from}:${to}`).reshape(shape);
  });
}
