// The guide's toy ResNet on CIFAR-10's pictures: https://keras.io/guides/functional_api/#a-toy-resnet-model
import * as keras from "kerosene";
import { layers } from "kerosene";
import { cifar10 } from "./data/cifar10.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

const inputs = keras.Input({ shape: [32, 32, 3], name: "img" });
let x = layers.Conv2D(32, 3, { activation: "relu" })(inputs);
x = layers.Conv2D(64, 3, { activation: "relu" })(x);
const block1Output = layers.MaxPooling2D(3)(x);
x = layers.Conv2D(64, 3, { activation: "relu", padding: "same" })(block1Output);
x = layers.Conv2D(64, 3, { activation: "relu", padding: "same" })(x);
const block2Output = layers.add([x, block1Output]);
x = layers.Conv2D(64, 3, { activation: "relu", padding: "same" })(block2Output);
x = layers.Conv2D(64, 3, { activation: "relu", padding: "same" })(x);
const block3Output = layers.add([x, block2Output]);
x = layers.Conv2D(64, 3, { activation: "relu" })(block3Output);
x = layers.GlobalAveragePooling2D()(x);
x = layers.Dense(256, { activation: "relu" })(x);
x = layers.Dropout(0.5)(x);
const outputs = layers.Dense(10)(x);
const model = keras.Model(inputs, outputs, { name: "toy_resnet" });
model.compile({
  optimizer: keras.optimizers.Adam(1e-3),
  loss: keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  metrics: ["accuracy"],
});

const { xTrain, yTrain, xTest, yTest } = await cifar10(small ? 5_000 : 50_000);
await model.fit(xTrain, yTrain, { batchSize: small ? 32 : 64, epochs: small ? 3 : 5, validationSplit: 0.1 });
const seen = small ? ":2000" : ":";
const { accuracy } = await model.evaluate(xTest.at(seen), yTest.at(seen), {
  batchSize: 250,
  verbose: 0,
  returnDict: true,
});
console.log("Test accuracy:", accuracy!.toFixed(4));
