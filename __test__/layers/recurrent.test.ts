import test from "ava";
import * as keras from "kerosene";
import { trace } from "#kerosene/engine/trace.js";
import { gradients } from "../parity/gradients.js";

const { layers, ops } = keras;
type T = keras.Tensor;

/** y = tanh(w·x + h), written as a user writes a cell. */
class MinimalCell extends layers.Layer {
  stateSize: number;
  kernel!: keras.Variable;
  constructor(units: number, options: keras.LayerOptions = {}) {
    super(options);
    this.stateSize = units;
  }
  override build(inputShape: keras.Shape): void {
    this.kernel = this.addWeight({ shape: [inputShape.at(-1)!, this.stateSize], name: "kernel" });
  }
  override call(inputs: T, states: T[]): [T, T[]] {
    const h = ops.tanh(ops.matmul(inputs, this.kernel).add(states[0]!));
    return [h, [h]];
  }
  override getConfig(): Record<string, unknown> {
    return { ...super.getConfig(), units: this.stateSize };
  }
}

test("a cell of the user's: outputs and gradients are those of the same steps one by one", (t) => {
  const x = keras.random.normal([2, 6, 3], { seed: 1 });
  const looped = layers.RNN(new MinimalCell(4), { returnSequences: true });
  const unrolled = layers.RNN(new MinimalCell(4), { returnSequences: true, unroll: true });
  looped(x);
  unrolled(x);
  unrolled.setWeights(looped.getWeights());
  const up = keras.random.normal([2, 6, 4], { seed: 2 });
  const run = (layer: typeof looped): number[][] =>
    gradients([x], [up], ([input]) => ({ outputs: [layer(input!) as T], by: [input!, ...layer.trainableWeights] })).map(
      (g) => Array.from(g!.dataSync() as Float32Array),
    );
  const [a, b] = [run(looped), run(unrolled)];
  for (const [i, row] of a.entries()) for (const [k, g] of row.entries()) t.true(Math.abs(g - b[i]![k]!) < 1e-5);
  t.deepEqual(
    looped.weights.map(({ path }) => path.replace(/_\d+/g, "")),
    ["rnn/minimal_cell/kernel"],
  );
});

test("unrolled layers in a model of sequences of any length", async (t) => {
  const input = keras.Input({ shape: [null, 2] });
  const [plain, unrolled] = [false, true].map((unroll) =>
    keras.Model(input, layers.LSTM(3, { unroll, kernelInitializer: "ones", recurrentInitializer: "ones" })(input)),
  ) as [keras.Model, keras.Model];
  t.deepEqual(unrolled.outputShape, [null, 3]);
  for (const length of [1, 4]) {
    const x = keras.random.normal([2, length, 2], { seed: length });
    const [a, b] = [plain(x) as T, unrolled(x) as T];
    t.true((ops.max(a.subtract(b).abs()).item() as number) < 1e-6);
  }
});

test("a layer that draws numbers inside a cell: the derivative sees the same numbers", (t) => {
  class Dropping extends MinimalCell {
    dropping = layers.Dropout(0.5, { seed: 5 });
    override call(inputs: T, states: T[], options: { training?: boolean } = {}): [T, T[]] {
      return super.call(this.dropping(inputs, options), states);
    }
  }
  const x = keras.random.normal([2, 6, 3], { seed: 1 });
  const looped = layers.RNN(new Dropping(4), { returnSequences: true });
  const unrolled = layers.RNN(new Dropping(4), { returnSequences: true, unroll: true });
  looped(x);
  unrolled(x);
  unrolled.setWeights(looped.getWeights());
  const up = keras.random.normal([2, 6, 4], { seed: 2 });
  const run = (layer: typeof looped): number[][] =>
    gradients([x], [up], ([input]) => {
      const output = layer(input!, { training: true }) as T;
      return { outputs: [output], by: [input!, ...layer.trainableWeights] };
    }).map((g) => Array.from(g!.dataSync() as Float32Array));
  const [a, b] = [run(looped), run(unrolled)];
  t.true(a[0]!.includes(0) && a[0]!.some((g) => g !== 0));
  for (const [i, row] of a.entries()) for (const [k, g] of row.entries()) t.true(Math.abs(g - b[i]![k]!) < 1e-5);
  class Losing extends MinimalCell {
    override call(inputs: T, states: T[]): [T, T[]] {
      this.addLoss(inputs.sum());
      return super.call(inputs, states);
    }
  }
  t.throws(() => layers.RNN(new Losing(2))(x), { message: /loss inside a loop/ });
});

test("the loop is one op, whatever the number of steps", (t) => {
  const layer = layers.LSTM(3);
  layer(ops.zeros([1, 2, 2]));
  const nodes = (steps: number): number =>
    trace([{ dtype: "float32", shape: [1, steps, 2] }], (x) => layer(x))
      .trace.print()
      .split("\n").length;
  t.is(nodes(5), nodes(500));
});

test("an unknown number of steps", (t) => {
  const input = keras.Input([null, 3]);
  const model = keras.Model(input, layers.GRU(4, { returnSequences: true })(input));
  t.deepEqual(model.outputShape, [null, null, 4]);
  for (const steps of [1, 7]) t.deepEqual((model(ops.ones([2, steps, 3])) as T).shape, [2, steps, 4]);
});

