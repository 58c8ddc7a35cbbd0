// Convolutional LSTMs where the golden cases have nothing: numbers of Keras 3.15 (JAX; TensorFlow where there is a mask), with the weights of
// `setValues`.
import test from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";
import { near, numbers, setValues, values } from "./values.js";

type T = keras.Tensor;
const x = values([2, 3, 4, 1]);

test("in both directions, with strides", (t) => {
  const layer = layers.Bidirectional(layers.ConvLSTM1D(1, 2, { strides: 2, returnSequences: true }));
  layer.build(x.shape);
  setValues(layer);
  t.deepEqual(
    layer.weights.map(({ path }) => path.split("/").slice(-3).join("/")),
    ["forward", "backward"].flatMap((way) =>
      ["kernel", "recurrent_kernel", "bias"].map((name) => `${way}_conv_lstm1d/conv_lstm_cell/${name}`),
    ),
  );
  // layers.Bidirectional(layers.ConvLSTM1D(1, 2, strides=2, return_sequences=True))(x)
  near(
    t,
    layer(x) as T,
    [
      0.030005, 0.083947, 0.040965, 0.077499, 0.002225, 0.096361, 0.016131, 0.109969, 0.03603, 0.040261, -0.020632,
      0.090749, -0.020137, 0.100718, -0.010205, 0.112188, 0.027551, 0.064012, -0.031948, 0.103133, 0.000664, 0.074168,
      0.015752, 0.048259,
    ],
    "outputs",
  );
});

test("masked steps keep the states", (t) => {
  const layer = layers.ConvLSTM1D(1, 3, { padding: "same" });
  layer.build(x.shape);
  setValues(layer);
  const mask = keras.tensor([
    [true, true, false],
    [false, true, true],
  ]);
  // layers.ConvLSTM1D(1, 3, padding="same")(x, mask=np.array([[1, 1, 0], [0, 1, 1]], bool))
  const want = [-0.01067, 0.002464, 0.021793, 0.020434, 0.007171, 0.023435, -0.03392, 0.015349];
  near(t, layer(x, { mask }) as T, want, "masked");
  const unrolled = layers.ConvLSTM1D(1, 3, { padding: "same", unroll: true });
  unrolled.build(x.shape);
  setValues(unrolled);
  near(t, unrolled(x, { mask }) as T, want, "masked and unrolled");
});

test("a stateful one goes on where it ended", (t) => {
  const layer = layers.ConvLSTM1D(1, 3, { padding: "same", stateful: true });
  layer.build(x.shape);
  setValues(layer);
  const first = numbers(layer(x) as T);
  // layer(x); layer(x)
  const want = [-0.043887, 0.051026, 0.011124, -0.022487, 0.020812, 0.012717, -0.020808, 0.014444];
  near(t, layer(x) as T, want, "the second call");
  layer.resetState();
  near(t, layer(x) as T, first, "after resetState", 0);
});

test("dropout: the same masks at every step, new ones in every call, none outside of training", (t) => {
  const ones = ops.ones([1, 3, 4, 4, 2]);
  const options = { padding: "same", returnSequences: true } as const;
  for (const dataFormat of ["channels_last", "channels_first"] as const) {
    for (const rates of [{ dropout: 0.5 }, { recurrentDropout: 0.5 }]) {
      const layer = layers.ConvLSTM2D(3, 3, { ...options, ...rates, dataFormat, seed: 1 });
      const run = (training: boolean): unknown => (layer(ones, { training }) as T).tolist();
      t.notDeepEqual(run(true), run(true));
      t.deepEqual(run(false), run(false));
    }
  }
  // Where nothing is remembered (the forget gates are shut), only the masks could make steps differ.
  const plain = layers.ConvLSTM2D(3, 1, {
    ...options,
    dropout: 0.5,
    recurrentInitializer: "zeros",
    unitForgetBias: false,
    biasInitializer: () => keras.tensor([0, 0, 0, -200, -200, -200, 0, 0, 0, 0, 0, 0]),
    seed: 2,
  });
  const outputs = plain(ones, { training: true }) as T;
  const [steps] = outputs.tolist() as unknown[][];
  for (const step of steps!) t.deepEqual(step, steps![0]);
  t.true(numbers(outputs).some((v) => v !== 0));
});

test("fit learns with one inside", async (t) => {
  keras.utils.setRandomSeed(3);
  const inputs = keras.Input([4, 5, 5, 1]);
  const seen = layers.ConvLSTM2D(4, 3, { padding: "same" })(inputs);
  const model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling2D()(seen)));
  model.compile({ optimizer: keras.optimizers.Adam({ learningRate: 0.02 }), loss: "mse" });
  const data = keras.random.uniform([32, 4, 5, 5, 1], { seed: 1 });
  const target = data.at(":", -1).mean([1, 2]).add(1);
  const { history } = await model.fit(data, target, { epochs: 10, verbose: 0, batchSize: 8 });
  const losses = history.loss as number[];
  t.true(losses.at(-1)! < losses[0]! / 4, String(losses));
});

test("configs and errors", (t) => {
  const layer = layers.ConvLSTM3D(2, [1, 2, 3], { strides: 2, dataFormat: "channels_first", name: "c" });
  const again = layers.ConvLSTM3D.fromConfig(layer.getConfig());
  t.deepEqual(again.getConfig(), layer.getConfig());
  t.deepEqual([...again.kernelSize], [1, 2, 3]);
  t.deepEqual([again.filters, again.padding, again.dataFormat], [2, "valid", "channels_first"]);
  const bad = (make: () => unknown, message: RegExp) =>
    t.throws(make, { instanceOf: keras.errors.KeroseneError, message });
  bad(() => layers.ConvLSTM2D(0, 3), /`filters` must be a positive integer.*filters=0/);
  bad(() => layers.ConvLSTM2D(2, [3]), /`kernel_size`.*tuple of 2 integers/);
  bad(() => layers.ConvLSTM2D(2, 3, { padding: "causal" as never }), /`padding`.*'valid', 'same'/);
  bad(() => layers.ConvLSTM2D(2, 3, { strides: 2, dilationRate: 2 }), /`strides > 1` not supported/);
  bad(() => layers.ConvLSTM2D(2, 3)(keras.Input([4, 4, 1])), /expected ndim=5, found ndim=4/);
  bad(() => layers.ConvLSTM2D(2, 3)(keras.Input([4, null, 4, 1])), /known spatial dimensions.*\(None, None, 4, 1\)/);
  bad(
    () => layers.ConvLSTM2D(2, 5, { name: "wide" })(keras.Input([4, 3, 3, 1])),
    /output size would be zero or negative.*inputShape=\(None, 3, 3, 1\).*kernelSize=\(5, 5\)/,
  );
});
