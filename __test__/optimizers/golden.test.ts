import test from "ava";
import { type Tensor, Variable } from "kerosene";
import { trace } from "#kerosene/engine/trace.js";
import { CLASSES } from "#kerosene/optimizers/get.js";
import type { Optimizer } from "#kerosene/optimizers/optimizer.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

interface Case {
  id: string;
  class_name: string;
  config: { config: Record<string, unknown> };
  variables: { name: string; shape: number[]; key: string }[];
  steps: { gradients: string[]; after: string[]; learning_rate: number }[];
  optimizer_variables: { name: string; path: string; key: string }[];
  iterations: number;
  finalized?: string[];
  exclude_from_weight_decay?: string[];
  constraint?: unknown;
  tolerance: { rtol: number; atol: number };
}

/** Applies gradients now, or through a plan as `fit` does. */
const modes: Record<string, (optimizer: Optimizer, gradients: Tensor[], variables: Variable[]) => Promise<void>> = {
  eager: async (optimizer, gradients, variables) => optimizer.apply(gradients, variables),
  planned: async (optimizer, gradients, variables) => {
    const traced = trace(gradients, (...inputs) => optimizer.apply(inputs, variables));
    await traced.trace.compile([]).run(
      gradients.map((gradient) => gradient.dataSync()),
      [],
    );
  },
};

if (hasGolden) {
  const { cases } = goldenJson<{ cases: Case[] }>("optimizers.json");
  const tensor = goldenTensors("optimizers.safetensors");
  const missing: string[] = [];
  for (const item of cases) {
    const Class = CLASSES[item.class_name];
    // the cases with a constraint hold what Keras gives without it; constraints.test.ts says what it gives with it
    if (!Class || item.constraint !== undefined) {
      missing.push(item.id);
      continue;
    }
    for (const [mode, apply] of Object.entries(modes)) {
      test(`${item.id} ${mode}`, async (t) => {
        const optimizer = Class.fromConfig(item.config.config);
        if (item.exclude_from_weight_decay)
          optimizer.excludeFromWeightDecay({ varNames: item.exclude_from_weight_decay });
        const variables = item.variables.map(({ name, key }) => new Variable(tensor(key), { name, path: name }));
        for (const { gradients, after, learning_rate } of item.steps) {
          const rate = optimizer.learningRate;
          t.true(
            Math.abs((rate instanceof Variable ? rate.value : rate).item() - learning_rate) <= 1e-6 * learning_rate,
          );
          await apply(optimizer, gradients.map(tensor), variables);
          for (const [index, key] of after.entries()) {
            t.is(difference((variables[index] as Variable).value, tensor(key), item.tolerance), null, key);
          }
        }
        t.deepEqual(
          optimizer.variables.map(({ path }) => path),
          item.optimizer_variables.map(({ path }) => path),
        );
        for (const [index, { key }] of item.optimizer_variables.entries()) {
          t.is(difference((optimizer.variables[index] as Variable).value, tensor(key), item.tolerance), null, key);
        }
        optimizer.finalizeVariableValues();
        for (const [index, key] of (item.finalized ?? []).entries()) {
          t.is(difference((variables[index] as Variable).value, tensor(key), item.tolerance), null, key);
        }
        t.deepEqual(optimizer.getConfig(), { ...item.config.config, name: optimizer.name });
      });
    }
  }
  test("optimizers that do not exist yet", (t) => {
    t.log(missing.join(", "));
    t.pass();
  });
} else {
  test("golden cases are not here", (t) => t.pass());
}
