import test from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";

const list = (x: keras.Tensor): number[] => [...x.dataSync()].map(Number);
const wave = (n: number, frequency: number, rate: number): keras.Tensor =>
  ops.array(Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * frequency * i) / rate)));

test("a tone lies in its mel band, and half an octave higher in a later one", (t) => {
  const layer = layers.MelSpectrogram({ fftLength: 256, sequenceStride: 64, samplingRate: 8000, numMelBins: 16 });
  const band = (frequency: number): number => {
    const out = layer(ops.reshape(wave(2048, frequency, 8000), [1, 2048]));
    t.deepEqual(out.shape, [1, 16, 33]);
    return out.mean([0, 2]).argmax().item();
  };
  t.true(band(500) < band(700) && band(700) < band(3000));
});

test("spectrograms of unknown lengths and of one signal alone", (t) => {
  const mel = layers.MelSpectrogram({ fftLength: 64, sequenceStride: 32, samplingRate: 8000, numMelBins: 8 });
  t.deepEqual(mel(keras.Input({ shape: [null] })).shape, [null, 8, null]);
  t.deepEqual(mel(wave(256, 500, 8000)).shape, [8, 9]);
  const stft = layers.STFTSpectrogram({ frameLength: 32, frameStep: 8 });
  t.deepEqual(stft(keras.Input({ shape: [null, 2] })).shape, [null, null, 34]);
  t.deepEqual(layers.STFTSpectrogram({ frameLength: 32, expandDims: true })(keras.Input({ shape: [null, 2] })).shape, [
    null,
    null,
    17,
    2,
  ]);
});

test("channels first and last show the same", (t) => {
  const x = keras.random.normal([2, 100, 3], { seed: 1 });
  for (const expandDims of [true, false]) {
    const options = { frameLength: 16, frameStep: 5, mode: "psd", padding: "same", expandDims } as const;
    const last = layers.STFTSpectrogram(options)(x);
    const first = layers.STFTSpectrogram({ ...options, dataFormat: "channels_first" })(ops.transpose(x, [0, 2, 1]));
    const back = ops.transpose(first, expandDims ? [0, 2, 3, 1] : [0, 2, 1]);
    t.deepEqual(back.shape, last.shape);
    t.true(list(back.subtract(last)).every((v) => Math.abs(v) < 1e-4));
  }
});

test("the kernels of a spectrogram are trained", async (t) => {
  const inputs = keras.Input({ shape: [64, 1] });
  const spectrum = layers.STFTSpectrogram({ frameLength: 16, mode: "magnitude" });
  const model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(spectrum(inputs))));
  const before = list(spectrum.trainableWeights[0]!.value);
  model.compile({ loss: "mse", optimizer: "sgd" });
  await model.fit(keras.random.normal([8, 64, 1], { seed: 1 }), keras.random.normal([8, 1], { seed: 2 }), {
    epochs: 1,
    verbose: 0,
  });
  const after = list(spectrum.trainableWeights[0]!.value);
  t.true(after.every(Number.isFinite) && after.some((v, i) => v !== before[i]));
});

test("a window of values, and none", (t) => {
  const ones = layers.STFTSpectrogram({ frameLength: 8, window: Array(8).fill(1), scaling: null, mode: "real" });
  const none = layers.STFTSpectrogram({ frameLength: 8, window: null, mode: "real" });
  const x = keras.random.normal([1, 32, 1], { seed: 3 });
  t.deepEqual(list(ones(x)), list(none(x)));
});

const bad: [string, () => unknown, RegExp][] = [
  ["a mode", () => layers.STFTSpectrogram({ mode: "phase" as never }), /mode/],
  ["a step", () => layers.STFTSpectrogram({ frameLength: 8, frameStep: 9 }), /frameStep/],
  ["a transform", () => layers.STFTSpectrogram({ frameLength: 8, fftLength: 4 }), /fftLength/],
  ["a window", () => layers.STFTSpectrogram({ window: "kaiser" }), /window/],
  ["a scaling", () => layers.STFTSpectrogram({ scaling: "power" as never }), /Scaling/],
  ["a padding", () => layers.STFTSpectrogram({ padding: "causal" as never }), /padding/],
  ["a rank", () => layers.STFTSpectrogram()(ops.zeros([2, 3])), /ndim=3|rank/],
  [
    "values of a window",
    () => layers.STFTSpectrogram({ frameLength: 4, window: [1, 2] })(ops.zeros([1, 8, 1])),
    /4 values/,
  ],
  ["a frame", () => layers.MelSpectrogram({ fftLength: 8, sequenceLength: 16 }), /fftLength/],
  ["a number of bands", () => layers.MelSpectrogram({ numMelBins: 0 }), /numMelBins/],
  ["a mel window", () => layers.MelSpectrogram({ window: "boxcar" }), /window/],
  ["a side", () => keras.initializers.STFT("left" as never), /side/],
];
for (const [what, run, message] of bad)
  test(`${what} that cannot be is an error`, (t) => void t.throws(run, { message }));
