// A conditional GAN: one network draws the digit it is asked for, another tells drawn digits from real ones, and each learns from the other.
// Goodfellow et al., "Generative adversarial nets" (2014); Mirza and Osindero, "Conditional generative adversarial nets" (2014).
// Whether it draws what it is asked for is judged by a third network, which has seen nothing but real digits.
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

const small = process.argv.includes("--small");
keras.utils.setRandomSeed(1);
const latent = 32;

class GAN extends keras.Model {
  generator = keras.Sequential([
    layers.Dense(256, { activation: "leaky_relu" }),
    layers.BatchNormalization(),
    layers.Dense(512, { activation: "leaky_relu" }),
    layers.BatchNormalization(),
    layers.Dense(784, { activation: "tanh" }),
  ]);
  features = keras.Sequential([
    layers.Dense(256, { activation: "leaky_relu" }),
    layers.Dropout(0.4),
    layers.Dense(256, { activation: "leaky_relu" }),
    layers.Dropout(0.4),
  ]);
  real = layers.Dense(1);
  expected = layers.Dense(256, { useBias: false });
  generatorOptimizer = keras.optimizers.Adam(2e-4, { beta1: 0.5 });
  discriminatorOptimizer = keras.optimizers.Adam(2e-4, { beta1: 0.5 });
  lossOf = keras.losses.BinaryCrossentropy({ fromLogits: true });

  /** Digits (batch, 784) in [-1, 1] as asked for (batch, 10). */
  override call(asked: Tensor, { training = false } = {}): Tensor {
    const noise = keras.random.normal([asked.shape[0]!, latent]);
    return this.generator(ops.concatenate([noise, asked], -1), { training });
  }

  /** How real a digit looks, and how much like the one asked for (Miyato and Koyama, "cGANs with projection discriminator", 2018). */
  judge(digits: Tensor, asked: Tensor): Tensor {
    const features = this.features(digits, { training: true });
    return this.real(features).add(features.multiply(this.expected(asked)).sum(-1, { keepdims: true }));
  }

  override trainStep([digits, labels]: [Tensor, Tensor]) {
    const [yes, no] = [ops.ones([digits.shape[0]!, 1]).multiply(0.9), ops.zeros([digits.shape[0]!, 1])];

    const seeing = new keras.GradientTape();
    const discriminatorLoss = seeing.record(() => {
      const drawn = ops.stopGradient(this.call(labels, { training: true }));
      return this.lossOf(yes, this.judge(digits, labels)).add(this.lossOf(no, this.judge(drawn, labels)));
    });
    const seen = [this.features, this.real, this.expected].flatMap((layer) => layer.trainableVariables);
    this.discriminatorOptimizer.apply(seeing.gradient(discriminatorLoss, seen), seen);

    const drawing = new keras.GradientTape();
    const generatorLoss = drawing.record(() =>
      this.lossOf(yes, this.judge(this.call(labels, { training: true }), labels)),
    );
    const drawn = this.generator.trainableVariables;
    this.generatorOptimizer.apply(drawing.gradient(generatorLoss, drawn), drawn);
    return { discriminatorLoss, generatorLoss };
  }
}

const [[xTrain, yTrain]] = await keras.datasets.mnist.loadData();
const x = xTrain.reshape([-1, 784]).astype("float32").divide(127.5).subtract(1);
const y = keras.utils.toCategorical(yTrain, 10);

const gan = new GAN();
gan.compile({});
await gan.fit(x, y, { batchSize: 128, epochs: small ? 3 : 12 });

const judge = keras.Sequential([layers.Dense(128, { activation: "relu" }), layers.Dense(10)]);
judge.compile({
  optimizer: "adam",
  loss: keras.losses.CategoricalCrossentropy({ fromLogits: true }),
  metrics: ["accuracy"],
});
await judge.fit(x, y, { batchSize: 128, epochs: 2, verbose: 0 });

const asked = ops.oneHot(ops.arange(2000).mod(10), 10) as Tensor;
const digits = gan.call(asked);
const { accuracy } = await judge.evaluate(digits, asked, { verbose: 0, returnDict: true });
// A generator that draws one picture for each digit would be read as well, but its pictures would not differ.
const spread = (of: Tensor) => of.std(0).mean().item();
const real = yTrain.tolist().flatMap((digit: number, i: number) => (digit === 1 ? [i] : []));
const ones = spread(digits.at("1::10")) / spread(ops.take(x, keras.tensor(real, { dtype: "int32" }), 0));
console.log("How much the ones differ, relative to real ones:", ones.toFixed(2));
console.log("Digits read as what was asked for:", accuracy!.toFixed(4));
