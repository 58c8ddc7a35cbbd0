import { createHash } from "node:crypto";
import test from "ava";
import * as keras from "kerosene";

const { applications } = keras;
const hash = (lines: readonly string[]): string =>
  createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);

/** A network as a function of its options. */
type Make = (options: object) => keras.Model<keras.KerasTensor, keras.KerasTensor>;
const make = (name: string, options: object = {}): ReturnType<Make> => {
  keras.utils.clearSession();
  return (applications[name as "VGG16"] as Make)({ weights: null, ...options });
};

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const frozen = (model: keras.Model): number =>
  model.nonTrainableWeights.reduce((sum, { shape }) => sum + size(shape as number[]), 0);

// With Keras 3.15.1: m = keras.applications.NAME(weights=None); m.name, m.count_params(), the sizes of m.non_trainable_weights, len(m.layers),
// len(m.weights), and sha256 (its first 16 digits) of the names of the layers, and of the last part of each weight's path with its shape, joined
// by "\n". The networks left out differ from these in their tables of widths and depths alone.
const whole: readonly [string, string, number, number, number, number, string, string][] = [
  ["ConvNeXtTiny", "convnext_tiny", 28589128, 0, 135, 182, "a20b4ada36fdc8d9", "6e484b469e094115"],
  ["DenseNet121", "densenet121", 8062504, 83648, 429, 606, "cc5636a449fe1916", "ef06ad31c0b83a16"],
  ["DenseNet201", "densenet201", 20242984, 229056, 709, 1006, "b75a1544879d5477", "272e226cfc00f241"],
  ["EfficientNetB0", "efficientnetb0", 5330571, 42023, 240, 314, "7cf19367d2ee1f0e", "861c7775811b194f"],
  ["EfficientNetB3", "efficientnetb3", 12320535, 87303, 387, 499, "30010b147551463c", "02317ac0f021eb7e"],
  ["EfficientNetV2B0", "efficientnetv2-b0", 7200312, 60608, 273, 361, "dd7ad1b5eec2e7ff", "6d8175b95fdb96da"],
  ["EfficientNetV2B3", "efficientnetv2-b3", 14467622, 109216, 412, 538, "84dc391d70a33fad", "b3499f74275e4b76"],
  ["EfficientNetV2S", "efficientnetv2-s", 21612360, 153872, 516, 672, "4ae37617110890a6", "a8fca07932bebb4c"],
  ["InceptionV3", "inception_v3", 23851784, 34432, 313, 378, "21d32daafca798d9", "a4c42527ee7d3a4a"],
  ["MobileNet", "mobilenet_1.00_224", 4253864, 21888, 91, 137, "42b219e63a8dbe22", "1b0ab205a816347d"],
  ["MobileNetV2", "mobilenetv2_1.00_224", 3538984, 34112, 156, 262, "c012b6e1f9c8c7c5", "ac12974b2ba8153a"],
  ["MobileNetV3Large", "MobileNetV3Large", 5507432, 24400, 194, 266, "714073e60b994a34", "a85d67f3147fb00a"],
  ["MobileNetV3Small", "MobileNetV3Small", 2554968, 12112, 164, 210, "775bfb33f6f6bda1", "9554c59903a9d474"],
  ["NASNetMobile", "nasnet_mobile", 5326716, 36738, 771, 1126, "726ef9113a330e0a", "8d93af6fb56f3590"],
  ["ResNet50", "resnet50", 25636712, 53120, 177, 320, "bb97e61fb3ad0d7d", "6803ebf334c63196"],
  ["ResNet50V2", "resnet50v2", 25613800, 45440, 192, 272, "cef3fe1280b548c1", "862bbeb3e122f9d7"],
  ["Xception", "xception", 22910480, 54528, 134, 236, "a65ec06ca9bedd25", "c637d10ecd66d2b2"],
];
for (const [title, name, params, still, layers, weights, names, shapes] of whole) {
  test(`${title}: names, shapes and parameters`, (t) => {
    const model = make(title);
    t.is(model.name, name);
    t.is(model.countParams(), params);
    t.is(frozen(model), still);
    t.is(model.layers.length, layers);
    t.is(model.weights.length, weights);
    t.is(hash(model.layers.map((layer) => layer.name)), names);
    t.is(hash(model.weights.map(({ path, shape }) => `${path.split("/").at(-1)}[${shape.join(", ")}]`)), shapes);
    t.deepEqual(model.outputShape, [null, 1000]);
  });
}