test("initial states as Keras tensors", (t) => {
  const input = keras.Input([5, 3]);
  const h = keras.Input([4]);
  const c = keras.Input([4]);
  const model = keras.Model([input, h, c], layers.LSTM(4)(input, { initialState: [h, c] }));
  const x = ops.ones([2, 5, 3]);
  const of = (value: number): unknown => (model([x, ops.full([2, 4], value), ops.full([2, 4], value)]) as T).tolist();
  t.notDeepEqual(of(0), of(1));
  const again = keras.models.modelFromJson(model.toJson());
  again.setWeights(model.getWeights());
  t.deepEqual((again([x, ops.ones([2, 4]), ops.ones([2, 4])]) as T).tolist(), of(1));
  t.throws(() => layers.LSTM(4)(x, { initialState: [ops.zeros([2, 4])] }), { message: /expected 2 initial states/ });
});

test("a stateful layer goes on where it ended, also in predict", async (t) => {
  const layer = layers.SimpleRNN(2, { stateful: true });
  const x = ops.ones([1, 3, 2]);
  const first = layer(x).tolist();
  const second = layer(x).tolist();
  t.notDeepEqual(first, second);
  layer.resetState();
  t.deepEqual(layer(x).tolist(), first);
  const input = keras.Input({ batchShape: [1, 3, 2] });
  const model = keras.Model(input, layer(input));
  layer.resetState();
  const predictions = [await model.predict(x, { verbose: 0 }), await model.predict(x, { verbose: 0 })] as T[];
  t.deepEqual(
    predictions.map((p) => p.tolist()),
    [first, second],
  );
  t.throws(() => layers.GRU(2, { stateful: true })(keras.Input([3, 2])), { message: /batch size must be static/ });
  t.throws(() => layers.GRU(2).resetState(), { message: /stateful/ });
});

test("dropout masks are the same at every step, and new in every call", (t) => {
  const x = ops.ones([1, 4, 8]);
  for (const layer of [
    layers.SimpleRNN(8, { dropout: 0.5, recurrentDropout: 0.5, returnSequences: true, seed: 3 }),
    layers.GRU(8, { dropout: 0.5, returnSequences: true, seed: 3 }),
    layers.LSTM(8, { recurrentDropout: 0.5, returnSequences: true, seed: 3 }),
    layers.RNN([layers.LSTMCell(4, { dropout: 0.5 }), layers.GRUCell(3, { recurrentDropout: 0.5 })]),
  ]) {
    t.notDeepEqual(layer(x, { training: true }).tolist(), layer(x, { training: true }).tolist());
    t.deepEqual(layer(x).tolist(), layer(x).tolist());
  }
  // The kernel as identity: what is dropped at the first step is dropped at all.
  const eye = keras.initializers.Identity();
  const plain = layers.SimpleRNN(8, {
    dropout: 0.5,
    activation: null as never,
    kernelInitializer: eye,
    recurrentInitializer: "zeros",
    returnSequences: true,
  });
  const [steps] = plain(x, { training: true }).tolist() as number[][][];
  for (const step of steps!) t.deepEqual(step, steps![0]);
});

test("a cell with variables of its own carries them from step to step", (t) => {
  class Counting extends MinimalCell {
    steps = new keras.Variable(0, { dtype: "float32", trainable: false, name: "steps" });
    override call(inputs: T, states: T[]): [T, T[]] {
      this.steps.assignAdd(1);
      return super.call(inputs, states);
    }
  }
  const cell = new Counting(2);
  layers.RNN(cell)(ops.ones([1, 5, 2]));
  t.is(cell.steps.item(), 5);
});

test("fit learns with a loop inside", async (t) => {
  keras.utils.setRandomSeed(7);
  const input = keras.Input([null, 2]);
  const x = layers.Bidirectional(layers.GRU(8, { returnSequences: true }))(input);
  const model = keras.Model(input, layers.Dense(1)(layers.LSTM(8, { dropout: 0.1 })(x)));
  model.compile({ optimizer: keras.optimizers.Adam({ learningRate: 0.02 }), loss: "mse" });
  const data = keras.random.uniform([64, 5, 2], { seed: 1 });
  const labels = data.sum([1, 2]).reshape([64, 1]).divide(10);
  const { history } = await model.fit(data, labels, { epochs: 15, verbose: 0, batchSize: 16 });
  const losses = history.loss as number[];
  t.true(losses.at(-1)! < losses[0]! / 4, String(losses));
});

test("what is no cell is refused where it is given", (t) => {
  t.throws(() => layers.RNN({} as never), { message: /`call` method/ });
  t.throws(() => layers.RNN({ call: () => [] } as never), { message: /stateSize/ });
  t.throws(() => layers.LSTM(0), { message: /positive integer/ });
  t.throws(() => layers.LSTM(2, { useCudnn: true }), { message: /cuDNN/ });
  t.throws(() => layers.Bidirectional(layers.LSTM(2), { mergeMode: "max" as never }), { message: /merge mode/ });
  t.throws(() => layers.Bidirectional(layers.LSTM(2), { backwardLayer: layers.LSTM(2) }), { message: /goBackwards/ });
  t.throws(() => layers.LSTM(2)(ops.ones([2, 3])), { message: /ndim=3/ });
  t.throws(() => layers.TimeDistributed(layers.Dense(2))(ops.ones([2, 3])), { message: /at least 3 dimensions/ });
});
