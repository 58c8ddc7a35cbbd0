import test from "ava";
import * as keras from "kerosene";
import { constraints } from "kerosene";

test("names and identities", (t) => {
  const x = keras.tensor([-1, 2], { dtype: "float32" });
  t.deepEqual(constraints.get("non_neg")!(x).tolist(), [0, 2]);
  t.true(constraints.get("MaxNorm") instanceof constraints.MaxNorm);
  t.is(constraints.MaxNorm(3).maxValue, 3);
  t.is(constraints.get(undefined), null);
  t.throws(() => constraints.get("nonneg"), { name: "ValueError", message: /Did you mean "non_neg"/ });
  t.throws(() => constraints.get(7 as never), { name: "TypeError" });
});
