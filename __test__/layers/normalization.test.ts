import test from "ava";
import * as keras from "kerosene";
import { getMask } from "#kerosene/engine/mask.js";

const { layers } = keras;
const near = (got: keras.Tensor, want: readonly number[]): boolean =>
  Array.from(got.dataSync(), Number).every((value, i) => Math.abs(value - want[i]!) < 1e-5);

test("fit moves the statistics of a batch normalization, evaluate and predict do not", async (t) => {
  const norm = layers.BatchNormalization({ momentum: 0.5 });
  const model = keras.Sequential([keras.Input({ shape: [2] }), norm, layers.Dense(1)]);
  model.compile({ optimizer: "sgd", loss: "mse" });
  const x = keras.tensor([
    [1, 10],
    [3, 30],
  ]);
  const y = keras.tensor([[0], [0]]);
  await model.fit(x, y, { epochs: 1, batchSize: 2, verbose: 0 });
  t.true(near(norm.movingMean!.value, [1, 10]));
  t.true(near(norm.movingVariance!.value, [1, 50.5]));
  await model.evaluate(x, y, { verbose: 0 });
  await model.predict(x, { verbose: 0 });
  t.true(near(norm.movingMean!.value, [1, 10]));
});

test("a frozen batch normalization infers in training too", async (t) => {
  const norm = layers.BatchNormalization({ epsilon: 0 });
  norm.trainable = false;
  const x = keras.tensor([[1], [3]]);
  t.deepEqual((norm(x, { training: true }) as keras.Tensor).tolist(), [[1], [3]]);
  t.true(near(norm.movingMean!.value, [0]));
  t.is(norm.trainableWeights.length, 0);
});

test("batch normalization leaves out what is masked, and keeps the mask", (t) => {
  const x = layers.Masking()(keras.tensor([[[1], [0], [3]]], { dtype: "float32" })) as keras.Tensor;
  const norm = layers.BatchNormalization({ momentum: 0 });
  const out = norm(x, { training: true }) as keras.Tensor;
  t.true(near(norm.movingMean!.value, [2]));
  t.deepEqual((getMask(out) as keras.Tensor).tolist(), [[true, false, true]]);
});

test("groups of -1 become the channels", (t) => {
  const norm = layers.GroupNormalization(-1);
  norm(keras.ops.ones([2, 3, 4]));
  t.is(norm.groups, 4);
});

test("unit normalization leaves zeros alone", (t) => {
  t.deepEqual(
    layers
      .UnitNormalization()(keras.ops.zeros([1, 2]))
      .tolist(),
    [[0, 0]],
  );
});

test("spectral normalization: a largest singular value of 1, and zeros stay", (t) => {
  const layer = layers.SpectralNormalization(layers.Dense(2, { useBias: false }), { powerIterations: 20 });
  const x = keras.tensor([
    [1, 0],
    [0, 1],
  ]);
  layer(x);
  layer.kernel!.assign([
    [3, 0],
    [0, 2],
  ]);
  t.true(near(layer(x, { training: true }) as keras.Tensor, [1, 0, 0, 2 / 3]));
  layer.kernel!.assign(keras.ops.zeros([2, 2]));
  t.true(near(layer(x, { training: true }) as keras.Tensor, [0, 0, 0, 0]));
});

test("errors come with the layer and what was expected", (t) => {
  const bad = (make: () => unknown, message: RegExp): void => {
    t.throws(make, { instanceOf: keras.errors.KeroseneError, message });
  };
  bad(() => layers.BatchNormalization({ synchronized: true }), /`synchronized: true` is not supported/);
  bad(() => layers.BatchNormalization({ axis: 1.5 }), /`axis` must be an integer/);
  bad(
    () => layers.BatchNormalization({ renorm: true, renormClipping: { rmin: 2, rmax: 1 } }),
    /rmax should be greater/,
  );
  bad(() => layers.BatchNormalization({ axis: 3 })(keras.Input({ shape: [4] })), /axis 3 is out of range/);
  bad(() => layers.BatchNormalization()(keras.Input({ shape: [null] })), /must have a known length/);
  bad(() => layers.BatchNormalization({ epsilon: -1 }), /`epsilon` must be a number of at least 0/);
  bad(() => layers.LayerNormalization({ axis: "1" as never }), /list of integers for the argument `axis`/);
  bad(() => layers.GroupNormalization(0), /invalid value for argument `groups`/);
  bad(() => layers.GroupNormalization(3)(keras.Input({ shape: [4, 4, 7] })), /must be a multiple of the number of/);
  bad(() => layers.GroupNormalization(8)(keras.Input({ shape: [4] })), /cannot be more than the number of channels/);
  bad(
    () => layers.BatchNormalization()(keras.ops.ones([2, 3, 4]), { training: true, mask: keras.tensor([true, false]) }),
    /one dimension less than the inputs/,
  );
  bad(() => keras.ops.batchNormalization([[1, 2]], [0], [1, 1], -1), /`mean` to be a vector of length/);
  bad(
    () => layers.SpectralNormalization(layers.Dense(1), { powerIterations: 0 }),
    /`powerIterations` must be a positive integer/,
  );
  bad(() => layers.SpectralNormalization("dense" as never), /SpectralNormalization: expected a layer to wrap.*"dense"/);
  bad(() => layers.SpectralNormalization(layers.Flatten())(keras.ops.ones([1, 2])), /no attribute 'kernel' nor/);
  bad(() => keras.ops.moments([1], 0, { synchronized: true }), /not supported/);
});