/**
 * Numbers that look random and are the same in Python: `change(u)` of u = the fraction of sin(12.9898 i + 78.233 k) · 43758.5453 for i below 9973,
 * from there on repeated.
 */
function fractions(n: number, k: number, change: (u: number) => number): Float32Array {
  const first = Float32Array.from({ length: Math.min(n, 9973) }, (_, i) => {
    const value = Math.sin(i * 12.9898 + k * 78.233) * 43758.5453;
    return change(value - Math.floor(value));
  });
  const all = new Float32Array(n);
  for (let at = 0; at < n; at += first.length) all.set(first.subarray(0, Math.min(first.length, n - at)), at);
  return all;
}

/** Weights that keep the sizes of features: uniform, by the number of inputs; factors near 1, terms near 0. */
function setWeights(model: keras.Model): void {
  const values = model.weights.map(({ path, shape }, k) => {
    const known = shape as number[];
    const last = path.split("/").at(-1)!;
    const fan = size(known.slice(0, last.includes("depthwise") ? -2 : -1));
    const factor = ["gamma", "moving_variance", "variance"].includes(last);
    const change = (u: number): number => {
      if (known.length > 1) return (2 * u - 1) * Math.sqrt(6 / fan);
      if (last === "count") return 0;
      return factor ? 1 + 0.1 * (2 * u - 1) : 0.1 * (2 * u - 1);
    };
    return keras.tensor(fractions(size(known), k, change), { shape: known });
  });
  model.setWeights(values);
}

interface Variant {
  n: string;
  kw: Record<string, unknown>;
  name: string;
  params: number;
  nt: number;
  out: (number | null)[];
  names: string;
  values: number[];
  mean: number;
}

