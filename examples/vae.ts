// A variational autoencoder: digits to 20 numbers and back, and new digits from random numbers.
// Kingma and Welling, "Auto-encoding variational Bayes" (2013); a model with a `trainStep` of its own.
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);
const latent = 20;

class VAE extends keras.Model {
  hidden = layers.Dense(400, { activation: "relu" });
  mean = layers.Dense(latent);
  logVariance = layers.Dense(latent);
  decoder = keras.Sequential([layers.Dense(400, { activation: "relu" }), layers.Dense(784)]);
  total = keras.metrics.Mean({ name: "loss" });
  nats = keras.metrics.Mean({ name: "divergence" });

  override get metrics() {
    return [this.total, this.nats];
  }

  /** Logits of the pixels, and how far what is known of the digit is from knowing nothing (in nats, a number a digit). */
  override call(x: Tensor): [Tensor, Tensor] {
    const hidden = this.hidden(x);
    const [mean, logVariance] = [this.mean(hidden), this.logVariance(hidden)];
    const noise = keras.random.normal(mean.shape as number[]);
    const logits = this.decoder(mean.add(ops.exp(logVariance.multiply(0.5)).multiply(noise)));
    const each = ops.exp(logVariance).add(ops.square(mean)).subtract(1).subtract(logVariance);
    return [logits, each.sum(-1).multiply(0.5)];
  }

  /** The mean of the negative evidence lower bound. */
  bound(x: Tensor): Tensor {
    const [logits, divergence] = this.call(x);
    const reconstruction = ops.binaryCrossentropy(x, logits, { fromLogits: true }).sum(-1);
    const bound = reconstruction.add(divergence).mean();
    this.total.updateState(bound);
    this.nats.updateState(divergence);
    return bound;
  }

  override trainStep([x]: [Tensor]) {
    const tape = new keras.GradientTape();
    const loss = tape.record(() => this.bound(x));
    const gradients = tape.gradient(loss, this.trainableVariables);
    this.optimizer.applyGradients(gradients.map((gradient, i) => [gradient, this.trainableVariables[i]!]));
    return this.getMetricsResult();
  }

  override testStep([x]: [Tensor]) {
    this.bound(x);
    return this.getMetricsResult();
  }
}

const [[xTrain], [xTest]] = await keras.datasets.mnist.loadData();
const pixels = (raw: Tensor) => raw.reshape([-1, 784]).astype("float32").divide(255);

const vae = new VAE();
vae.compile({ optimizer: keras.optimizers.Adam(1e-3) });
await vae.fit(pixels(xTrain), null, { batchSize: 128, epochs: small ? 1 : 10 });
const scores = await vae.evaluate(pixels(xTest), null, { batchSize: 200, verbose: 0, returnDict: true });

/** A picture of new digits in letters, two pixels a letter. */
function draw(digit: Tensor) {
  const rows = digit.reshape([28, 28]).tolist() as number[][];
  return rows
    .filter((_, i) => i % 2 === 0)
    .map((row) => row.map((pixel) => " .:*#"[Math.floor(pixel * 4.99)]).join(""));
}
const digits = ops.sigmoid(vae.decoder(keras.random.normal([3, latent])));
const pictures = [0, 1, 2].map((i) => draw(digits.at(i)));
console.log(pictures[0]!.map((_, row) => pictures.map((picture) => picture[row]).join("")).join("\n"));
console.log("Divergence, of which the rest is reconstruction:", scores.divergence!.toFixed(2));
console.log("Nats a test digit:", scores.loss!.toFixed(2));
