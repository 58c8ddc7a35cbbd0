import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";
import { goldenJson, hasGolden } from "../golden.js";
import type { ModelCase } from "../parity/models.js";
import { readZipMember } from "./zip.js";

const root = join("..", "shared", "golden", "models");

/** Every class that a config names. */
function classNames(config: unknown): string[] {
  if (Array.isArray(config)) return config.flatMap(classNames);
  if (typeof config !== "object" || config === null) return [];
  const { class_name: name, compile_config: _, ...rest } = config as Record<string, unknown>;
  return [...(typeof name === "string" ? [name] : []), ...Object.values(rest).flatMap(classNames)];
}

/** What a config says apart from how the model was compiled and which objects are shared. */
function architecture(config: unknown): unknown {
  return JSON.parse(
    JSON.stringify(config, (key, value) =>
      key === "shared_object_id" || key === "compile_config" ? undefined : value,
    ),
  );
}

const layers = new Set(Object.keys(keras.layers));
const others = new Set([
  "Functional",
  "Sequential",
  "DTypePolicy",
  "__keras_tensor__",
  "__slice__",
  ...Object.keys(keras.initializers),
]);
for (const name of [...Object.keys(keras.regularizers), ...Object.keys(keras.constraints)]) others.add(name);
for (const name of ["GetItem", "Matmul", "Mean", "Multiply", "Relu", "Subtract", "Transpose", "TrueDivide"])
  others.add(name);

const names = hasGolden ? readdirSync(root).sort() : [];
const configs = new Map(
  names.map((name) => [
    name,
    JSON.parse(readZipMember(join(root, name, "model.keras"), "config.json").toString("utf8")),
  ]),
);
const missing = new Map(
  [...configs].map(([name, config]) => [
    name,
    [...new Set(classNames(config))].filter((type) => !layers.has(type) && !others.has(type)),
  ]),
);
const ours = names.filter((name) => missing.get(name)!.length === 0 && !name.startsWith("continuation"));

test("golden models", (t) => {
  console.log(`golden models: ${ours.length} of ${names.length} have classes that exist (${ours.join(", ")})`);
  if (hasGolden) t.true(ours.length >= 10);
  else t.pass("shared/golden is not here");
});

/** Whether everything exists that a model was compiled with. */
function canCompile(config: unknown): boolean {
  const rooms = [keras.optimizers, keras.optimizers.schedules, keras.losses, keras.metrics];
  return classNames(config).every((type) => rooms.some((room) => type in room));
}

/** The model of a file without its compilation, with or without its weights. */
async function load(name: string, weights = true): Promise<keras.Model> {
  const model = keras.models.modelFromJson(JSON.stringify(architecture(configs.get(name))));
  if (weights) await model.loadWeights(join(root, name, "model.keras"));
  return model;
}

for (const name of ours) {
  const info = goldenJson<ModelCase>(`models/${name}/case.json`);

  test(`${name}: structure`, async (t) => {
    const model = await load(name, false);
    t.is(model.name, info.model_name);
    t.deepEqual(
      model.layers.map((layer) => layer.name),
      info.layer_names,
    );
    t.is(model.countParams(), info.count_params);
    // Keras names inputs after their tensors, which have names of no meaning where nobody gave one.
    const named = info.input_names.filter((name) => !name.startsWith("keras_tensor"));
    t.deepEqual(named.length > 0 ? model.inputNames : [], named);
    t.deepEqual(model.outputNames, info.output_names);
    t.deepEqual(
      model.inputs.map(({ shape }) => [...shape]),
      info.input_shapes,
    );
    t.deepEqual(
      model.outputs.map(({ shape }) => [...shape]),
      info.output_shapes,
    );
    // A layer of a config is built before it is part of its model: then, in Keras too, the path begins with its own name.
    for (const [i, { path }] of model.weights.entries()) t.true(info.initial_weights[i]!.path.endsWith(path), path);
    t.deepEqual(
      model.weights.map(({ name: own, shape, trainable }) => ({ name: own, shape: [...shape], trainable })),
      info.initial_weights.map(({ path: _, ...weight }) => weight),
    );
  });

  test(`${name}: config there and back`, async (t) => {
    const model = await load(name, false);
    t.deepEqual(architecture(JSON.parse(model.toJson())), architecture(configs.get(name)));
  });

  const text = join(root, name, "summary.txt");
  if (!existsSync(text)) continue;
  for (const section of readFileSync(text, "utf8")
    .split(/^#### /m)
    .slice(1)) {
    const [title, ...rest] = section.split("\n");
    const compiled = title!.includes("of the compiled model");
    if (compiled && !canCompile(configs.get(name).compile_config)) continue;
    test.serial(`${name}: ${title}`, async (t) => {
      const model = compiled ? keras.models.modelFromJson(JSON.stringify(configs.get(name))) : await load(name, false);
      let printed = "";
      const columns = process.env.COLUMNS;
      process.env.COLUMNS = /columns=(\d+)/.exec(title!)![1];
      try {
        model.summary({
          printFn: (part) => {
            printed += part;
          },
          expandNested: title!.includes("expand_nested=True"),
          showTrainable: title!.includes("show_trainable=True"),
          lineLength: Number(/line_length=(\d+)/.exec(title!)?.[1] ?? 0) || undefined,
        });
      } finally {
        if (columns === undefined) delete process.env.COLUMNS;
        else process.env.COLUMNS = columns;
      }
      t.is(printed.trimEnd(), rest.join("\n").trimEnd());
    });
  }
}
