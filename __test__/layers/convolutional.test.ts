import test from "ava";
import * as keras from "kerosene";
import { layers, ops, type Tensor } from "kerosene";

const input = (...shape: (number | null)[]) => keras.Input({ shape });

const errors: [string, () => unknown, string, RegExp][] = [
  [
    "a rank too low",
    () => layers.Conv2D(4, 3)(ops.ones([2, 8, 8])),
    "ValueError",
    /Input 0.*"conv2d.*expected min_ndim=4, found ndim=3. Full shape received: \(2, 8, 8\)/,
  ],
  ["a symbolic rank too low", () => layers.Conv2D(4, 3)(input(784)), "ValueError", /min_ndim=4, found ndim=2/],
  [
    "other channels",
    () => {
      const layer = layers.Conv2D(4, 3);
      layer(input(8, 8, 3));
      layer(input(8, 8, 4));
    },
    "ValueError",
    /expected axis -1 of input shape to have value 3, but received input with shape \(None, 8, 8, 4\)/,
  ],
  [
    "a window that does not fit",
    () => layers.Conv2D(4, 7)(input(4, 4, 3)),
    "ValueError",
    /Computed output size would be zero or negative.*inputs shape=\(None, 4, 4, 3\).*kernel shape=\(7, 7, 3, 4\).*padding=valid/,
  ],
  [
    "a window that does not fit in one dimension",
    () => layers.Conv1D(4, 7)(input(4, 3)),
    "ValueError",
    /Computed output size would be zero or negative/,
  ],
  [
    "padding full",
    () => layers.Conv2D(4, 3, { padding: "full" as never }),
    "ValueError",
    /`padding`.*'valid', 'same'.*Received: full/,
  ],
  ["causal padding of pictures", () => layers.Conv2D(4, 3, { padding: "causal" as never }), "ValueError", /causal/],
  ["no filters", () => layers.Conv2D(0, 3), "ValueError", /Conv2D: `filters` must be a positive integer.*filters=0/],
  ["a kernel of three axes", () => layers.Conv2D(4, [3, 3, 3]), "ValueError", /kernel_size.*tuple of 2 integers/],
  [
    "a stride of 0",
    () => layers.Conv2D(4, 3, { strides: 0 }),
    "ValueError",
    /strides=0, including values \{0\} that do not satisfy `value > 0`/,
  ],
  ["groups for filters", () => layers.Conv2D(4, 3, { groups: 3 }), "ValueError", /groups=3, filters=4/],
  [
    "groups for channels",
    () => layers.Conv2D(4, 3, { groups: 2 })(input(8, 8, 3)),
    "ValueError",
    /groups=2, but the input has 3 channels \(full input shape is \(None, 8, 8, 3\)\)/,
  ],
  [
    "strides and dilation",
    () => layers.Conv2D(4, 3, { strides: 2, dilationRate: 2 }),
    "ValueError",
    /`strides > 1` not supported in conjunction with `dilation_rate > 1`/,
  ],
  [
    "output padding of a stride",
    () => layers.Conv2DTranspose(4, 3, { strides: 2, outputPadding: 2 }),
    "ValueError",
    /`output_padding` must be strictly less than `strides`/,
  ],
  ["unknown channels", () => layers.Conv2D(4, 3)(input(8, 8, null)), "ValueError", /channel dimension/],
  [
    "a wrong data format",
    () => layers.Conv2D(3, 3, { dataFormat: "channel_first" as never }),
    "ValueError",
    /channel_/,
  ],
  [
    "a pool that does not fit",
    () => layers.MaxPooling2D(5)(input(3, 3, 1)),
    "ValueError",
    /Computed output size would be zero or negative.*\(None, 3, 3, 1\).*\(5, 5\)/,
  ],
  ["causal pools", () => layers.MaxPooling2D(2, { padding: "causal" as never }), "ValueError", /padding.*causal/],
  ["an adaptive size of 0", () => layers.AdaptiveMaxPooling1D(0), "ValueError", /output_size/],
  ["a kernel of another rank", () => ops.conv(ops.ones([1, 4, 4, 1]), ops.ones([3, 1, 1])), "ValueError", /rank/],
  [
    "a kernel of other channels",
    () => ops.conv(ops.ones([1, 4, 3]), ops.ones([3, 2, 1])),
    "ValueError",
    /evenly divisible/,
  ],
  ["a tensor without space", () => ops.maxPool(ops.ones([2, 3]), 2), "ValueError", /spatial axes/],
];

for (const [what, run, name, message] of errors) {
  test(`${what} is an error`, (t) => {
    const error = t.throws(run, { any: true }) as Error;
    t.is(error.name, name);
    t.regex(error.message, message);
  });
}

