// Low-rank adaptation against Keras 3.15 (JAX): the layer in a functional model, adapted, every weight set by `values(shape, i)`, then two
// epochs of SGD(0.1) on "mse" towards ones with the whole input as one batch.
import test from "ava";
import * as keras from "kerosene";
import { layers, ops } from "kerosene";
import { near, numbers, setValues, values } from "./values.js";

type Adaptable = layers.Dense | layers.EinsumDense | layers.Embedding | layers.Conv1D;

interface Case {
  readonly make: () => Adaptable;
  readonly x: keras.Tensor;
  readonly rank: number;
  readonly alpha?: number;
  /** Names of the weights, and of those that are trained. */
  readonly weights: readonly string[];
  readonly trained: readonly string[];
  readonly out: readonly number[];
  readonly loss: readonly number[];
  /** The factors after training. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** What Keras puts into a file for the main weight. */
  readonly stored: readonly number[];
}

const kernelNames = ["kernel", "bias", "lora_kernel_a", "lora_kernel_b"];
const cases: Record<string, Case> = {
  Dense: {
    make: () => layers.Dense(3),
    x: values([2, 4]),
    rank: 2,
    alpha: 4,
    weights: kernelNames,
    trained: kernelNames.slice(1),
    out: [0.18, -0.118, -0.262, -0.548, 0.476, -0.172],
    loss: [1.2599053382873535, 1.0966416597366333],
    a: [-0.332091, 0.384102, 0.010793, -0.384925, 0.289993, -0.118428, -0.467124, 0.212546],
    b: [-0.198312, 0.484278, 0.088727, -0.292862, 0.385675, -0.007503],
    stored: [
      -0.593263, 0.174629, -0.264694, 0.721179, -0.186458, -0.292309, 0.354348, 0.189525, -0.346763, 0.360779,
      -0.388489, -0.586082,
    ],
  },
  EinsumDense: {
    make: () => layers.EinsumDense("abc,cde->abde", [null, 2, 2], { biasAxes: "de", kernelRegularizer: "l2" }),
    x: values([1, 2, 3]),
    rank: 1,
    weights: kernelNames,
    trained: kernelNames.slice(1),
    out: [-0.068, 0.125, 0.152, -0.78, -0.472, 0.16, -0.168, -0.005],
    loss: [1.3880482912063599, 1.2563000917434692],
    a: [-0.301297, 0.387252, 0.002678, -0.390216, 0.295004, -0.11027],
    b: [-0.211505, 0.478873],
    stored: [
      -0.436274, 0.055717, -0.281906, 0.685445, 0.099434, -0.298718, 0.482533, -0.186864, -0.462395, 0.441269,
      -0.076677, -0.552805,
    ],
  },
  Embedding: {
    make: () => layers.Embedding(4, 3),
    x: keras.tensor([[0, 2, 2]], { dtype: "int32" }),
    rank: 2,
    alpha: 1,
    weights: ["embeddings", "lora_embeddings_a", "lora_embeddings_b"],
    trained: ["lora_embeddings_a", "lora_embeddings_b"],
    out: [-0.5, 0.165, -0.215, 0.41, 0.01, -0.39, 0.41, 0.01, -0.39],
    loss: [1.2160056829452515, 1.2151458263397217],
    a: [-0.402614, 0.289544, -0.1, -0.5, 0.209704, -0.203551, 0.5, 0.1],
    b: [-0.308031, 0.401462, 0.001686, -0.395367, 0.296689, -0.104377],
    stored: [
      -0.495229, 0.162135, -0.21545, 0.614243, 0.005755, -0.27399, 0.407941, 0.011898, -0.389202, 0.203224, 0.0152,
      -0.504797,
    ],
  },
  Conv1D: {
    make: () => layers.Conv1D(2, 2, { groups: 2, padding: "causal" }),
    x: values([1, 3, 4]),
    rank: 1,
    alpha: 3,
    weights: kernelNames,
    trained: kernelNames.slice(1),
    out: [-0.322, 0.06, -0.51, 0.78, -0.148, 0.53],
    loss: [1.08309805393219, 0.8800504207611084],
    a: [-0.262605, 0.411108, 0.021055, -0.382591],
    b: [-0.180379, 0.481129],
    stored: [-0.357894, -0.179041, -0.422466, 1.093388, 0.088606, -0.26961, 0.607035, -0.552228],
  },
  Conv2D: {
    make: () => layers.Conv2D(2, 2, { useBias: false }) as unknown as layers.Conv1D,
    x: values([1, 3, 3, 1]),
    rank: 2,
    weights: ["kernel", "lora_kernel_a", "lora_kernel_b"],
    trained: ["lora_kernel_a", "lora_kernel_b"],
    out: [0.201, 0.118, -0.113, -0.21, -0.191, -0.03, -0.087, -0.27],
    loss: [1.1741304397583008, 1.1707279682159424],
    a: [-0.399278, 0.291202, -0.102683, -0.493162, 0.204246, -0.219437, 0.495007, 0.115597],
    b: [-0.316385, 0.383229, 0.000847, -0.398936],
    stored: [-0.373428, -0.069186, -0.16793, 0.657389, 0.035194, -0.134186, 0.243485, 0.143585],
  },
};