// The same of Keras on TensorFlow with options, and with the weights above: m.predict_on_batch(x), flat, its first values and the mean of its absolute
// values. x is fractions(n, 1000), for the networks that scale their input themselves times 255, for VGG16 as it is, for others scaled to [-1, 1].
const variants: readonly Variant[] = [
  {
    n: "VGG16",
    kw: { include_top: false, pooling: "avg", input_shape: [32, 40, 3] },
    name: "vgg16",
    params: 14714688,
    nt: 0,
    out: [null, 512],
    names: "4e6621f82613afab",
    values: [1.39593, 1.24047, 0.411846],
    mean: 0.574062,
  },
  {
    n: "ResNet50",
    kw: { include_top: false, pooling: "max", input_shape: [64, 48, 3] },
    name: "resnet50",
    params: 23587712,
    nt: 53120,
    out: [null, 2048],
    names: "313281b4b0c0e4a5",
    values: [1138.04, 560.342, 219.835],
    mean: 658.814,
  },
  {
    n: "ResNet50V2",
    kw: { classes: 7, input_shape: [64, 64, 3], classifier_activation: null },
    name: "resnet50v2",
    params: 23579143,
    nt: 45440,
    out: [null, 7],
    names: "cef3fe1280b548c1",
    values: [387.062, 320.262, -256.048],
    mean: 255.008,
  },
  {
    n: "MobileNet",
    kw: { alpha: 0.25, input_shape: [96, 96, 3], classes: 5 },
    name: "mobilenet_0.25_96",
    params: 219829,
    nt: 5472,
    out: [null, 5],
    names: "42b219e63a8dbe22",
    values: [0.224033, 0.17982, 0.168319],
    mean: 0.2,
  },
  {
    n: "MobileNet",
    kw: { alpha: 0.5, depth_multiplier: 2, include_top: false, pooling: "avg", input_shape: [64, 64, 3] },
    name: "mobilenet_0.50_64",
    params: 1646672,
    nt: 15904,
    out: [null, 512],
    names: "659d43fed6748f6d",
    values: [0.0537715, 0.0, 0.0284378],
    mean: 0.0531586,
  },
  {
    n: "MobileNetV2",
    kw: { alpha: 1.4, include_top: false, pooling: "max", input_shape: [64, 64, 3] },
    name: "mobilenetv2_1.40_64",
    params: 4363712,
    nt: 47936,
    out: [null, 1792],
    names: "018c9bffbc1464ff",
    values: [0.221468, 0.0270379, 0.0],
    mean: 0.078492,
  },
  {
    n: "MobileNetV2",
    kw: { alpha: 0.35, classes: 3, input_shape: [96, 96, 3] },
    name: "mobilenetv2_0.35_96",
    params: 414051,
    nt: 14080,
    out: [null, 3],
    names: "c012b6e1f9c8c7c5",
    values: [0.320464, 0.289298, 0.390238],
    mean: 0.333333,
  },
  {
    n: "MobileNetV3Small",
    kw: { minimalistic: true, alpha: 1.5, classes: 4, input_shape: [64, 64, 3] },
    name: "MobileNetV3Small",
    params: 2312844,
    nt: 18544,
    out: [null, 4],
    names: "dd992d3350cc3a45",
    values: [0.329461, 0.302442, 0.187007],
    mean: 0.25,
  },
  {
    n: "MobileNetV3Small",
    kw: { include_top: false, pooling: "avg", input_shape: [64, 64, 3] },
    name: "MobileNetV3Small",
    params: 939120,
    nt: 12112,
    out: [null, 576],
    names: "f7a07cc30b6688a3",
    values: [-0.036953, -0.0805632, 0.104496],
    mean: 0.0996576,
  },
  {
    n: "MobileNetV3Large",
    kw: { alpha: 0.75, include_top: false, include_preprocessing: false, input_shape: [33, 33, 3] },
    name: "MobileNetV3Large",
    params: 1808736,
    nt: 19088,
    out: [null, 2, 2, 720],
    names: "520294e3c05c9f75",
    values: [0.0906747, 0.0621003, -0.0188777],
    mean: 0.0947087,
  },
  {
    n: "DenseNet121",
    kw: { include_top: false, pooling: "avg", input_shape: [64, 64, 3] },
    name: "densenet121",
    params: 7037504,
    nt: 83648,
    out: [null, 1024],
    names: "4967d7bfe5274f2e",
    values: [0.221107, 0.0, 0.0273554],
    mean: 0.347283,
  },
  {
    n: "EfficientNetB0",
    kw: { include_top: false, pooling: "avg", input_shape: [65, 64, 3] },
    name: "efficientnetb0",
    params: 4049571,
    nt: 42023,
    out: [null, 1280],
    names: "51de4eadc560aa51",
    values: [-0.0470211, -0.0265981, 0.0972886],
    mean: 0.0591221,
  },
  {
    n: "EfficientNetB1",
    kw: { classes: 2, input_shape: [64, 64, 3], classifier_activation: "sigmoid" },
    name: "efficientnetb1",
    params: 6577801,
    nt: 62055,
    out: [null, 2],
    names: "a4fcc4e105f9cfd8",
    values: [0.524124, 0.481426],
    mean: 0.502775,
  },
  {
    n: "EfficientNetV2B0",
    kw: { include_top: false, pooling: "avg", input_shape: [64, 64, 3] },
    name: "efficientnetv2-b0",
    params: 5919312,
    nt: 60608,
    out: [null, 1280],
    names: "4b89c74ddc80f770",
    values: [0.0449413, 0.11461, 0.1258],
    mean: 0.145035,
  },
  {
    n: "EfficientNetV2B2",
    kw: { include_top: false, include_preprocessing: false, pooling: "max", input_shape: [64, 64, 1] },
    name: "efficientnetv2-b2",
    params: 8768798,
    nt: 82288,
    out: [null, 1408],
    names: "ac7231d1b2055536",
    values: [-0.207661, -0.104694, 0.0540883],
    mean: 0.177121,
  },
  {
    n: "InceptionV3",
    kw: { include_top: false, pooling: "avg", input_shape: [75, 75, 3] },
    name: "inception_v3",
    params: 21802784,
    nt: 34432,
    out: [null, 2048],
    names: "da9c7eb2433880ab",
    values: [0.0, 0.0, 0.0],
    mean: 0.155937,
  },
  {
    n: "InceptionResNetV2",
    kw: { include_top: false, pooling: "max", input_shape: [75, 75, 3] },
    name: "inception_resnet_v2",
    params: 54336736,
    nt: 60544,
    out: [null, 1536],
    names: "688e9fc05dba332c",
    values: [0.0, 0.0, 7.12023],
    mean: 1.46135,
  },
  {
    n: "Xception",
    kw: { include_top: false, pooling: "avg", input_shape: [71, 71, 3] },
    name: "xception",
    params: 20861480,
    nt: 54528,
    out: [null, 2048],
    names: "d00f9146010a2518",
    values: [36688.9, 4362.4, 11969.2],
    mean: 33248.5,
  },
  {
    n: "NASNetMobile",
    kw: { include_top: false, pooling: "avg", input_shape: [64, 64, 3] },
    name: "nasnet_mobile",
    params: 4269716,
    nt: 36738,
    out: [null, 1056],
    names: "6f527e7178e5fd6e",
    values: [314.49, 24.0655, 0.0],
    mean: 193.161,
  },
  {
    n: "ConvNeXtTiny",
    kw: { include_top: false, pooling: "avg", input_shape: [64, 64, 3], name: "own" },
    name: "own",
    params: 27820128,
    nt: 0,
    out: [null, 768],
    names: "f02945bcf273855a",
    values: [0.775573, -0.870772, 1.46293],
    mean: 0.794589,
  },
];
const own = /^(EfficientNet|ConvNeXt|MobileNetV3)/;
for (const [i, { n, kw, name, params, nt, out, names, values, mean }] of variants.entries()) {
  test(`${n} with options ${i + 1}: predicts what Keras predicts`, (t) => {
    const options = Object.entries(kw).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]);
    const model = make(n, Object.fromEntries(options));
    t.deepEqual([model.name, model.countParams(), frozen(model), model.outputShape], [name, params, nt, out]);
    t.is(hash(model.layers.map((layer) => layer.name)), names);
    setWeights(model);
    const shape = model.inputShape.slice(1) as number[];
    const scale = own.test(n)
      ? (u: number) => u * 255
      : n === "VGG16"
        ? (u: number) => u
        : (u: number) => (u * 255) / 127.5 - 1;
    const pixels = keras.tensor(fractions(size(shape), 1000, scale), { shape: [1, ...shape] });
    const y = Array.from(model(pixels).dataSync() as Float32Array);
    const close = (a: number, b: number): boolean => Math.abs(a - b) <= 2e-3 * Math.max(Math.abs(b), mean);
    t.true(close(y.reduce((sum, v) => sum + Math.abs(v), 0) / y.length, mean), `mean ${mean}`);
    for (const [at, value] of values.entries()) t.true(close(y[at]!, value), `${y[at]} for ${value}`);
  });
}

