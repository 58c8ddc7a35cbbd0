import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";
import { near } from "../near.js";

/** Layers with the shape of their input: what one op at a time gives must be what the compiled function gives. */
const cases: [string, () => keras.Layer, number[]][] = [
  ["Dense", () => layers.Dense(3, { activation: "gelu", kernelRegularizer: "l2" }), [4, 5]],
  ["EinsumDense", () => layers.EinsumDense("abc,cd->abd", [null, 3], { biasAxes: "d" }), [2, 3, 4]],
  ["Conv1D", () => layers.Conv1D(3, 2, { padding: "causal", dilationRate: 2 }), [2, 6, 3]],
  ["Conv2D", () => layers.Conv2D(3, 3, { strides: 2, padding: "same", activation: "relu" }), [2, 6, 6, 2]],
  ["Conv2DTranspose", () => layers.Conv2DTranspose(3, 3, { strides: 2 }), [2, 4, 4, 2]],
  ["DepthwiseConv2D", () => layers.DepthwiseConv2D(3, { depthMultiplier: 2 }), [2, 5, 5, 2]],
  ["SeparableConv2D", () => layers.SeparableConv2D(4, 3), [2, 5, 5, 2]],
  ["MaxPooling2D", () => layers.MaxPooling2D(2), [2, 4, 4, 2]],
  ["AveragePooling1D", () => layers.AveragePooling1D(2, { padding: "same" }), [2, 5, 2]],
  ["GlobalMaxPooling1D", () => layers.GlobalMaxPooling1D(), [2, 5, 2]],
  ["BatchNormalization", () => layers.BatchNormalization(), [6, 3]],
  ["LayerNormalization", () => layers.LayerNormalization(), [3, 5]],
  ["GroupNormalization", () => layers.GroupNormalization(2), [3, 4]],
  ["UnitNormalization", () => layers.UnitNormalization(), [3, 4]],
  ["SpectralNormalization", () => layers.SpectralNormalization(layers.Dense(3)), [3, 4]],
  ["Dropout", () => layers.Dropout(0.4, { seed: 3 }), [4, 5]],
  ["GaussianNoise", () => layers.GaussianNoise(0.3, { seed: 3 }), [4, 5]],
  ["SimpleRNN", () => layers.SimpleRNN(3), [2, 4, 3]],
  ["GRU", () => layers.GRU(3, { returnSequences: true }), [2, 4, 3]],
  ["LSTM", () => layers.LSTM(3, { goBackwards: true }), [2, 4, 3]],
  ["LSTM, unrolled", () => layers.LSTM(3, { unroll: true }), [2, 4, 3]],
  ["Bidirectional", () => layers.Bidirectional(layers.LSTM(2, { returnSequences: true })), [2, 4, 3]],
  ["ConvLSTM1D", () => layers.ConvLSTM1D(2, 2), [2, 3, 4, 2]],
  ["TimeDistributed", () => layers.TimeDistributed(layers.Dense(2)), [2, 4, 3]],
  ["PReLU", () => layers.PReLU(), [3, 4]],
  ["Softmax", () => layers.Softmax(), [3, 4]],
  ["Reshape", () => layers.Reshape([2, -1]), [3, 4]],
  ["Permute", () => layers.Permute([2, 1]), [2, 3, 4]],
  ["RepeatVector", () => layers.RepeatVector(3), [2, 4]],
  ["ZeroPadding2D", () => layers.ZeroPadding2D(1), [2, 3, 3, 2]],
  ["Cropping1D", () => layers.Cropping1D(1), [2, 5, 2]],
  ["UpSampling2D", () => layers.UpSampling2D(2, { interpolation: "bilinear" }), [1, 3, 3, 2]],
  ["Resizing", () => layers.Resizing(5, 4), [1, 3, 3, 2]],
];

for (const [name, make, shape] of cases) {
  test(`${name}: gradients one op at a time are those of the compiled function`, (t) => {
    const x = keras.random.normal(shape, { seed: 11 });
    const run = (compile: boolean): unknown => {
      keras.utils.setRandomSeed(5);
      const layer = make();
      layer.build(shape);
      const slopes = (x: Tensor): (Tensor | null)[] => {
        const tape = new keras.GradientTape();
        tape.watch(x);
        const loss = tape.record(() => {
          const y: Tensor = layer(x, { training: true });
          const weights = ops.cos(ops.arange(y.size as number)).reshape(y.shape);
          return layer.losses.reduce((sum, loss) => sum.add(loss), ops.sum(y.multiply(weights).tanh()));
        });
        return [loss, ...tape.gradient(loss, [x, ...layer.trainableVariables])];
      };
      const found = (compile ? keras.function(slopes) : slopes)(x);
      return [...found.map((one) => one?.tolist() ?? null), ...layer.nonTrainableVariables.map((v) => v.tolist())];
    };
    const [eager, compiled] = [run(false), run(true)] as [unknown[], unknown[]];
    t.is(eager.length, compiled.length);
    for (const [i, one] of eager.entries()) {
      if (one === null) t.is(compiled[i], null, `${i}`);
      else near(t, compiled[i] as number[], one as number[], `${i}`, 1e-4);
    }
    t.true(JSON.stringify(eager[1]) !== "null", "the input matters");
  });
}

test("attention, embedding and several inputs: gradients one op at a time are those of the compiled function", (t) => {
  const x = keras.random.normal([2, 3, 4], { seed: 1 });
  const ids = keras.tensor([
    [1, 2, 0],
    [3, 3, 1],
  ]);
  const run = (compile: boolean): unknown => {
    keras.utils.setRandomSeed(5);
    const attend = layers.MultiHeadAttention(2, 3);
    const embed = layers.Embedding(5, 4, { maskZero: true });
    const join = layers.Concatenate();
    const lstm = layers.LSTM(2);
    const forward = (x: Tensor, ids: Tensor): Tensor => {
      const e = embed(ids);
      return ops.sum(ops.square(lstm(join([attend(x, e), e])))).add(
        layers
          .Dot(1)([x.at(":", 0), e.at(":", 0)])
          .sum(),
      );
    };
    forward(x, ids);
    const parts = [attend, embed, lstm];
    const slopes = (x: Tensor, ids: Tensor): (Tensor | null)[] => {
      const tape = new keras.GradientTape();
      const loss = tape.record(() => forward(x, ids));
      return [
        loss,
        ...tape.gradient(
          loss,
          parts.flatMap((part) => part.trainableVariables),
        ),
      ];
    };
    return (compile ? keras.function(slopes) : slopes)(x, ids).map((one) => one?.tolist() ?? null);
  };
  const [eager, compiled] = [run(false), run(true)] as [number[][], number[][]];
  for (const [i, one] of eager.entries()) near(t, compiled[i]!, one, `${i}`, 1e-4);
});
