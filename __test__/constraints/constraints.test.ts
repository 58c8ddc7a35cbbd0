import test from "ava";
import * as keras from "kerosene";
import { constraints } from "kerosene";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

interface Case {
  id: string;
  config: { class_name: string; config: Record<string, unknown> };
  input: string;
  output: string;
  tolerance: { rtol: number; atol: number };
}

if (hasGolden) {
  const { cases } = goldenJson<{ cases: Case[] }>("constraints.json");
  const tensor = goldenTensors("constraints.safetensors");
  for (const c of cases) {
    test(c.id, (t) => {
      const constraint = constraints.deserialize(c.config);
      t.is(difference(constraint(tensor(c.input)), tensor(c.output), c.tolerance), null);
      t.deepEqual(constraint.getConfig(), c.config.config);
    });
  }
}

test("names and identities", (t) => {
  const x = keras.tensor([-1, 2], { dtype: "float32" });
  t.deepEqual(constraints.get("non_neg")!(x).tolist(), [0, 2]);
  t.true(constraints.get("MaxNorm") instanceof constraints.MaxNorm);
  t.is(constraints.MaxNorm(3).maxValue, 3);
  t.is(constraints.get(undefined), null);
  t.throws(() => constraints.get("nonneg"), { name: "ValueError", message: /Did you mean "non_neg"/ });
  t.throws(() => constraints.get(7 as never), { name: "TypeError" });
});
