import test from "ava";
import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

const { activations } = keras;

interface Case {
  id: string;
  activation: string;
  kwargs: Record<string, unknown>;
  input: string;
  output: string;
  tolerance: { rtol: number; atol: number };
}

test("names, functions and nothing are activations", (t) => {
  t.is(activations.get("relu"), activations.relu as never);
  t.is(activations.get("hard_sigmoid"), activations.hardSigmoid as never);
  t.is(activations.get("swish"), activations.silu as never);
  t.is(activations.get(null), activations.linear as never);
  const mine = (x: keras.Tensor): keras.Tensor => x.multiply(2);
  t.is(activations.get(mine), mine);
  t.is(activations.get("mine", { mine }), mine);
});

test("built-in activations are known by name in configs", (t) => {
  t.is(activations.serialize(activations.relu as never), "relu");
  t.is(activations.serialize(activations.logSoftmax as never), "log_softmax");
  t.is(activations.serialize(activations.silu as never), "silu");
  const mine = (x: keras.Tensor): keras.Tensor => x;
  t.deepEqual(activations.serialize(mine), {
    module: "builtins",
    class_name: "function",
    config: "mine",
    registered_name: "mine",
  });
  t.is(activations.deserialize(activations.serialize(mine) as never, { mine }), mine);
});

test("unknown activations are refused with the known ones", (t) => {
  t.throws(() => activations.get("rleu"), { name: "ValueError", message: /"rleu".*relu/ });
  t.throws(() => activations.get("constructor"), { name: "ValueError" });
  t.throws(() => activations.get(3 as never), { name: "TypeError" });
  t.throws(() => activations.relu([1], { maxValue: -1 }), { name: "ValueError" });
});

if (hasGolden) {
  const { cases } = goldenJson<{ cases: Case[] }>("activations.json");
  const tensor = goldenTensors("activations.safetensors");
  const known = cases.filter((c) => snakeToCamel(c.activation) in activations);
  test("most of Keras's activations are there", (t) => t.true(known.length > 75, `${known.length}`));
  for (const c of known) {
    test(`${c.id}`, (t) => {
      const fn = (activations as unknown as Record<string, (...args: unknown[]) => keras.Tensor>)[
        snakeToCamel(c.activation)
      ];
      const values = Object.values(c.kwargs);
      const options = Object.fromEntries(Object.entries(c.kwargs).map(([k, v]) => [snakeToCamel(k), v]));
      // relu takes its options by name, softmax its axis by position or by name; the others have one number by position.
      const got = fn?.(tensor(c.input), ...(c.activation === "relu" ? [options] : values));
      t.is(difference(got as keras.Tensor, tensor(c.output), c.tolerance), null);
    });
  }
}