test("unknown spatial dimensions flow through", (t) => {
  const x = input(null, null, 3);
  const shape = (layer: unknown) => [...(layer as keras.KerasTensor).shape];
  t.deepEqual(shape(layers.Conv2D(4, 3)(x)), [null, null, null, 4]);
  t.deepEqual(shape(layers.Conv2DTranspose(4, 3, { strides: 2, padding: "same" })(x)), [null, null, null, 4]);
  t.deepEqual(shape(layers.DepthwiseConv2D(3, { depthMultiplier: 2 })(x)), [null, null, null, 6]);
  t.deepEqual(shape(layers.MaxPooling2D(2)(x)), [null, null, null, 3]);
  t.deepEqual(shape(layers.AdaptiveAveragePooling2D([2, 5])(x)), [null, 2, 5, 3]);
  t.deepEqual(shape(layers.GlobalMaxPooling2D()(x)), [null, 3]);
  t.deepEqual(shape(layers.Conv1D(4, 3, { padding: "causal" })(input(null, 2))), [null, null, 4]);
});

test("an empty batch gives an empty result", (t) => {
  const x = ops.ones([0, 8, 8, 2]);
  t.deepEqual([...(layers.Conv2D(4, 3)(x) as Tensor).shape], [0, 6, 6, 4]);
  t.deepEqual([...(layers.MaxPooling2D(2)(x) as Tensor).shape], [0, 4, 4, 2]);
});

test("Keras's other names mean the same", (t) => {
  t.is(layers.Convolution2D, layers.Conv2D);
  t.is(layers.Convolution3DTranspose, layers.Conv3DTranspose);
  t.is(layers.SeparableConvolution1D, layers.SeparableConv1D);
  t.is(layers.MaxPool2D, layers.MaxPooling2D);
  t.is(layers.AvgPool1D, layers.AveragePooling1D);
  t.is(layers.GlobalAvgPool3D, layers.GlobalAveragePooling3D);
});

test("the transposed convolution is the gradient of the convolution", (t) => {
  const kernel = keras.random.normal([3, 3, 2, 4], { seed: 1 });
  const y = keras.random.normal([1, 4, 4, 4], { seed: 2 });
  const x = ops.convTranspose(y, kernel, { strides: 2, padding: "same" });
  t.deepEqual([...x.shape], [1, 8, 8, 2]);
  // ⟨conv(z), y⟩ = ⟨z, convᵀ(y)⟩
  const z = keras.random.normal([1, 8, 8, 2], { seed: 3 });
  const left = ops.sum(ops.conv(z, kernel, { strides: 2, padding: "same" }).multiply(y)).item() as number;
  const right = ops.sum(z.multiply(x)).item() as number;
  t.true(Math.abs(left - right) < 1e-4 * Math.max(1, Math.abs(left)));
});

test("settings of weights are fields by Keras's names", (t) => {
  const kernel = { kernelInitializer: "he_normal", kernelRegularizer: "l2", kernelConstraint: "non_neg" };
  const bias = { biasInitializer: "ones", biasRegularizer: "l1", biasConstraint: "max_norm" };
  for (const layer of [
    layers.Conv1D(2, 3, { ...kernel, ...bias }),
    layers.Conv2DTranspose(2, 3, { ...kernel, ...bias }),
    layers.Dense(2, { ...kernel, ...bias }),
    layers.LSTM(2, { ...kernel, ...bias }).cell,
  ]) {
    const { kernelInitializer, kernelRegularizer, kernelConstraint } = layer as layers.Dense;
    const { biasInitializer, biasRegularizer, biasConstraint } = layer as layers.Dense;
    const found = [
      kernelInitializer,
      kernelRegularizer,
      kernelConstraint,
      biasInitializer,
      biasRegularizer,
      biasConstraint,
    ];
    t.deepEqual(
      found.map((one) => one?.constructor.name),
      ["HeNormal", "L2", "NonNeg", "Ones", "L1", "MaxNorm"],
    );
  }
  const separable = layers.SeparableConv2D(2, 3, { depthwiseInitializer: "ones", pointwiseConstraint: "unit_norm" });
  t.is(separable.depthwiseInitializer.constructor.name, "Ones");
  t.is(separable.pointwiseInitializer.constructor.name, "GlorotUniform");
  t.is(separable.pointwiseConstraint?.constructor.name, "UnitNorm");
  t.is(separable.biasRegularizer, null);
  t.false("kernelInitializer" in separable);
  t.is(layers.DepthwiseConv1D(3, { depthwiseRegularizer: "l2" }).depthwiseRegularizer?.constructor.name, "L2");
});
