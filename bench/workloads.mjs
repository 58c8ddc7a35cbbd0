// The workloads, each the same model, data and settings as the function of the same name in the peers' keras_bench.py.
// A workload takes the package and returns { model (compiled), x, y, batchSize, samples }.

/** A float32 tensor of uniform numbers in [0, 1). What the numbers are does not matter, only that they are no zeros. */
function uniform(keras, shape) {
  const data = new Float32Array(shape.reduce((a, b) => a * b));
  for (let i = 0; i < data.length; i++) data[i] = Math.random();
  return keras.tensor(data, { shape });
}

const classes = (n, count) => Int32Array.from({ length: n }, () => Math.floor(Math.random() * count));

/** `n` labels out of `count`. */
const labels = (keras, n, count) => keras.tensor(classes(n, count), { shape: [n] });

/** `n` one-hot rows of `count`. */
function oneHot(keras, n, count) {
  const data = new Float32Array(n * count);
  classes(n, count).forEach((label, row) => {
    data[row * count + label] = 1;
  });
  return keras.tensor(data, { shape: [n, count] });
}

function mnist_mlp(keras) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [784] });
  let x = layers.Dense(64, { activation: "relu" })(inputs);
  x = layers.Dense(64, { activation: "relu" })(x);
  const model = keras.Model(inputs, layers.Dense(10)(x));
  model.compile({
    loss: keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
    optimizer: keras.optimizers.RMSprop(),
    metrics: ["accuracy"],
  });
  const samples = 48000;
  return { model, x: uniform(keras, [samples, 784]), y: labels(keras, samples, 10), batchSize: 64, samples };
}

function mlp_512(keras) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [784] });
  let x = layers.Dense(512, { activation: "relu" })(inputs);
  x = layers.Dropout(0.2)(x);
  x = layers.Dense(512, { activation: "relu" })(x);
  x = layers.Dropout(0.2)(x);
  const model = keras.Model(inputs, layers.Dense(10, { activation: "softmax" })(x));
  model.compile({ loss: "categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] });
  const samples = 128 * 150;
  return { model, x: uniform(keras, [samples, 784]), y: oneHot(keras, samples, 10), batchSize: 128, samples };
}

export const workloads = { mnist_mlp, mlp_512 };
