import { execFile } from "node:child_process";
import { promisify } from "node:util";
import test from "ava";
import * as keras from "kerosene";

const { backend, config, utils } = keras;
const run = promisify(execFile);

test.serial("setImageDataFormat is the default of layers and functions made after it", (t) => {
  t.is(config.imageDataFormat(), "channels_last");
  const before = keras.layers.MaxPooling2D();
  config.setImageDataFormat("channels_first");
  try {
    t.is(backend.imageDataFormat(), "channels_first");
    const after = keras.layers.MaxPooling2D();
    const shape = (layer: keras.Layer) => (layer(keras.ops.ones([1, 4, 4, 8])) as keras.Tensor).shape;
    t.deepEqual(
      [shape(after), shape(before)],
      [
        [1, 4, 2, 4],
        [1, 2, 2, 8],
      ],
    );
  } finally {
    config.setImageDataFormat("channels_last");
  }
  t.throws(() => config.setImageDataFormat("NHWC"), { message: /unknown format "NHWC"/ });
});

test("dtypes", (t) => {
  t.is(backend.standardizeDtype(null), "float32");
  t.is(utils.standardizeDtype("int"), "int32");
  t.throws(() => backend.standardizeDtype("float31"), { instanceOf: keras.errors.TypeError });
  t.deepEqual(["float16", "bfloat16", "float64", "int8", "bool"].map(backend.isFloatDtype), [
    true,
    true,
    true,
    false,
    false,
  ]);
  t.deepEqual(["int8", "uint32", "int64", "bool", "float32"].map(backend.isIntDtype), [true, true, true, false, false]);
  // keras.backend.result_type(...)
  const cases: [string[], string][] = [
    [[], "float32"],
    [["int8"], "int8"],
    [["int32", "float32"], "float32"],
    [["bool", "uint8"], "uint8"],
    [["int8", "uint8"], "int16"],
    [["int32", "float16"], "float16"],
    [["bool", "int16", "float64"], "float64"],
  ];
  for (const [dtypes, want] of cases) t.is(backend.resultType(...dtypes), want as never, String(dtypes));
});

test("symbolic tensors, names that count", (t) => {
  t.true(backend.isKerasTensor(keras.Input({ shape: [2] })));
  t.false(utils.isKerasTensor(keras.ops.ones([2])));
  t.deepEqual([backend.getUid("a thing"), backend.getUid("a thing"), backend.getUid("another")], [1, 2, 1]);
});

test("without interactive logging stdout stays free, and NODE_DEBUG shows what would be there", async (t) => {
  const program = `
    import * as keras from "kerosene";
    const inputs = keras.Input({ shape: [2] });
    const model = keras.Model(inputs, keras.layers.Dense(1)(inputs));
    model.compile({ optimizer: "sgd", loss: "mse" });
    if (!keras.config.isInteractiveLoggingEnabled()) throw new Error("it is on at first");
    keras.utils.disableInteractiveLogging();
    await model.fit(keras.ops.ones([4, 2]), keras.ops.ones([4, 1]), { verbose: 2, epochs: 2 });
    keras.config.enableInteractiveLogging();
    await model.evaluate(keras.ops.ones([4, 2]), keras.ops.ones([4, 1]), { verbose: 2 });`;
  const args = ["--input-type=module", "--eval", program];
  const { stdout, stderr } = await run(process.execPath, args, { env: { ...process.env, NODE_DEBUG: "kerosene" } });
  t.regex(stdout, /^1\/1 - \d+s - [^\n]*\n$/);
  t.regex(stderr, /Epoch 2\/2/);
});
