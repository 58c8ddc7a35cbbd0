import { type Tensor, Variable } from "kerosene";
import { trace } from "#kerosene/engine/trace.js";
import { CLASSES } from "#kerosene/optimizers/get.js";
import type { Optimizer } from "#kerosene/optimizers/optimizer.js";
import { type Check, type ParityCase, type Tolerance, Unsupported } from "./check.js";
import type { Source, Tensors } from "./source.js";

interface Case {
  id: string;
  class_name: string;
  config: { config: Record<string, unknown> };
  variables: { name: string; shape: number[]; key: string }[];
  /** Optimizers round others have no rate of their own recorded. */
  steps: { gradients: string[]; after: string[]; learning_rate?: number }[];
  optimizer_variables: { name: string; path: string; key: string }[];
  iterations: number;
  finalized?: string[];
  exclude_from_weight_decay?: string[];
  constraint?: unknown;
  tolerance: Tolerance;
}

/** Applies gradients now, or through a plan as `fit` does. */
const modes: Record<string, (optimizer: Optimizer, gradients: Tensor[], variables: Variable[]) => void> = {
  eager: (optimizer, gradients, variables) => optimizer.apply(gradients, variables),
  planned: (optimizer, gradients, variables) => {
    const traced = trace(gradients, (...inputs) => optimizer.apply(inputs, variables));
    traced.trace.compile([]).runSync(
      gradients.map((gradient) => gradient.storage),
      [],
    );
  },
};

function run(check: Check, c: Case, tensor: Tensors, mode: keyof typeof modes): void {
  const Class = CLASSES[c.class_name];
  if (!Class) throw new Unsupported(`keras.optimizers.${c.class_name} is not supported yet`);
  const optimizer = Class.fromConfig(c.config.config);
  if (c.exclude_from_weight_decay) optimizer.excludeFromWeightDecay({ varNames: c.exclude_from_weight_decay });
  // The recorded numbers of the cases with a constraint are those without it: what is kept apart is checked elsewhere.
  const variables = c.variables.map(({ name, key }) => new Variable(tensor(key), { name, path: name }));
  for (const [i, { gradients, after, learning_rate }] of c.steps.entries()) {
    if (learning_rate !== undefined) {
      const value = optimizer.learningRate.item();
      check.number(value, learning_rate, { rtol: 1e-6, atol: 0 }, `${mode}: the rate before step ${i}`);
    }
    modes[mode]!(optimizer, gradients.map(tensor), variables);
    for (const [k, key] of after.entries()) {
      check.tensor(variables[k]!.value, tensor(key), c.tolerance, `${mode}: ${c.variables[k]!.name} after step ${i}`);
    }
  }
  check.equal(
    optimizer.variables.map(({ path }) => path),
    c.optimizer_variables.map(({ path }) => path),
    "the optimizer's variables",
  );
  for (const [i, { key, path }] of c.optimizer_variables.entries()) {
    check.tensor(optimizer.variables[i]?.value, tensor(key), c.tolerance, path);
  }
  check.equal(optimizer.iterations.item(), c.iterations, `${mode}: iterations`);
  optimizer.finalizeVariableValues();
  for (const [i, key] of (c.finalized ?? []).entries()) {
    check.tensor(variables[i]?.value, tensor(key), c.tolerance, `${c.variables[i]!.name} finalized`);
  }
  check.equal(optimizer.getConfig(), { ...c.config.config, name: optimizer.name }, "config");
}

/** The cases of `optimizers.json`. */
export function* optimizerCases(source: Source): Iterable<ParityCase> {
  if (!source.has("optimizers.json")) return;
  const tensor = source.tensors("optimizers.safetensors");
  for (const c of source.json<{ cases: Case[] }>("optimizers.json").cases) {
    yield {
      kind: "optimizers",
      className: c.class_name,
      id: c.id,
      run(check) {
        for (const mode of Object.keys(modes)) run(check, c, tensor, mode);
      },
    };
  }
}
