import test from "ava";
import * as keras from "kerosene";
import { ops } from "kerosene";

const x = keras.random.uniform([2, 3, 4], { seed: 1 });

type Make = (a: keras.KerasTensor) => unknown;

/** Graphs of one op with options in all places: written and read back they compute the same. */
const graphs: Record<string, Make> = {
  pad: (a) =>
    ops.pad(
      a,
      [
        [0, 0],
        [1, 1],
        [0, 2],
      ],
      { constantValues: 2 },
    ),
  reflect: (a) =>
    ops.pad(
      a,
      [
        [0, 0],
        [1, 1],
        [0, 2],
      ],
      { mode: "reflect" },
    ),
  arccosh: (a) => ops.arccosh(a.add(2)),
  cdist: (a) => ops.cdist(a, a),
  softmax: (a) => ops.softmax(a, 1),
  norm: (a) => ops.norm(a, { axis: 1 }),
  topK: (a) => ops.topK(a, 2)[0],
  split: (a) => ops.split(a, 2, -1)[1],
  clip: (a) => ops.clip(a, 0.2, 0.5),
  where: (a) => ops.where(a.greater(0.5), a, 0),
  take: (a) => ops.take(a, [0, 2], 1),
  einsum: (a) => ops.einsum("bij,bkj->bik", a, a),
  conv: (a) => ops.conv(a, ops.ones([2, 4, 3]), { padding: "same" }),
  maxPool: (a) => ops.maxPool(a, 2, { strides: 1 }),
  resize: (a) => ops.image.resize(a.expandDims(-1), [5, 6], { interpolation: "nearest" }),
  average: (a) => ops.average(a, 1, a),
  oneHot: (a) => ops.oneHot(ops.argmax(a, -1), 4),
  rearrange: (a) => ops.rearrange(a, "b i (j k) -> b i j k", { j: 2 }),
  quantile: (a) => ops.quantile(a, 0.5, { axis: 1, method: "lower" }),
  fullLike: (a) => ops.fullLike(a, 3),
  slice: (a) => ops.slice(a, [0, 1, 0], [2, 2, 4]),
  at: (a) => a.at(":", 1, "::2"),
  variance: (a) => ops.var(a, 1, { keepdims: true }),
  isclose: (a) => ops.isclose(a, a.add(0.1), { atol: 0.2 }),
  attention: (a) => {
    const heads = a.expandDims(2);
    return ops.dotProductAttention(heads, heads, heads, { isCausal: true, scale: 0.3, bias: ops.ones([2, 1, 3, 3]) });
  },
  batchNormalization: (a) => ops.batchNormalization(a, ops.zeros([4]), ops.ones([4]), -1, null, ops.full([4], 2)),
  layerNormalization: (a) => ops.layerNormalization(a, null, null, { axis: [1, 2] }),
  rfft: (a) => ops.rfft(a)[1],
  segmentSum: (a) => ops.segmentSum(a, [1, 1], { numSegments: 3 }),
};

const numbers = (tensor: unknown): unknown => {
  const { dtype, shape, tolist } = tensor as keras.Tensor;
  return [dtype, [...shape], tolist.call(tensor)];
};

for (const [name, make] of Object.entries(graphs)) {
  test(`${name}: there and back`, (t) => {
    const inputs = keras.Input({ batchShape: [2, 3, 4] });
    const model = keras.Model(inputs, make(inputs) as keras.KerasTensor);
    const text = model.toJson();
    const again = keras.models.modelFromJson(text);
    t.deepEqual(numbers(again(x)), numbers(model(x)));
    t.deepEqual(JSON.parse(again.toJson()), JSON.parse(text));
  });
}

