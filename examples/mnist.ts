// The functional API guide's first model, trained on real digits. `npm run quickstart` runs it.
import * as keras from "kerosene";
import { layers } from "kerosene";

keras.utils.setRandomSeed(42);
const inputs = keras.Input({ shape: [784] });
let x = layers.Dense(64, { activation: "relu" })(inputs);
x = layers.Dense(64, { activation: "relu" })(x);
const outputs = layers.Dense(10)(x);
const model = keras.Model({ inputs, outputs, name: "mnist_model" });
model.summary();

const [[xTrainRaw, yTrain], [xTestRaw, yTest]] = await keras.datasets.mnist.loadData();
const xTrain = xTrainRaw.reshape([-1, 784]).astype("float32").divide(255);
const xTest = xTestRaw.reshape([-1, 784]).astype("float32").divide(255);

model.compile({
  loss: keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  optimizer: keras.optimizers.RMSprop(),
  metrics: ["accuracy"],
});
await model.fit(xTrain, yTrain, { batchSize: 64, epochs: 2, validationSplit: 0.2 });

const testScores = await model.evaluate(xTest, yTest, { verbose: 2 });
console.log("Test loss:", testScores[0]);
console.log("Test accuracy:", testScores[1]);
