import test from "ava";
import * as keras from "kerosene";
import { regularizers } from "kerosene";
import { trace } from "#kerosene/engine/trace.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

interface Case {
  id: string;
  config: { class_name: string; config: Record<string, unknown> };
  input: string;
  output: number;
  input_grad: string;
  tolerance: { rtol: number; atol: number };
}

if (hasGolden) {
  const { cases } = goldenJson<{ cases: Case[] }>("regularizers.json");
  const tensor = goldenTensors("regularizers.safetensors");
  for (const c of cases) {
    test(c.id, (t) => {
      const regularizer = regularizers.deserialize(c.config);
      const x = tensor(c.input);
      t.true(Math.abs(regularizer(x).item() - c.output) <= c.tolerance.atol + c.tolerance.rtol * c.output);
      const traced = trace([{ dtype: x.dtype, shape: x.shape }], (input) => [input, regularizer(input)] as const);
      const [gradient] = traced.trace.gradients([traced.result[1]], [traced.result[0]]);
      const out = new Float32Array(x.size!);
      traced.trace.compile([gradient!]).runSync([x.dataSync()], [out]);
      t.is(difference(keras.tensor(out, { shape: x.shape }), tensor(c.input_grad), c.tolerance), null);
      t.deepEqual(regularizer.getConfig(), c.config.config);
    });
  }
}

test("names, defaults and identities", (t) => {
  const x = keras.tensor([1, -2], { dtype: "float32" });
  const close = (value: number, wanted: number): boolean => t.true(Math.abs(value - wanted) < 1e-6);
  close(regularizers.get("l1")!(x).item(), 0.03);
  close(regularizers.get("l2")!(x).item(), 0.05);
  close(regularizers.get("l1l2")!(x).item(), 0);
  close(regularizers.L1(1)(x).item(), 3);
  close(regularizers.get((w: keras.Tensor) => w.sum())!(x).item(), -1);
  t.is(regularizers.get(null), null);
  t.true(regularizers.get(regularizers.L2) instanceof regularizers.L2);
});

const bad: [string, () => unknown, RegExp][] = [
  ["a negative factor", () => regularizers.L1(-1), /l1: expected a non-negative float.*l1=-1/],
  ["NaN", () => regularizers.L2({ l2: Number.NaN }), /l2=NaN/],
  ["an unknown mode", () => regularizers.OrthogonalRegularizer({ mode: "cells" as never }), /mode=cells/],
  ["an unknown name", () => regularizers.get("l3"), /"l3". Did you mean "l1"/],
  ["rank 1", () => regularizers.OrthogonalRegularizer()(keras.ops.ones([3])), /must have rank 2/],
];
for (const [name, act, message] of bad) {
  test(`bad: ${name}`, (t) => {
    t.throws(act, { name: "ValueError", message });
  });
}
