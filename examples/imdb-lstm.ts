// Film reviews, liked or not: an Embedding and an LSTM that reads both ways, on IMDB's texts.
import * as keras from "kerosene";
import { layers } from "kerosene";
import { type Review, reviews } from "./data/imdb.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

const all = reviews();
const test = all.slice(0, small ? 2_000 : 10_000);
const train = all.slice(10_000, small ? 16_000 : undefined);

const words = small ? 5_000 : 20_000;
const vectorize = layers.TextVectorization({ maxTokens: words, outputSequenceLength: small ? 100 : 250 });
vectorize.adapt(train.map(({ text }) => text));
const tokens = (part: readonly Review[]) => vectorize(part.map(({ text }) => text));
const labels = (part: readonly Review[]) => keras.tensor(part.map(({ positive }) => positive));

const inputs = keras.Input({ shape: [null], dtype: "int32" });
let x = layers.Embedding(words, 64, { maskZero: true })(inputs);
x = layers.Bidirectional(layers.LSTM(32))(x);
x = layers.Dropout(0.5)(x);
const outputs = layers.Dense(1, { activation: "sigmoid" })(x);
const model = keras.Model(inputs, outputs, { name: "sentiment" });
model.summary();
model.compile({ optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"] });

await model.fit(tokens(train), labels(train), { batchSize: 64, epochs: 2, validationSplit: 0.05 });
const { accuracy } = await model.evaluate(tokens(test), labels(test), { batchSize: 256, verbose: 0, returnDict: true });
console.log("Test accuracy:", accuracy!.toFixed(4));
