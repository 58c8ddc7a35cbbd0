import test from "ava";
import * as keras from "kerosene";
import { regularizers } from "kerosene";

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