test("a symbolic input of one's own, and what comes before it", (t) => {
  const pixels = keras.Input({ shape: [64, 64, 3], name: "pixels" });
  const model = make("MobileNetV2", {
    inputTensor: pixels.divide(127.5).subtract(1),
    includeTop: false,
    pooling: "avg",
  });
  t.is(model.inputs[0], pixels);
  t.deepEqual(model.outputShape, [null, 1280]);
  t.is(model.name, "mobilenetv2_1.00_None"); // as Keras names it, where no shape is given
  t.deepEqual(make("MobileNetV3Small", { inputTensor: pixels, classes: 2 }).outputShape, [null, 2]);
});

test.serial("channels first", (t) => {
  keras.config.setImageDataFormat("channels_first");
  t.teardown(() => keras.config.setImageDataFormat("channels_last"));
  const model = make("EfficientNetB0", { includeTop: false });
  t.deepEqual(model.inputShape, [null, 3, null, null]);
  t.deepEqual(model.outputShape, [null, 1280, null, null]);
  t.is(model.countParams(), 4049571); // keras.applications.EfficientNetB0(weights=None, include_top=False).count_params()
  t.throws(() => make("DenseNet121"), { name: "ValueError", message: /DenseNet121.*channels_first/ });
});

test("a network in a file: its own layers are found again", (t) => {
  for (const [name, options] of [
    ["ConvNeXtTiny", { includeTop: false, inputShape: [32, 32, 3] }],
    ["InceptionResNetV2", { includeTop: false, inputShape: [75, 75, 3] }],
  ] as const) {
    const model = make(name, options);
    const again = keras.models.modelFromJson(model.toJson());
    t.is(again.countParams(), model.countParams(), name);
    t.deepEqual(JSON.parse(again.toJson()), JSON.parse(model.toJson()));
  }
});

