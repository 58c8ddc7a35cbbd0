import test from "ava";
import { Tensor } from "kerosene";
import * as optimizers from "#kerosene/optimizers/index.js";

test("a rate that follows a schedule", (t) => {
  const optimizer = optimizers.SGD(optimizers.schedules.PiecewiseConstantDecay({ boundaries: [1], values: [1, 0.5] }));
  t.true(optimizer.learningRate instanceof Tensor);
  t.is((optimizer.learningRate as Tensor).item(), 1);
  t.throws(
    () => {
      optimizer.learningRate = 0.1;
    },
    { message: /not settable/ },
  );
});

test("a number as rate can be changed", (t) => {
  const optimizer = optimizers.Adam(0.5);
  optimizer.learningRate = 0.25;
  t.is((optimizer.learningRate as Tensor).item(), 0.25);
  t.throws(
    () => {
      optimizer.learningRate = Number.NaN;
    },
    { message: /`learningRate`/ },
  );
});

test("decay that takes no steps", (t) => {
  const { schedules } = optimizers;
  t.throws(() => schedules.ExponentialDecay({ initialLearningRate: 1, decaySteps: 0, decayRate: 1 }), {
    message: /decaySteps/,
  });
  t.throws(() => schedules.PiecewiseConstantDecay({ boundaries: [1, 2], values: [1, 2] }), { message: /1 less than/ });
});