const inModel = (layer: Adaptable, x: keras.Tensor): keras.Model => {
  const inputs = keras.Input({ shape: x.shape.slice(1), dtype: x.dtype });
  return keras.Model(inputs, layer(inputs));
};
const names = (weights: readonly keras.Variable[]): string[] => weights.map(({ name }) => name);

for (const [name, { make, x, rank, alpha, ...want }] of Object.entries(cases)) {
  test(`${name}: adapted, trained and filed as Keras does`, async (t) => {
    const layer = make();
    const model = inModel(layer, x);
    t.false(layer.loraEnabled);
    const before = layer.weights[0]!.value;
    const plain = layer(x) as keras.Tensor;
    layer.enableLora(rank, alpha === undefined ? {} : { loraAlpha: alpha });
    // Its second factor is 0 at first.
    near(t, layer(x) as keras.Tensor, numbers(plain), "right after enableLora");
    near(t, layer.adaptedWeight as keras.Tensor, numbers(before), "right after enableLora", 0);
    t.true(layer.loraEnabled);
    t.deepEqual(names(layer.weights), want.weights);
    t.deepEqual(names(layer.trainableWeights), want.trained);
    t.deepEqual(names(layer.nonTrainableWeights), want.weights.slice(0, 1));
    t.is(layer.weights.at(-1)!.path, `${layer.name}/${want.weights.at(-1)}`);

    setValues(layer);
    const outputs = (await model.predict(x, { verbose: 0 })) as keras.Tensor;
    near(t, outputs, want.out, "outputs");
    model.compile({ optimizer: keras.optimizers.SGD(0.1), loss: "mse" });
    const y = ops.onesLike(outputs);
    const { history } = await model.fit(x, y, { epochs: 2, shuffle: false, verbose: 0 });
    for (const [i, loss] of want.loss.entries()) t.true(Math.abs(history.loss![i]! - loss) < 2e-6, `loss ${i}`);
    const [a, b] = layer.weights.slice(-2) as [keras.Variable, keras.Variable];
    near(t, a.value, want.a, "the first factor");
    near(t, b.value, want.b, "the second factor");
    near(t, layer.weights[0]!.value, numbers(values(layer.weights[0]!.shape)), "frozen", 0);

    const store: Record<string, keras.Tensor> = {};
    layer.saveOwnVariables(store);
    t.deepEqual(
      Object.keys(store),
      want.weights.slice(0, -2).map((_, i) => `${i}`),
    );
    near(t, store["0"]!, want.stored, "what is filed");

    // What is filed can be loaded with and without adaptation, and gives the same.
    const trained = numbers(layer(x) as keras.Tensor);
    const other = make();
    inModel(other, x);
    other.loadOwnVariables(store);
    near(t, other(x) as keras.Tensor, trained, "loaded into a plain layer");
    layer.loadOwnVariables(store);
    near(t, layer(x) as keras.Tensor, trained, "loaded into an adapted layer");
    t.true(layer.loraEnabled);
    await model.fit(x, y, { verbose: 0 });
    t.true(
      numbers(b.value).some((v) => v !== 0),
      "training goes on",
    );
  });

  test(`${name}: a rank in the options and in configs`, (t) => {
    const config = { ...make().getConfig(), name: "adapted", lora_rank: rank, lora_alpha: 3 };
    const layer = (make().constructor as unknown as typeof keras.layers.Layer).fromConfig(config as never) as Adaptable;
    t.false(layer.loraEnabled);
    inModel(layer, x);
    t.true(layer.loraEnabled);
    t.deepEqual([layer.loraRank, layer.loraAlpha], [rank, 3]);
    t.deepEqual(names(layer.trainableWeights), want.trained);
    t.deepEqual(layer.getConfig(), config);
    t.false("lora_rank" in make().getConfig());
  });
}