const bad: [string, string, object, RegExp][] = [
  ["weights that are no file", "VGG16", { weights: "nowhere.h5" }, /VGG16.*path of a file.*nowhere\.h5/],
  ["other classes than the trained ones", "ResNet50", { weights: "imagenet", classes: 10 }, /classes` must be 1000/],
  ["an activation that was not trained", "VGG16", { weights: "imagenet", classifierActivation: "relu" }, /"softmax"/],
  [
    "another shape than the trained one",
    "VGG16",
    { weights: "imagenet", inputShape: [200, 200, 3] },
    /\(224, 224, 3\)/,
  ],
  ["too small", "InceptionV3", { includeTop: false, inputShape: [74, 80, 3] }, /at least 75x75.*\(74, 80, 3\)/],
  ["too small for MobileNetV3", "MobileNetV3Large", { inputShape: [31, 64, 3] }, /at least 32x32/],
  ["a size that is not known", "DenseNet121", { inputShape: [null, null, 3] }, /known in full/],
  ["a shape with the batch", "Xception", { inputShape: [null, 299, 299, 3] }, /three dimensions/],
  [
    "channels without trained weights",
    "VGG16",
    { weights: "imagenet", includeTop: false, inputShape: [64, 64, 1] },
    /3 channels/,
  ],
  ["a pooling there is not", "VGG16", { pooling: "mean" }, /"avg", "max" or null.*"mean"/],
  ["no classes", "VGG16", { classes: 0 }, /positive integer/],
  ["a tensor with values", "VGG16", { inputTensor: keras.ops.zeros([1, 224, 224, 3]) }, /symbolic tensor/],
  ["a width without trained weights", "MobileNet", { weights: "imagenet", alpha: 0.3 }, /0\.25, 0\.5, 0\.75 or 1/],
  ["a width without trained weights (V2)", "MobileNetV2", { weights: "imagenet", alpha: 0.3 }, /one of 0\.35/],
  [
    "a width without trained weights (V3)",
    "MobileNetV3Small",
    { weights: "imagenet", alpha: 0.75, minimalistic: true },
    /1 if `minimalistic`/,
  ],
  [
    "a shape beside a symbolic input",
    "MobileNetV2",
    { inputTensor: keras.Input([64, 64, 3]), inputShape: [64, 96, 3] },
    /must be that of `inputTensor`/,
  ],
];
for (const [name, title, options, message] of bad) {
  test(`bad options: ${name}`, (t) => {
    t.throws(() => make(title, options), { name: "ValueError", message });
  });
}
