import test from "ava";
import type { Tensor } from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { trace } from "#kerosene/engine/trace.js";
import { CLASSES } from "#kerosene/losses/get.js";
import type { Loss } from "#kerosene/losses/loss.js";
import { setMask } from "#kerosene/losses/mask.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

interface Case {
  id: string;
  class_name: string;
  arguments: Record<string, unknown>;
  config: { config: Record<string, unknown> };
  y_true: string;
  y_pred: string;
  sample_weight: string | null;
  mask: string | null;
  output: string;
  upstream: string;
  grad_y_pred: string | null;
  tolerance: { rtol: number; atol: number };
  grad_tolerance?: { rtol: number; atol: number };
}

const options = (config: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [snakeToCamel(key), value]));

/** The loss of a case, and its gradient with respect to the predictions, run as one plan. */
async function run(
  loss: Loss,
  item: Case,
  tensor: (key: string) => Tensor,
): Promise<{ output: Tensor; gradient: Tensor }> {
  const names = [
    item.y_true,
    item.y_pred,
    item.upstream,
    ...(item.sample_weight ? [item.sample_weight] : []),
    ...(item.mask ? [item.mask] : []),
  ];
  const given = names.map(tensor);
  const traced = trace(given, (yTrue, yPred, upstream, ...rest) => {
    const weight = item.sample_weight ? rest.shift() : undefined;
    if (item.mask) setMask(yPred as Tensor, rest.shift() as Tensor);
    const output = loss(yTrue as Tensor, yPred as Tensor, weight);
    return { output, target: output.multiply(upstream as Tensor).sum(), yPred: yPred as Tensor };
  });
  const { output, target, yPred } = traced.result;
  const [gradient] = traced.trace.gradients([target], [yPred]);
  const outputs = [output, gradient as Tensor];
  const plan = traced.trace.compile(outputs);
  const arrays = outputs.map(({ shape }) => new Float32Array(shape.reduce<number>((a, b) => a * (b as number), 1)));
  await plan.run(
    given.map((one) => one.dataSync()),
    arrays,
  );
  const { tensor: make } = await import("kerosene");
  const [a, b] = outputs.map(({ shape }, index) => make(arrays[index] as Float32Array, { shape, dtype: "float32" }));
  return { output: a as Tensor, gradient: b as Tensor };
}

if (hasGolden) {
  const { cases } = goldenJson<{ cases: Case[] }>("losses.json");
  const tensor = goldenTensors("losses.safetensors");
  const counts = new Map<string, number>();
  for (const item of cases) {
    const Class = CLASSES[item.class_name];
    if (!Class) {
      counts.set(item.class_name, (counts.get(item.class_name) ?? 0) + 1);
      continue;
    }
    test(item.id, async (t) => {
      const loss = new Class(options(item.arguments));
      const eager = difference(
        loss(
          tensor(item.y_true),
          item.mask ? setMask(tensor(item.y_pred), tensor(item.mask)) : tensor(item.y_pred),
          item.sample_weight ? tensor(item.sample_weight) : null,
        ),
        tensor(item.output),
        item.tolerance,
      );
      t.is(eager, null);
      if (item.grad_y_pred) {
        const { output, gradient } = await run(loss, item, tensor);
        t.is(difference(output, tensor(item.output), item.tolerance), null);
        t.is(difference(gradient, tensor(item.grad_y_pred), item.grad_tolerance ?? item.tolerance), null);
      }
      // Keras's own config leaves out Huber's delta and CosineSimilarity's axis
      if (item.class_name !== "Huber" && item.class_name !== "CosineSimilarity") {
        t.deepEqual(loss.getConfig(), item.config.config);
      }
    });
  }
  test("losses that do not exist yet", (t) => {
    t.log([...counts].map(([name, count]) => `${name} ${count}`).join(", "));
    t.pass();
  });
} else {
  test("golden cases are not here", (t) => t.pass());
}
