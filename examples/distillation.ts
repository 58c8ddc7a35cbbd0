// Knowledge distillation: a small network learns to answer as a large one does, without ever seeing a label.
// Hinton, Vinyals and Dean, "Distilling the knowledge in a neural network" (2015): two models in one `trainStep`.
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);
const temperature = 3;

const [[xTrain, yTrain], [xTest, yTest]] = await keras.datasets.mnist.loadData();
const pixels = (raw: Tensor) => raw.reshape([-1, 784]).astype("float32").divide(255);
const [x, test] = [pixels(xTrain), pixels(xTest)];

class Distiller extends keras.Model {
  difference = keras.metrics.Mean({ name: "difference" });

  constructor(
    readonly teacher: keras.Model,
    readonly student: keras.Model,
  ) {
    super();
    teacher.trainable = false;
  }

  override get metrics() {
    return [this.difference];
  }

  override call(x: Tensor): Tensor {
    return this.student(x);
  }

  override trainStep([x]: [Tensor]) {
    const soft = ops.softmax(this.teacher(x).divide(temperature));
    const tape = new keras.GradientTape();
    const loss = tape.record(() => {
      const answer = this.student(x, { training: true }).divide(temperature);
      return ops
        .categoricalCrossentropy(soft, answer, { fromLogits: true })
        .mean()
        .multiply(temperature ** 2);
    });
    const weights = this.student.trainableVariables;
    this.optimizer.apply(tape.gradient(loss, weights), weights);
    this.difference.updateState(loss);
    return this.getMetricsResult();
  }
}

const settings = {
  loss: keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  metrics: ["accuracy"],
};
const teacher = keras.Sequential([
  layers.Dense(512, { activation: "relu" }),
  layers.Dropout(0.3),
  layers.Dense(256, { activation: "relu" }),
  layers.Dense(10),
]);
teacher.compile({ optimizer: "adam", ...settings });
await teacher.fit(x, yTrain, { batchSize: 128, epochs: small ? 1 : 5 });

const student = keras.Sequential([layers.Dense(32, { activation: "relu" }), layers.Dense(10)]);
const distiller = new Distiller(teacher, student);
distiller.compile({ optimizer: keras.optimizers.Adam(2e-3) });
await distiller.fit(x, null, { batchSize: 128, epochs: small ? 3 : 10 });

student.compile(settings);
for (const [who, model] of [
  ["teacher", teacher],
  ["student", student],
] as const) {
  const { accuracy } = await model.evaluate(test, yTest, { verbose: 0, returnDict: true });
  console.log(`Test accuracy of the ${who}:`, accuracy!.toFixed(4));
}
