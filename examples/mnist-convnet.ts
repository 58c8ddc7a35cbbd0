// Digits told apart by a small convolutional network: https://keras.io/examples/vision/mnist_convnet/
import * as keras from "kerosene";
import { layers } from "kerosene";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

const [[xTrainRaw, yTrain], [xTestRaw, yTest]] = await keras.datasets.mnist.loadData();
const pictures = (raw: keras.Tensor) => raw.reshape([-1, 28, 28, 1]).astype("float32").divide(255);
const [xTrain, xTest] = [pictures(xTrainRaw), pictures(xTestRaw)];

const model = keras.Sequential([
  keras.Input({ shape: [28, 28, 1] }),
  layers.Conv2D(32, 3, { activation: "relu" }),
  layers.MaxPooling2D(2),
  layers.Conv2D(64, 3, { activation: "relu" }),
  layers.MaxPooling2D(2),
  layers.Flatten(),
  layers.Dropout(0.5),
  layers.Dense(10, { activation: "softmax" }),
]);
model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });

const seen = small ? 20_000 : 60_000;
await model.fit(xTrain.at(`:${seen}`), yTrain.at(`:${seen}`), { batchSize: 64, epochs: small ? 1 : 3 });
const { accuracy } = await model.evaluate(xTest, yTest, { batchSize: 256, verbose: 0, returnDict: true });
console.log("Test accuracy:", accuracy!.toFixed(4));
