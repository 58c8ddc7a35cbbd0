// Are these two the same digit? A siamese network: one encoder, shared by both pictures, learns a distance.
// The loss is that of Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping" (2006).
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { random } from "./data/random.js";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);

const [[xTrain, yTrain], [xTest, yTest]] = await keras.datasets.mnist.loadData();

/** Pairs of pictures, every other one of two pictures of one digit; `same` is 1 for these and 0 for the others. */
function pairs(pictures: Tensor, labels: Tensor, count: number, seed: number) {
  const next = random(seed);
  const digits: number[] = labels.tolist();
  const byDigit = Array.from({ length: 10 }, (_, digit) => digits.flatMap((label, i) => (label === digit ? [i] : [])));
  const pick = (digit: number) => byDigit[digit]![Math.floor(next() * byDigit[digit]!.length)]!;
  const [left, right, same]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i < count; i++) {
    const digit = Math.floor(next() * 10);
    left.push(pick(digit));
    right.push(pick(i % 2 === 0 ? digit : (digit + 1 + Math.floor(next() * 9)) % 10));
    same.push(Number(i % 2 === 0));
  }
  const chosen = (indices: number[]) => ops.take(pictures, keras.tensor(indices, { dtype: "int32" }), 0);
  const scaled = (part: Tensor) => part.reshape([-1, 784]).astype("float32").divide(255);
  return { x: { left: scaled(chosen(left)), right: scaled(chosen(right)) }, y: keras.tensor(same).reshape([-1, 1]) };
}

const encoder = keras.Sequential([
  keras.Input({ shape: [784] }),
  layers.Dense(128, { activation: "relu" }),
  layers.Dropout(0.1),
  layers.Dense(128, { activation: "relu" }),
  layers.Dropout(0.1),
  layers.Dense(64),
]);
const [left, right] = [keras.Input({ shape: [784], name: "left" }), keras.Input({ shape: [784], name: "right" })];
const difference = layers.subtract([encoder(left), encoder(right)]);
const distance = ops.sqrt(ops.sum(ops.square(difference), -1, { keepdims: true }).add(1e-6));
const siamese = keras.Model({ inputs: { left, right }, outputs: distance, name: "siamese" });

/** Pulls the same digits together, pushes different ones at least 1 apart. */
function contrastive(same: Tensor, distance: Tensor) {
  const apart = ops.square(ops.maximum(ops.subtract(1, distance), 0));
  return ops.mean(same.multiply(ops.square(distance)).add(ops.subtract(1, same).multiply(apart)), -1);
}
/** The share of pairs told right by a distance of a half. */
function accuracy(same: Tensor, distance: Tensor) {
  return ops.mean(ops.equal(ops.less(distance, 0.5).astype("float32"), same).astype("float32"), -1);
}
siamese.compile({ optimizer: "adam", loss: contrastive, metrics: [accuracy] });

const train = pairs(xTrain, yTrain, small ? 60_000 : 200_000, 1);
const test = pairs(xTest, yTest, 10_000, 2);
await siamese.fit(train.x, train.y, { batchSize: 128, epochs: small ? 5 : 10 });
const scores = await siamese.evaluate(test.x, test.y, { verbose: 0, returnDict: true });
console.log("Accuracy on pairs of test digits:", scores.accuracy!.toFixed(4));
