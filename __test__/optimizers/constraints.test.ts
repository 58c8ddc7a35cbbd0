import test from "ava";
import * as keras from "kerosene";
import { trace } from "#kerosene/engine/trace.js";

/** Keras 3.15.1: `SGD(0.1).apply([g], [v])` with `v.constraint = MaxNorm(1.0, axis=0)`. */
const value = [
  [3, 0.25],
  [4, 0.5],
];
const gradient = [
  [10, 0.5],
  [-10, -1],
];
const want = [
  [0.3713906705379486, 0.2],
  [0.9284766912460327, 0.6],
];

for (const mode of ["eager", "planned"]) {
  test(`a constraint is applied after the step, ${mode}`, async (t) => {
    const variable = new keras.Variable(keras.tensor(value, { dtype: "float32" }));
    const constraint = keras.constraints.MaxNorm(1);
    variable.constraint = (weights) => constraint(weights) as keras.Tensor;
    const optimizer = keras.optimizers.SGD(0.1);
    const given = keras.tensor(gradient, { dtype: "float32" });
    if (mode === "eager") optimizer.apply([given], [variable]);
    else {
      const traced = trace([given], (input) => optimizer.apply([input], [variable]));
      await traced.trace.compile([]).run([given.dataSync()], []);
    }
    const got = variable.value.dataSync();
    for (const [index, expected] of want.flat().entries())
      t.true(Math.abs(Number(got[index]) - expected) < 1e-6, `${got}`);
  });
}
