import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { inPlace, signatures } from "./call.js";
import { type Check, type ParityCase, type Tolerance, Unsupported } from "./check.js";
import { gradients, orZeros } from "./gradients.js";
import type { Source, Tensors } from "./source.js";

interface Described {
  id: string;
  class_name?: string;
  config: { class_name: string; config: Record<string, unknown> };
  tolerance?: Tolerance;
}

/** The cases of one file, each run by `run`. */
function* casesOf<C extends { id: string }>(
  source: Source,
  kind: string,
  className: (c: C) => string,
  run: (check: Check, c: C, tensor: Tensors) => void,
): Iterable<ParityCase> {
  if (!source.has(`${kind}.json`)) return;
  const tensor = source.tensors(`${kind}.safetensors`);
  for (const c of source.json<{ cases: C[] }>(`${kind}.json`).cases) {
    yield { kind, className: className(c), id: c.id, run: (check) => run(check, c, tensor) };
  }
}

const close = { rtol: 1e-4, atol: 1e-6 };
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

interface Activation {
  id: string;
  activation: string;
  kwargs: Record<string, unknown>;
  input: string;
  output: string;
  upstream?: string;
  input_grad?: string | null;
  tolerance: Tolerance;
}

export function activationCases(source: Source): Iterable<ParityCase> {
  const known = signatures(source, "activations");
  return casesOf<Activation>(
    source,
    "activations",
    (c) => c.activation,
    (check, c, tensor) => {
      const fn = (keras.activations as unknown as Record<string, (...args: unknown[]) => keras.Tensor>)[
        snakeToCamel(c.activation)
      ];
      if (fn === undefined) throw new Unsupported(`keras.activations.${c.activation} is not supported yet`);
      const call = (x: keras.Tensor): keras.Tensor =>
        fn(...inPlace(fn, known[c.activation] ?? [], [x], { ...c.kwargs })) as keras.Tensor;
      check.tensor(call(tensor(c.input)), tensor(c.output), c.tolerance, "output");
      if (!c.upstream || !c.input_grad) return;
      const [gradient] = gradients([tensor(c.input)], [tensor(c.upstream)], ([x]) => ({
        outputs: [call(x!)],
        by: [x!],
      }));
      const want = tensor(c.input_grad);
      check.tensor(orZeros(gradient, want), want, c.tolerance, "gradient");
    },
  );
}

interface Regularizer extends Described {
  input: string;
  output: number;
  input_grad: string;
}

export const regularizerCases = (source: Source): Iterable<ParityCase> =>
  casesOf<Regularizer>(
    source,
    "regularizers",
    (c) => c.config.class_name,
    (check, c, tensor) => {
      const regularizer = keras.regularizers.deserialize(c.config as never);
      check.number(regularizer(tensor(c.input)).item(), c.output, c.tolerance ?? close, "output");
      const one = keras.tensor(1, { dtype: "float32" });
      const [gradient] = gradients([tensor(c.input)], [one], ([x]) => ({ outputs: [regularizer(x!)], by: [x!] }));
      check.tensor(orZeros(gradient, tensor(c.input_grad)), tensor(c.input_grad), c.tolerance ?? close, "gradient");
      check.equal(json(regularizer.getConfig()), c.config.config, "config");
    },
  );

interface Constraint extends Described {
  input: string;
  output: string;
}

export const constraintCases = (source: Source): Iterable<ParityCase> =>
  casesOf<Constraint>(
    source,
    "constraints",
    (c) => c.config.class_name,
    (check, c, tensor) => {
      const constraint = keras.constraints.deserialize(c.config as never);
      check.tensor(constraint(tensor(c.input)), tensor(c.output), c.tolerance ?? close, "output");
      check.equal(json(constraint.getConfig()), c.config.config, "config");
    },
  );

interface Schedule extends Described {
  steps: number[];
  values: number[];
}

export const scheduleCases = (source: Source): Iterable<ParityCase> =>
  casesOf<Schedule>(
    source,
    "schedules",
    (c) => c.config.class_name,
    (check, c) => {
      const { deserialize, serialize } = keras.optimizers.schedules;
      const schedule = deserialize(c.config);
      for (const [i, step] of c.steps.entries()) {
        check.number(schedule(step).item(), c.values[i]!, c.tolerance ?? { rtol: 1e-4, atol: 1e-7 }, `rate at ${step}`);
      }
      check.equal(json(serialize(schedule)), c.config, "config");
    },
  );

interface Initializer extends Omit<Described, "tolerance"> {
  kind: "deterministic" | "random" | "orthogonal";
  tolerance?: Tolerance & { mean_abs?: number; std_rel?: number; limits_abs?: number };
  shape: number[];
  output?: string;
  gain?: number;
  expected?: { mean: number; std: number; min: number | null; max: number | null };
}

/** The product of an orthogonal matrix with its transpose, on the shorter side: gain² times the identity. */
function orthogonal(check: Check, made: keras.Tensor, gain: number): void {
  const matrix = made.reshape([-1, made.shape.at(-1) as number]);
  const [rows, columns] = matrix.shape as number[];
  const { matmul, transpose } = keras.ops;
  const product =
    rows! < columns! ? matmul(matrix, transpose(matrix)) : matmul(transpose(matrix) as keras.Tensor, matrix);
  const want = keras.ops.eye(Math.min(rows!, columns!)).multiply(gain * gain);
  check.tensor(product as keras.Tensor, want, { rtol: 1e-4, atol: 1e-4 }, "the product with its transpose");
}

/** What chance cannot change much: the mean, the deviation, the limits. */
function random(check: Check, made: keras.Tensor, c: Initializer): void {
  const values = made.dataSync() as Float32Array;
  const { mean, std, min, max } = c.expected!;
  const average = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - average) ** 2, 0) / values.length);
  const { mean_abs = (6 * std) / Math.sqrt(values.length), std_rel = 0.05, limits_abs = 1e-6 } = c.tolerance ?? {};
  check.number(average, mean, { rtol: 0, atol: mean_abs }, "the mean");
  check.number(deviation, std, { rtol: std_rel, atol: 0 }, "the deviation");
  check.true(min === null || Math.min(...values) >= min - limits_abs, `a value below ${min}`);
  check.true(max === null || Math.max(...values) <= max + limits_abs, `a value above ${max}`);
}

export const initializerCases = (source: Source): Iterable<ParityCase> =>
  casesOf<Initializer>(
    source,
    "initializers",
    (c) => c.config.class_name,
    (check, c, tensor) => {
      if (!(c.config.class_name in keras.initializers))
        throw new Unsupported(`keras.initializers.${c.config.class_name} is not supported yet`);
      // Keras leaves the gain of an identity out of its config.
      const gain = c.config.class_name === "Identity" && c.output ? (tensor(c.output).at(0, 0).item() as number) : 1;
      const initializer =
        gain === 1
          ? keras.initializers.deserialize(c.config as never)
          : (keras.initializers.Identity({ gain }) as ReturnType<typeof keras.initializers.deserialize>);
      const made = initializer(c.shape);
      check.equal([...made.shape], c.shape, "shape");
      if (c.kind === "deterministic") check.tensor(made, tensor(c.output!), c.tolerance ?? close, "values");
      else if (c.kind === "orthogonal") orthogonal(check, made, Number(c.config.config.gain ?? c.gain ?? 1));
      else random(check, made, c);
      if (c.config.config.seed != null) check.equal(initializer(c.shape).tolist(), made.tolist(), "a second call");
      check.equal(json(initializer.getConfig()), c.config.config, "config");
    },
  );
