import test from "ava";
import type { Tensor } from "kerosene";
import { CLASSES } from "#kerosene/metrics/get.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

interface Case {
  id: string;
  class_name: string;
  config: { config: Record<string, unknown> };
  updates: {
    values?: string;
    y_true?: string;
    y_pred?: string;
    sample_weight: string | null;
    result: number | number[] | string;
  }[];
  variables?: { name: string; shape: number[]; key: string }[];
  result_after_reset: number | number[];
  tolerance: { rtol: number; atol: number };
}

if (hasGolden) {
  const { cases } = goldenJson<{ cases: Case[] }>("metrics.json");
  const tensor = goldenTensors("metrics.safetensors");
  const missing = new Map<string, number>();
  for (const item of cases) {
    const Class = CLASSES[item.class_name];
    if (!Class) {
      missing.set(item.class_name, (missing.get(item.class_name) ?? 0) + 1);
      continue;
    }
    test(item.id, (t) => {
      const metric = Class.fromConfig(item.config.config);
      const { rtol, atol } = item.tolerance;
      const close = (got: Tensor, want: unknown) => {
        const number = got.item();
        t.true(
          Math.abs(number - Number(want)) <= atol + rtol * Math.abs(Number(want)),
          `${number}, expected ${String(want)}`,
        );
      };
      for (const { values, y_true, y_pred, sample_weight, result } of item.updates) {
        const given = values === undefined ? [tensor(y_true as string), tensor(y_pred as string)] : [tensor(values)];
        metric.updateState(...given, sample_weight === null ? null : tensor(sample_weight));
        close(metric.result(), result);
      }
      for (const [index, { name, key }] of (item.variables ?? []).entries()) {
        const variable = metric.variables[index];
        t.is(variable?.name, name);
        t.is(difference(variable?.value as Tensor, tensor(key), item.tolerance), null);
      }
      metric.resetState();
      close(metric.result(), item.result_after_reset);
      t.deepEqual(metric.getConfig(), item.config.config);
    });
  }
  test("metrics that do not exist yet", (t) => {
    t.log([...missing].map(([name, count]) => `${name} ${count}`).join(", "));
    t.pass();
  });
} else {
  test("golden cases are not here", (t) => t.pass());
}
