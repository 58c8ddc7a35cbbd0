// The workloads, each the same model, data and settings as the function of the same name in the peers' keras_bench.py.
// A workload takes the package (and how many samples to make) and returns { model (compiled), x, y, batchSize, samples }.

/** A float32 tensor of uniform numbers in [0, 1). What the numbers are does not matter, only that they are no zeros. */
const uniform = (keras, shape) => keras.random.uniform(shape);

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

function mnist_mlp(keras, samples = 48000) {
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
  return { model, x: uniform(keras, [samples, 784]), y: labels(keras, samples, 10), batchSize: 64, samples };
}

function mlp_512(keras, samples = 128 * 150) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [784] });
  let x = layers.Dense(512, { activation: "relu" })(inputs);
  x = layers.Dropout(0.2)(x);
  x = layers.Dense(512, { activation: "relu" })(x);
  x = layers.Dropout(0.2)(x);
  const model = keras.Model(inputs, layers.Dense(10, { activation: "softmax" })(x));
  model.compile({ loss: "categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] });
  return { model, x: uniform(keras, [samples, 784]), y: oneHot(keras, samples, 10), batchSize: 128, samples };
}

function mnist_convnet(keras, samples = 128 * 15) {
  const { layers } = keras;
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
  model.compile({ loss: "categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] });
  return { model, x: uniform(keras, [samples, 28, 28, 1]), y: oneHot(keras, samples, 10), batchSize: 128, samples };
}

function autoencoder(keras, samples = 64 * 20) {
  const { layers } = keras;
  const relu = { activation: "relu" };
  const inputs = keras.Input({ shape: [28, 28, 1] });
  let x = layers.Conv2D(16, 3, relu)(inputs);
  x = layers.Conv2D(32, 3, relu)(x);
  x = layers.MaxPooling2D(3)(x);
  x = layers.Conv2D(32, 3, relu)(x);
  x = layers.Conv2D(16, 3, relu)(x);
  x = layers.GlobalMaxPooling2D()(x);
  x = layers.Reshape([4, 4, 1])(x);
  x = layers.Conv2DTranspose(16, 3, relu)(x);
  x = layers.Conv2DTranspose(32, 3, relu)(x);
  x = layers.UpSampling2D(3)(x);
  x = layers.Conv2DTranspose(16, 3, relu)(x);
  const model = keras.Model(inputs, layers.Conv2DTranspose(1, 3, relu)(x));
  model.compile({ optimizer: "adam", loss: "mse" });
  const data = uniform(keras, [samples, 28, 28, 1]);
  return { model, x: data, y: data, batchSize: 64, samples };
}

function toy_resnet(keras, samples = 64 * 12) {
  const { layers } = keras;
  const relu = { activation: "relu" };
  const same = { activation: "relu", padding: "same" };
  const inputs = keras.Input({ shape: [32, 32, 3] });
  let x = layers.Conv2D(32, 3, relu)(inputs);
  x = layers.Conv2D(64, 3, relu)(x);
  const block1 = layers.MaxPooling2D(3)(x);
  x = layers.Conv2D(64, 3, same)(block1);
  x = layers.Conv2D(64, 3, same)(x);
  const block2 = layers.add([x, block1]);
  x = layers.Conv2D(64, 3, same)(block2);
  x = layers.Conv2D(64, 3, same)(x);
  const block3 = layers.add([x, block2]);
  x = layers.Conv2D(64, 3, relu)(block3);
  x = layers.GlobalAveragePooling2D()(x);
  x = layers.Dense(256, relu)(x);
  x = layers.Dropout(0.5)(x);
  const model = keras.Model(inputs, layers.Dense(10)(x));
  model.compile({
    optimizer: keras.optimizers.RMSprop(1e-3),
    loss: keras.losses.CategoricalCrossentropy({ fromLogits: true }),
    metrics: ["acc"],
  });
  return { model, x: uniform(keras, [samples, 32, 32, 3]), y: oneHot(keras, samples, 10), batchSize: 64, samples };
}

/** A ResNet-20 for CIFAR with BatchNormalization (16, 32 and 64 channels). */
function bn_resnet(keras, samples = 64 * 12) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [32, 32, 3] });
  const normalized = (x, filters, strides = 1) =>
    layers.BatchNormalization()(layers.Conv2D(filters, 3, { strides, padding: "same", useBias: false })(x));
  let x = layers.ReLU()(normalized(inputs, 16));
  for (const filters of [16, 32, 64]) {
    for (let block = 0; block < 2; block++) {
      const strides = filters !== 16 && block === 0 ? 2 : 1;
      const y = normalized(layers.ReLU()(normalized(x, filters, strides)), filters);
      if (strides === 2) x = layers.Conv2D(filters, 1, { strides: 2, useBias: false })(x);
      x = layers.ReLU()(layers.add([x, y]));
    }
  }
  const model = keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)));
  model.compile({
    optimizer: keras.optimizers.SGD(0.1, { momentum: 0.9 }),
    loss: keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
  });
  return { model, x: uniform(keras, [samples, 32, 32, 3]), y: labels(keras, samples, 10), batchSize: 64, samples };
}

