import * as keras from "kerosene";
import { layers } from "kerosene";
import { resetNames } from "#kerosene/engine/names.js";
import { render } from "#kerosene/models/rich-text.js";
import { type SummaryOptions, summaryLines } from "#kerosene/models/summary.js";
import { summaryModel } from "#kerosene/models/summary-model.js";

/** What is printed on a terminal of 100 columns, and into a pipe. */
export interface Printed {
  readonly tty: string;
  readonly pipe: string;
}

/** A model's summary. */
export function printed(model: keras.Model, options: SummaryOptions = {}): Printed {
  const lines = summaryLines(summaryModel(model), options, 100);
  const all = (colors: "standard" | "none"): string => lines.map((line) => `${render(line, colors)}\n`).join("");
  return { tty: all("standard"), pipe: all("none") };
}

export function mlp(): keras.Model {
  const inputs = keras.Input({ shape: [8], name: "img" });
  const x = layers.Dense(16, { activation: "relu" })(inputs);
  const model = keras.Model(inputs, layers.Dense(3, { activation: "softmax" })(x), { name: "mlp" });
  model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
  return model;
}

function multi(): keras.Model {
  const inputs = keras.Input({ shape: [6], name: "features" });
  const h = layers.Dense(8, { activation: "relu", name: "hidden" })(inputs);
  const outputs = [
    layers.Dense(1, { name: "priority" })(h),
    layers.Dense(4, { activation: "softmax", name: "department" })(h),
  ];
  return keras.Model(inputs, outputs, { name: "multi" });
}

function siamese(): keras.Model {
  const image = (name: string): keras.KerasTensor => keras.Input({ shape: [28, 28, 1], name });
  const input = image("original_img");
  const x = layers.MaxPooling2D(3)(layers.Conv2D(16, 3, { activation: "relu" })(input));
  const encoder = keras.Model(input, layers.GlobalMaxPooling2D()(x), { name: "encoder" });
  const [a, b] = [image("left"), image("right")];
  let y = layers.concatenate([encoder(a) as keras.KerasTensor, encoder(b) as keras.KerasTensor]);
  y = layers.BatchNormalization()(y);
  y = layers.Dense(24, { activation: "relu", trainable: false })(y);
  const score = layers.Dense(1, { name: "score" })(y);
  const label = layers.Dense(10, { name: "label" })(layers.Add()([y, y]));
  return keras.Model([a, b], [score, label], { name: "siamese" });
}

function branches(): keras.Model {
  const a = keras.Input({ shape: [4], name: "a_very_long_input_name_for_the_first_branch" });
  const b = keras.Input({ shape: [null, 6], name: "b" });
  const c = keras.Input({ shape: [8, 8, 3], batchSize: 2, name: "c" });
  const x = layers.Dense(7, { name: "branch_a_projection_layer" })(a);
  const y = layers.LSTM(6, { returnSequences: true, returnState: true })(b) as unknown as keras.KerasTensor[];
  const z = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(c));
  const o = layers.Dropout(0.1)(layers.Concatenate()([x, y[1]!, z]));
  const shared = layers.Dense(5, { name: "shared" });
  return keras.Model([a, b, c], [shared(o), shared(o.multiply(2))]);
}

function sequential(): keras.Model {
  const stack = [keras.Input([10]), layers.Dense(20, { activation: "relu" }), layers.Dropout(0.5), layers.Dense(1)];
  return keras.Sequential(stack, { name: "seq" }) as never;
}

/** The golden programs that print summaries, by name. */
export const summaries: Record<string, () => Printed | Promise<Printed>> = {
  summary_mlp: () => printed(mlp()),
  summary_layer_range: () => printed(mlp(), { layerRange: ["dense", "dense_1"] }),
  summary_after_training: async () => {
    const model = mlp();
    await model.fit(keras.ops.zeros([8, 8]), keras.ops.zeros([8]), { verbose: 0 });
    return printed(model);
  },
  summary_multi: () => printed(multi()),
  summary_multi_branch: () => printed(branches()),
  summary_line_length: () => printed(siamese(), { lineLength: 90 }),
  summary_nested: () => printed(siamese()),
  summary_nested_expanded: () => printed(siamese(), { expandNested: true, showTrainable: true }),
  summary_positions: () => printed(siamese(), { lineLength: 100, positions: [0.4, 0.6, 0.7, 1] }),
  summary_sequential: () => printed(sequential()),
  summary_sequential_unbuilt: () => {
    const model = keras.Sequential([layers.Dense(4), layers.Dense(1)]) as unknown as keras.Model;
    const before = printed(model);
    model.build([null, 3]);
    const after = printed(model);
    return { tty: before.tty + after.tty, pipe: before.pipe + after.pipe };
  },
};

/** What one of them prints, with names as in a fresh process. */
export async function summaryText(name: string): Promise<Printed> {
  resetNames();
  return summaries[name]!();
}
