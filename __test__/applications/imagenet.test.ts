import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import * as keras from "kerosene";
import { best, type ClassIndex } from "#kerosene/applications/imagenet.js";
import { near } from "../near.js";

const { applications } = keras;

type Nested = Parameters<typeof near>[1];
const same = (t: ExecutionContext, got: keras.Tensor, want: Nested, tolerance: number): void =>
  near(t, got.tolist() as Nested, want, "", tolerance);

/** A picture of 1×2 pixels. */
const picture = [
  [
    [0, 127.5, 255],
    [10, 20, 30],
  ],
];

// keras.applications.imagenet_utils.preprocess_input(np.array(PICTURE, "float32"), mode=MODE)
const prepared: Record<keras.applications.PreprocessMode, number[][][]> = {
  caffe: [
    [
      [151.061, 10.721, -123.68],
      [-73.939, -96.779, -113.68],
    ],
  ],
  tf: [
    [
      [-1, 0, 1],
      [-0.92156863, -0.84313726, -0.7647059],
    ],
  ],
  torch: [
    [
      [-2.117904, 0.19642861, 2.64],
      [-1.9466565, -1.6855742, -1.2815686],
    ],
  ],
};

for (const [mode, expected] of Object.entries(prepared) as ["caffe" | "tf" | "torch", number[][][]][]) {
  test(`preprocessInput as ${mode}: a picture, a batch, integers, channels first, symbolic`, (t) => {
    const { preprocessInput } = applications.imagenetUtils;
    same(t, preprocessInput(picture, { mode }), expected, 1e-4);
    same(t, preprocessInput([picture, picture], { mode }), [expected, expected], 1e-4);
    const integers = keras.tensor([[[0, 10, 200]]], { dtype: "uint8" });
    same(t, preprocessInput(integers, { mode }), preprocessInput([[[0, 10, 200]]], { mode }).tolist() as Nested, 1e-5);
    const first = preprocessInput(keras.ops.transpose(keras.tensor(picture), [2, 0, 1]), {
      mode,
      dataFormat: "channels_first",
    });
    same(t, keras.ops.transpose(first, [1, 2, 0]), expected, 1e-4);
    const inputs = keras.Input([1, 2, 3]);
    const model = keras.Model(inputs, preprocessInput(inputs, { mode }));
    same(t, model(keras.tensor([picture])), [expected], 1e-4);
  });
}

test("each module prepares as its networks were trained", (t) => {
  const modes = { vgg16: "caffe", vgg19: "caffe", resnet: "caffe", resnet50: "caffe", densenet: "torch" } as const;
  const scaling = [
    "resnetV2",
    "mobilenet",
    "mobilenetV2",
    "inceptionV3",
    "inceptionResnetV2",
    "xception",
    "nasnet",
  ] as const;
  for (const [name, mode] of Object.entries(modes) as [keyof typeof modes, "caffe" | "torch"][]) {
    same(t, applications[name].preprocessInput(picture), prepared[mode], 1e-4);
  }
  for (const name of scaling) same(t, applications[name].preprocessInput(picture), prepared.tf, 1e-5);
  for (const name of ["mobilenetV3", "efficientnet", "efficientnetV2", "convnext"] as const) {
    t.is(applications[name].preprocessInput(picture), picture);
  }
});

test("preprocessInput refuses other modes, formats and ranks", (t) => {
  const { preprocessInput } = applications.imagenetUtils;
  t.throws(() => preprocessInput(picture, { mode: "jax" as never }), { name: "ValueError", message: /"caffe"/ });
  t.throws(() => preprocessInput(picture, { dataFormat: "last" as never }), { name: "ValueError" });
  t.throws(() => preprocessInput([1, 2, 3]), { name: "ValueError", message: /3 or 4 dimensions.*\(3,\)/ });
});

test("the best classes of each row, the later one of two that are equal first", (t) => {
  const classes: ClassIndex = { 0: ["n0", "tench"], 1: ["n1", "goldfish"], 2: ["n2", "shark"], 3: ["n3", "ray"] };
  const scores = keras.tensor([
    [0.125, 0.5, 0.25, 0.125],
    [1, 0, 0, 0],
  ]);
  t.deepEqual(best(scores, 3, classes), [
    [
      ["n1", "goldfish", 0.5],
      ["n2", "shark", 0.25],
      ["n3", "ray", 0.125],
    ],
    [
      ["n0", "tench", 1],
      ["n3", "ray", 0],
      ["n2", "shark", 0],
    ],
  ]);
});

const notPredictions: [string, unknown[]][] = [
  ["ten classes", [new Array(10).fill(0)]],
  ["one row alone", new Array(1000).fill(0)],
];
for (const [name, rows] of notPredictions) {
  test(`decodePredictions refuses ${name}`, async (t) => {
    const decoded = applications.vgg16.decodePredictions(rows as number[]);
    await t.throwsAsync(decoded, { name: "ValueError", message: /\(pictures, 1000\)/ });
  });
}