// The configs below are what keras.Model(x, op(x)).to_json() of Keras 3.15.1 has for these ops.
const tensorConfig = {
  class_name: "__keras_tensor__",
  config: { shape: [2, 3], dtype: "float32", keras_history: ["x", 0, 0] },
};
const fromKeras: [module: string, className: string, config: object, args: unknown[], kwargs: object, want: unknown][] =
  [
    [
      "numpy",
      "Pad",
      {
        pad_width: [
          [0, 0],
          [1, 0],
        ],
        mode: "constant",
      },
      [tensorConfig],
      { constant_values: 9 },
      [
        [9, 1, 2, 3],
        [9, 4, 5, 6],
      ],
    ],
    [
      "numpy",
      "Clip",
      { x_min: 2, x_max: 5 },
      [tensorConfig],
      {},
      [
        [2, 2, 3],
        [4, 5, 5],
      ],
    ],
    [
      "numpy",
      "Add",
      {},
      [0.5, tensorConfig],
      {},
      [
        [1.5, 2.5, 3.5],
        [4.5, 5.5, 6.5],
      ],
    ],
    ["numpy", "Average", { axis: 1 }, [tensorConfig], { weights: null }, [2, 5]],
    [
      "numpy",
      "Cumsum",
      { axis: 1, dtype: null },
      [tensorConfig],
      {},
      [
        [1, 3, 6],
        [4, 9, 15],
      ],
    ],
    [
      "numpy",
      "Multiply",
      {},
      [tensorConfig, { class_name: "__numpy__", config: { value: [1, 0, 2], dtype: "float32" } }],
      {},
      [
        [1, 0, 6],
        [4, 0, 12],
      ],
    ],
    ["math", "Logsumexp", { axis: 1, keepdims: false }, [tensorConfig], {}, [3.4076059, 6.4076061]],
    ["linalg", "Norm", { ord: 1, axis: 1, keepdims: true }, [tensorConfig], {}, [[6], [15]]],
  ];
for (const [module, className, config, args, kwargs, want] of fromKeras) {
  test(`${className} as Keras writes it`, (t) => {
    const layer = (name: string, more: object): object => ({ name, ...more });
    const inputs = layer("x", {
      module: "keras.layers",
      class_name: "InputLayer",
      config: { name: "x", batch_shape: [2, 3], dtype: "float32" },
      registered_name: null,
      inbound_nodes: [],
    });
    const operation = layer("op", {
      module: `keras.src.ops.${module}`,
      class_name: className,
      config: { name: "op", ...config },
      registered_name: className,
      inbound_nodes: [{ args, kwargs }],
    });
    const model = keras.models.modelFromJson(
      JSON.stringify({
        module: "keras.src.models.functional",
        class_name: "Functional",
        config: { name: "m", layers: [inputs, operation], input_layers: ["x", 0, 0], output_layers: ["op", 0, 0] },
      }),
    );
    const got = model(
      keras.tensor(
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        { dtype: "float32" },
      ),
    ) as keras.Tensor;
    t.deepEqual(
      ops.round(got, 4).tolist(),
      ops.round(keras.tensor(want as number[], { dtype: "float32" }), 4).tolist(),
    );
    const written = JSON.parse(model.toJson()).config.layers[1];
    t.deepEqual([written.class_name, written.inbound_nodes[0].kwargs], [className, kwargs]);
  });
}

test("an op that does not exist is named", (t) => {
  const inputs = keras.Input([3]);
  const text = keras.Model(inputs, ops.tanh(inputs)).toJson().replaceAll('"Tanh"', '"Tanj"');
  t.throws(() => keras.models.modelFromJson(text), { name: "TypeError", message: /Could not locate the op "Tanj"/ });
});

test("every op that takes one or two tensors alone has a way back from its config", (t) => {
  const shapes = [
    [2, 3, 4],
    [2, 3, 3],
    [2, 4, 4, 3],
  ];
  const all = [...Object.entries(ops), ...Object.entries(ops.image)] as [string, (...xs: unknown[]) => unknown][];
  let count = 0;
  for (const [name, fn] of all) {
    if (typeof fn !== "function") continue;
    for (const [shape, arity] of shapes.flatMap((one) => [[one, 1] as const, [one, 2] as const])) {
      const inputs = keras.Input({ batchShape: shape });
      let outputs: unknown[];
      try {
        outputs = [fn(...Array.from({ length: arity }, () => inputs))].flat();
      } catch {
        continue; // It takes something else.
      }
      if (!outputs.length || !outputs.every((one) => one instanceof keras.KerasTensor)) continue;
      const text = keras.Model(inputs, outputs as keras.KerasTensor[]).toJson();
      t.notThrows(() => {
        t.deepEqual(JSON.parse(keras.models.modelFromJson(text).toJson()), JSON.parse(text), name);
      }, name);
      count++;
      break;
    }
  }
  t.true(count > 190, `${count}`);
});