test("the embeddings that lead back are the adapted ones", (t) => {
  const layer = layers.ReversibleEmbedding(4, 3, { loraRank: 1 });
  layer(keras.tensor([[0]], { dtype: "int32" }));
  setValues(layer);
  const logits = layer(ops.ones([1, 3]), { reverse: true }) as keras.Tensor;
  const rows = (layer.adaptedWeight as keras.Tensor).sum(1);
  near(t, logits, numbers(rows), "logits");
  t.is(layer.loraEmbeddingsA!.name, "lora_embeddings_a");
  t.deepEqual(layer.loraEmbeddingsB!.shape, [1, 3]);
});

test("first values of the embeddings go with an adaptation", (t) => {
  const layer = layers.Embedding(2, 2, { weights: [[1, 2], [3, 4]], loraRank: 1 }); // biome-ignore format: a matrix
  t.deepEqual((layer(keras.tensor([1], { dtype: "int32" })) as keras.Tensor).tolist(), [[3, 4]]);
});

test("initializers of the factors, and dtypes", (t) => {
  const layer = layers.Dense(2, { dtype: "float64" });
  layer.build([null, 3]);
  layer.enableLora(1, { aInitializer: "ones", bInitializer: keras.initializers.Constant(0.5) });
  t.deepEqual(layer.loraKernelA!.tolist(), [[1], [1], [1]]);
  t.deepEqual(layer.loraKernelB!.tolist(), [[0.5, 0.5]]);
  t.deepEqual([layer.loraKernelA!.dtype, (layer.adaptedWeight as keras.Tensor).dtype], ["float32", "float64"]);
});

test("errors", (t) => {
  const built = () => {
    const layer = layers.Dense(2, { name: "d" });
    layer.build([null, 3]);
    return layer;
  };
  const { ValueError, StateError, NotImplementedError } = keras.errors;
  const bad = (run: () => unknown, instanceOf: new (...args: never[]) => Error, message: RegExp) =>
    t.throws(run, { instanceOf: instanceOf as never, message });
  bad(() => layers.Dense(2).enableLora(1), StateError, /isn't yet built/);
  bad(() => layers.Dense(2, { loraRank: 0 }), ValueError, /positive integer.*0/);
  bad(() => layers.Conv2D(2, 3, { loraRank: 1.5 }), ValueError, /positive integer.*1\.5/);
  bad(() => layers.Embedding(2, 3, { loraAlpha: 2 }), ValueError, /`loraAlpha` needs a `loraRank`/);
  bad(() => layers.Dense(2, { loraRank: 1, loraAlpha: Number.NaN }), ValueError, /loraAlpha=NaN/);
  bad(() => built().enableLora(-1), ValueError, /"d" \(Dense\).*positive integer.*-1/);
  const twice = built();
  twice.enableLora(1);
  bad(() => twice.enableLora(1), StateError, /already enabled/);
  const held = layers.Dense(2, { kernelConstraint: "non_neg" });
  held.build([null, 3]);
  bad(() => held.enableLora(1), ValueError, /incompatible with kernel constraints/);
  const transposed = layers.Conv2DTranspose(2, 3);
  transposed.build([null, 4, 4, 1]);
  bad(() => transposed.enableLora(1), NotImplementedError, /no low-rank adaptation/);
  const options = { loraRank: 1 } as object;
  bad(() => layers.DepthwiseConv2D(3, options), NotImplementedError, /DepthwiseConv2D.*no low-rank adaptation/);
  bad(() => layers.LSTM(2, options), ValueError, /Unrecognized keyword arguments.*loraRank/);
});

test("what layers keep in files: their weights by number, or what they write themselves", (t) => {
  const layer = layers.Dense(2, { name: "d" });
  layer.build([null, 1]);
  const store: Record<string, keras.Tensor> = {};
  layer.saveOwnVariables(store);
  t.deepEqual(Object.fromEntries(Object.entries(store).map(([name, { shape }]) => [name, [...shape]])), {
    0: [1, 2],
    1: [2],
  });
  layer.loadOwnVariables({ 0: keras.tensor([[1, 2]]), 1: keras.tensor([3, 4]) });
  t.deepEqual((layer(ops.ones([1, 1])) as keras.Tensor).tolist(), [[4, 6]]);
  const bad = (wrong: Record<string, keras.Tensor>, message: RegExp) =>
    t.throws(() => layer.loadOwnVariables(wrong), { instanceOf: keras.errors.ValueError, message });
  bad({}, /"d" \(Dense\) expected 2 variables \[kernel, bias\], but received 0/);
  bad({ 0: ops.ones([1, 2]), 2: ops.ones([2]) }, /no variable "1"/);
  bad({ 0: ops.ones([1, 2]), 1: ops.ones([3]) }, /shape/);
  t.deepEqual((layer(ops.ones([1, 1])) as keras.Tensor).tolist(), [[4, 6]]);
});
