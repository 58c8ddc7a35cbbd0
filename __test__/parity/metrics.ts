import * as keras from "kerosene";
import { CLASSES } from "#kerosene/metrics/get.js";
import { type Check, type ParityCase, type Tolerance, Unsupported } from "./check.js";
import type { Source, Tensors } from "./source.js";

type Result = number | number[] | string | { [name: string]: Result };

interface Case {
  id: string;
  class_name: string;
  config: { config: Record<string, unknown> };
  updates: { values?: string; y_true?: string; y_pred?: string; sample_weight: string | null; result: Result }[];
  variables?: { name: string; shape: number[]; key: string }[];
  /** Left out where it is NaN, which JSON does not have. */
  result_after_reset?: Result;
  tolerance: Tolerance;
}

function result(check: Check, got: unknown, want: Result, tolerance: Tolerance, tensor: Tensors, what: string): void {
  if (typeof want === "string" && !/^-?(NaN|nan|inf|Infinity)$/i.test(want)) {
    check.tensor(got as keras.Tensor, tensor(want), tolerance, what);
    return;
  }
  const special: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };
  const value = typeof want === "string" ? (special[want.toLowerCase()] ?? Number(want)) : want;
  if (typeof value === "object" && !Array.isArray(value)) {
    for (const [name, one] of Object.entries(value))
      result(check, (got as Record<string, unknown>)[name], one, tolerance, tensor, `${what} ${name}`);
    return;
  }
  const dtype = { dtype: "float32" };
  check.tensor(
    keras.ops.cast(got as keras.Tensor, "float32") as keras.Tensor,
    keras.tensor(value as never, dtype),
    tolerance,
    what,
  );
}

/** The cases of `metrics.json`. */
export function* metricCases(source: Source): Iterable<ParityCase> {
  if (!source.has("metrics.json")) return;
  const tensor = source.tensors("metrics.safetensors");
  for (const c of source.json<{ cases: Case[] }>("metrics.json").cases) {
    yield {
      kind: "metrics",
      className: c.class_name,
      id: c.id,
      run(check) {
        const Class = CLASSES[c.class_name];
        if (!Class) throw new Unsupported(`keras.metrics.${c.class_name} is not supported yet`);
        const metric = Class.fromConfig(c.config.config);
        for (const [i, { values, y_true, y_pred, sample_weight, result: want }] of c.updates.entries()) {
          const given = values === undefined ? [tensor(y_true!), tensor(y_pred!)] : [tensor(values)];
          metric.updateState(...given, sample_weight === null ? null : tensor(sample_weight));
          result(check, metric.result(), want, c.tolerance, tensor, `result after update ${i}`);
        }
        for (const [i, { name, key }] of (c.variables ?? []).entries()) {
          check.equal(metric.variables[i]?.name, name, `the name of variable ${i}`);
          check.tensor(metric.variables[i]?.value, tensor(key), c.tolerance, `variable ${name}`);
        }
        metric.resetState();
        const reset = metric.result() as keras.Tensor;
        if (c.result_after_reset !== undefined)
          result(check, reset, c.result_after_reset, c.tolerance, tensor, "result after reset");
        else check.true(Array.from(reset.dataSync(), Number).every(Number.isNaN), "result after reset is not NaN");
        check.equal(metric.getConfig(), c.config.config, "config");
      },
    };
  }
}