const bucket = "https://storage.googleapis.com";
// Where Keras's sources have the files, and their hashes.
const files: [string, () => Promise<unknown>, string, string | null][] = [
  [
    "the classes",
    () => applications.resnet.decodePredictions(keras.ops.zeros([1, 1000])),
    `${bucket}/download.tensorflow.org/data/imagenet_class_index.json`,
    "c2c37ea517e94d9795004a39431a14cb",
  ],
  [
    "ResNet50V2 without its top",
    () => applications.ResNet50V2({ includeTop: false }),
    `${bucket}/tensorflow/keras-applications/resnet/resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    "fac2f116257151a9d068a22e544a4917",
  ],
  [
    "VGG19 without its top",
    () => applications.VGG19({ includeTop: false }),
    `${bucket}/tensorflow/keras-applications/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    "253f8cb515780f3b799900260a226db6",
  ],
  [
    "MobileNet",
    () => applications.MobileNet({ alpha: 0.25, includeTop: false, inputShape: [128, 128, 3] }),
    `${bucket}/tensorflow/keras-applications/mobilenet/mobilenet_2_5_128_tf_no_top.h5`,
    null,
  ],
  [
    "MobileNetV2",
    () => applications.MobileNetV2({ alpha: 0.5 }),
    `${bucket}/tensorflow/keras-applications/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.5_224.h5`,
    null,
  ],
  [
    "MobileNetV3Small",
    () => applications.MobileNetV3Small({ minimalistic: true, includeTop: false }),
    `${bucket}/tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_small_minimalistic_224_1.0_float_no_top_v2.h5`,
    "cde8136e733e811080d9fcd8a252f7e4",
  ],
  [
    "MobileNetV3Large",
    () => applications.MobileNetV3Large({ alpha: 0.75 }),
    `${bucket}/tensorflow/keras-applications/mobilenet_v3/weights_mobilenet_v3_large_224_0.75_float.h5`,
    "765b44a33ad4005b3ac83185abf1d0eb",
  ],
  [
    "DenseNet121",
    () => applications.DenseNet121(),
    `${bucket}/tensorflow/keras-applications/densenet/densenet121_weights_tf_dim_ordering_tf_kernels.h5`,
    "9d60b8095a5708f2dcce2bca79d332c7",
  ],
  [
    "EfficientNetB1",
    () => applications.EfficientNetB1({ includeTop: false, name: "mine" }),
    `${bucket}/keras-applications/efficientnetb1_notop.h5`,
    "74c4e6b3e1f6a1eea24c589628592432",
  ],
  [
    "EfficientNetV2B1",
    () => applications.EfficientNetV2B1({ weights: "imagenet" }),
    `${bucket}/tensorflow/keras-applications/efficientnet_v2/efficientnetv2-b1.h5`,
    "069f0534ff22adf035c89e2d9547a9dc",
  ],
  [
    "NASNetMobile",
    () => applications.NASNetMobile({ includeTop: false }),
    `${bucket}/tensorflow/keras-applications/nasnet/NASNet-mobile-no-top.h5`,
    "1ed92395b5b598bdda52abe5c0dbfd63",
  ],
  [
    "ConvNeXtTiny",
    () => applications.ConvNeXtTiny(),
    `${bucket}/tensorflow/keras-applications/convnext/convnext_tiny.h5`,
    "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
  ],
  [
    "InceptionV3 without its top",
    () => applications.InceptionV3({ includeTop: false }),
    `${bucket}/tensorflow/keras-applications/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    "bcbd6486424b2319ff4ef7d526e38f63",
  ],
  [
    "Xception without its top",
    () => applications.Xception({ includeTop: false }),
    `${bucket}/tensorflow/keras-applications/xception/xception_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    "b0042744bf5b25fce3cb969f33bebb97",
  ],
];
for (const [name, load, address, hash] of files) {
  test.serial(`${name}: asked for at Keras's address, and refused with another hash`, async (t) => {
    const home = mkdtempSync(join(tmpdir(), "kerosene-home-"));
    const before = { home: process.env.KERAS_HOME, fetch: globalThis.fetch };
    t.teardown(() => {
      globalThis.fetch = before.fetch;
      if (before.home === undefined) delete process.env.KERAS_HOME;
      else process.env.KERAS_HOME = before.home;
      rmSync(home, { recursive: true, force: true });
    });
    process.env.KERAS_HOME = home;
    const asked: string[] = [];
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      return new Response("no weights");
    };
    const error = await t.throwsAsync(load());
    t.deepEqual(asked, [address]);
    if (hash !== null) t.true(error.message.includes(`expected ${hash}`), error.message);
  });
}

test("weights of one's own: the file goes to the model", async (t) => {
  const load = applications.MobileNetV3Small({ weights: "package.json" });
  await t.throwsAsync(load, { name: "ValueError", message: /"package\.json"/ });
});