/** An int32 tensor of numbers below `count`. */
const integers = (keras, shape, count) =>
  keras.tensor(
    classes(
      shape.reduce((a, b) => a * b),
      count,
    ),
    { shape },
  );

function tickets(keras, samples = 1280) {
  const { layers, losses } = keras;
  const title = keras.Input({ shape: [null], name: "title" });
  const body = keras.Input({ shape: [null], name: "body" });
  const tags = keras.Input({ shape: [12], name: "tags" });
  const titleFeatures = layers.LSTM(128)(layers.Embedding(10000, 64)(title));
  const bodyFeatures = layers.LSTM(32)(layers.Embedding(10000, 64)(body));
  const x = layers.concatenate([titleFeatures, bodyFeatures, tags]);
  const priority = layers.Dense(1, { name: "priority" })(x);
  const department = layers.Dense(4, { name: "department" })(x);
  const model = keras.Model([title, body, tags], { priority, department });
  model.compile({
    optimizer: keras.optimizers.RMSprop(1e-3),
    loss: {
      priority: losses.BinaryCrossentropy({ fromLogits: true }),
      department: losses.CategoricalCrossentropy({ fromLogits: true }),
    },
    lossWeights: { priority: 1.0, department: 0.2 },
  });
  const inputs = {
    title: integers(keras, [samples, 12], 10000),
    body: integers(keras, [samples, 100], 10000),
    tags: integers(keras, [samples, 12], 2).astype("float32"),
  };
  const y = { priority: uniform(keras, [samples, 1]), department: integers(keras, [samples, 4], 2).astype("float32") };
  return { model, x: inputs, y, batchSize: 32, samples };
}

function transformer(keras, samples = 32 * 40) {
  const { layers } = keras;
  const inputs = keras.Input({ shape: [64], dtype: "int32" });
  const embedded = layers.Embedding(5000, 128)(inputs);
  const attended = layers.MultiHeadAttention(4, 32)(embedded, embedded);
  let x = layers.LayerNormalization({ epsilon: 1e-6 })(layers.add([embedded, attended]));
  const hidden = layers.Dense(128)(layers.Dense(256, { activation: "relu" })(x));
  x = layers.LayerNormalization({ epsilon: 1e-6 })(layers.add([x, hidden]));
  x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x));
  const model = keras.Model(inputs, layers.Dense(2, { activation: "softmax" })(x));
  model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
  return { model, x: integers(keras, [samples, 64], 5000), y: labels(keras, samples, 2), batchSize: 32, samples };
}

export const workloads = {
  mnist_mlp,
  mlp_512,
  mnist_convnet,
  autoencoder,
  toy_resnet,
  bn_resnet,
  tickets,
  transformer,
};
