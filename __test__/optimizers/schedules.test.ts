import test from "ava";
import { ops, Tensor, Variable } from "kerosene";
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

test("a schedule is called with the step, saved and read", (t) => {
  const { schedules } = optimizers;
  const schedule = schedules.ExponentialDecay({ initialLearningRate: 0.5, decaySteps: 10, decayRate: 0.25 });
  t.is(schedule(0).item(), 0.5);
  t.is(schedule(ops.full([], 10, "int32")).item(), 0.125);
  // keras.optimizers.schedules.serialize(ExponentialDecay(0.5, 10, 0.25)), Keras 3.15.1
  const saved = {
    module: "keras.optimizers.schedules",
    class_name: "ExponentialDecay",
    config: {
      initial_learning_rate: 0.5,
      decay_steps: 10,
      decay_rate: 0.25,
      staircase: false,
      name: "ExponentialDecay",
    },
    registered_name: null,
  };
  t.deepEqual(schedules.serialize(schedule), saved);
  t.is(schedules.deserialize(saved)(20).item(), 0.03125);
  t.is(schedules.deserialize({ class_name: saved.class_name, config: saved.config })(10).item(), 0.125);
  t.throws(() => schedules.deserialize({ ...saved, class_name: "ExponentialDelay" }), {
    message: /Could not locate class "ExponentialDelay"/,
  });
  const sgd = optimizers.serialize(optimizers.SGD()) as Record<string, unknown>;
  t.throws(() => schedules.deserialize(sgd), {
    message: /expected the config of a LearningRateSchedule, got that of SGD/,
  });
});

test("schedules and functions of one's own", (t) => {
  class Halved extends optimizers.schedules.LearningRateSchedule {
    override call(step: Tensor): Tensor {
      return ops.divide(this.options.rate as number, ops.add(step, 1));
    }
  }
  const optimizer = optimizers.Adam(new Halved({ rate: 1 }));
  t.is(optimizer.learningRate.item(), 1);
  const config = JSON.parse(JSON.stringify(optimizers.serialize(optimizer)));
  t.throws(() => optimizers.deserialize(config), { message: /Could not locate class "Halved"/ });
  const again = optimizers.deserialize(config, { customObjects: { Halved } });
  again.apply([ops.ones([2])], [new Variable([1, 2])]);
  t.is(again.learningRate.item(), 0.5);

  const quarter = () => 0.25;
  const constant = optimizers.SGD(quarter);
  t.is(constant.learningRate.item(), 0.25);
  const saved = JSON.parse(JSON.stringify(optimizers.serialize(constant)));
  t.is(optimizers.deserialize(saved, { customObjects: { quarter } }).learningRate.item(), 0.25);
});

test("arguments by their places, as in Keras, or by name", (t) => {
  const { schedules } = optimizers;
  const same: [{ getConfig(): object }, { getConfig(): object }][] = [
    [
      schedules.ExponentialDecay(0.1, 100, 0.5, { staircase: true }),
      schedules.ExponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5, staircase: true }),
    ],
    [schedules.ExponentialDecay(0.1, { decaySteps: 100, decayRate: 0.5 }), schedules.ExponentialDecay(0.1, 100, 0.5)],
    [
      schedules.PiecewiseConstantDecay([1, 2], [3, 2, 1]),
      schedules.PiecewiseConstantDecay({ boundaries: [1, 2], values: [3, 2, 1] }),
    ],
    [
      schedules.CosineDecay(0.1, 10, { alpha: 0.2 }),
      schedules.CosineDecay({ initialLearningRate: 0.1, decaySteps: 10, alpha: 0.2 }),
    ],
    [
      schedules.CosineDecayRestarts(0.1, 10),
      schedules.CosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 10 }),
    ],
    [
      schedules.InverseTimeDecay(0.1, 10, 0.5),
      schedules.InverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 }),
    ],
    [
      schedules.PolynomialDecay(0.1, 10, { endLearningRate: 0.01, power: 0.5 }),
      schedules.PolynomialDecay({ initialLearningRate: 0.1, decaySteps: 10, endLearningRate: 0.01, power: 0.5 }),
    ],
  ];
  for (const [placed, named] of same) t.deepEqual(placed.getConfig(), named.getConfig());
  const bad: [() => unknown, RegExp][] = [
    [
      () => schedules.ExponentialDecay(0.1 as never),
      /`decaySteps` is missing\. Expected ExponentialDecay\(initialLearningRate, decaySteps, decayRate/,
    ],
    [() => schedules.PiecewiseConstantDecay({} as never), /`boundaries` is missing/],
    [() => schedules.CosineDecay(0.1, "10" as never), /`decaySteps` to be numbers, got/],
    [() => schedules.CosineDecay(...([0.1, 10, 3] as never)), /3 arguments/],
  ];
  for (const [make, message] of bad) t.throws(make, { message });
});
