import * as keras from "kerosene";
import { flatten, mapStructure, type Structure } from "#kerosene/engine/nest.js";
import { readZipMember } from "../models/zip.js";
import type { Check, ParityCase, Tolerance } from "./check.js";
import type { Source, Tensors } from "./source.js";

type Logs = Record<string, number>;
type Keys = Structure<string>;

/** What is known of a golden model, beside its file. */
export interface ModelCase {
  name: string;
  x: Keys;
  y: Keys | null;
  sample_weight: Keys | null;
  class_weight: Record<string, number> | null;
  predict?: Keys;
  evaluate?: Logs;
  batch_size: number;
  epochs: number;
  train_samples: number;
  steps?: Logs[];
  steps_before?: Logs[];
  batches?: [from: number, to: number][];
  optimizer_at_save?: { key: string; path: string }[];
  optimizer_final?: { key: string; path: string }[];
  validation_split?: number | null;
  history?: Record<string, number[]>;
  history_order?: string[];
  final_weights: { key: string; path: string }[];
  predict_after?: Keys;
  evaluate_after?: Logs;
  optimizer_iterations?: number;
  compile_config?: Record<string, unknown> | null;
  metrics_names?: string[];
  input_names: string[];
  output_names: string[];
  input_shapes: (number | null)[][];
  output_shapes: (number | null)[][];
  count_params: number;
  layer_names: string[];
  model_name: string;
  initial_weights: { path: string; name: string; shape: number[]; trainable: boolean }[];
  tolerance: Record<"predict" | "steps" | "final_weights", Tolerance>;
}

/** A layer of a config is built before it is part of its model: then, in Keras too, the path lacks the models' names. The end is compared. */
const short = (path: string): string => path.split("/").slice(-2).join("/");

/** Losses and metrics come this near, step after step, unless the case asks for less. */
const near = { rtol: 1e-5, atol: 1e-6 };

const looser = (a: Tolerance, b: Tolerance): Tolerance => ({
  rtol: Math.max(a.rtol, b.rtol),
  atol: Math.max(a.atol, b.atol),
});

const part = (structure: Structure<keras.Tensor>, from: number, to: number): Structure<keras.Tensor> =>
  mapStructure(structure, (tensor) => tensor.at(`${from}:${to}`));

/** One model: its file, its data and its case. */
class Golden {
  readonly c: ModelCase;
  readonly tensor: Tensors;
  readonly x: Structure<keras.Tensor>;
  readonly y: Structure<keras.Tensor>;

  constructor(
    readonly source: Source,
    readonly name: string,
    readonly check: Check,
  ) {
    this.c = source.json<ModelCase>(`models/${name}/case.json`);
    this.tensor = source.tensors(`models/${name}/data.safetensors`);
    this.x = this.read(this.c.x);
    this.y = this.c.y === null ? [] : this.read(this.c.y);
  }

  read(keys: Keys): Structure<keras.Tensor> {
    return mapStructure(keys, this.tensor);
  }

  /** The model of the file with its weights, compiled as it was. */
  async load(): Promise<keras.Model> {
    const path = this.source.path(`models/${this.name}/model.keras`);
    const model = keras.models.modelFromJson(readZipMember(path, "config.json").toString("utf8"));
    await model.loadWeights(path);
    return model;
  }

  logs(got: Logs, want: Logs, what: string): void {
    this.check.equal(Object.keys(got).sort(), Object.keys(want).sort(), `${what}: names`);
    const tolerance = this.c.tolerance.steps ? looser(near, this.c.tolerance.steps) : near;
    for (const [name, value] of Object.entries(want))
      this.check.number(got[name]!, value, tolerance, `${what}: ${name}`);
  }

  outputs(got: unknown, keys: Keys, what: string, tolerance = this.c.tolerance.predict): void {
    const wanted = flatten(this.read(keys));
    const found = flatten(got as Structure<keras.Tensor>);
    this.check.equal(found.length, wanted.length, `${what}: their number`);
    for (const [i, want] of wanted.entries()) this.check.tensor(found[i], want, tolerance, `${what} ${i}`);
  }
}

async function structure(golden: Golden): Promise<void> {
  const { c, check } = golden;
  const model = await golden.load();
  check.equal(model.name, c.model_name, "name");
  check.equal(
    model.layers.map((layer) => layer.name),
    c.layer_names,
    "layers",
  );
  check.equal(model.countParams(), c.count_params, "the number of parameters");
  check.equal(
    model.weights.map(({ path, name, shape, trainable }) => ({
      path: short(path),
      name,
      shape: [...shape],
      trainable,
    })),
    c.initial_weights.map((weight) => ({ ...weight, path: short(weight.path) })),
    "weights",
  );
}

async function evaluate(golden: Golden, model: keras.Model, want: Logs, what: string): Promise<void> {
  const { c } = golden;
  const logs = await model.evaluate(golden.x as never, golden.y as never, {
    verbose: 0,
    batchSize: c.batch_size,
    returnDict: true,
    ...(c.sample_weight && { sampleWeight: golden.read(c.sample_weight) as never }),
  });
  golden.logs(logs as Logs, want, what);
}

/** `trainOnBatch` on consecutive batches, step by step. */
async function trace(golden: Golden, model: keras.Model): Promise<void> {
  const { c, check } = golden;
  const sampleWeight = c.sample_weight ? golden.read(c.sample_weight) : undefined;
  let step = 0;
  for (let epoch = 0; epoch < c.epochs; epoch++) {
    for (let from = 0; from < c.train_samples; from += c.batch_size) {
      const to = Math.min(from + c.batch_size, c.train_samples);
      const options = {
        returnDict: true as const,
        ...(c.class_weight && { classWeight: c.class_weight }),
        ...(sampleWeight && { sampleWeight: part(sampleWeight, from, to) as never }),
      };
      const logs = await model.trainOnBatch(
        part(golden.x, from, to) as never,
        part(golden.y, from, to) as never,
        options,
      );
      golden.logs(logs as Logs, c.steps![step]!, `step ${step}`);
      step++;
    }
  }
  check.equal(step, c.steps!.length, "the number of steps");
  for (const [i, { key, path }] of c.final_weights.entries()) {
    check.equal(short(model.weights[i]?.path ?? ""), short(path), `the path of weight ${i}`);
    check.tensor(model.weights[i]?.value, golden.tensor(key), c.tolerance.final_weights, `${path} at the end`);
  }
  if (c.optimizer_iterations !== undefined)
    check.equal(Number((model.optimizer.iterations as keras.Tensor).item()), c.optimizer_iterations, "iterations");
  // Weights that are known to within a tolerance give predictions that are.
  if (c.predict_after)
    golden.outputs(
      await model.predict(golden.x as never, { verbose: 0 }),
      c.predict_after,
      "prediction after",
      looser(c.tolerance.predict, c.tolerance.final_weights),
    );
  if (c.evaluate_after) await evaluate(golden, model, c.evaluate_after, "evaluate after");
}

/** The same training by `fit`. */
async function history(golden: Golden): Promise<void> {
  const { c, check } = golden;
  const model = await golden.load();
  const samples = c.validation_split ? (flatten(golden.x)[0]!.shape[0] as number) : c.train_samples;
  const { history: found } = await model.fit(part(golden.x, 0, samples) as never, part(golden.y, 0, samples) as never, {
    batchSize: c.batch_size,
    epochs: c.epochs,
    shuffle: false,
    verbose: 0,
    ...(c.validation_split && { validationSplit: c.validation_split }),
    ...(c.class_weight && { classWeight: c.class_weight }),
    ...(c.sample_weight && { sampleWeight: part(golden.read(c.sample_weight), 0, samples) as never }),
  });
  check.equal(Object.keys(found), c.history_order, "the history's keys");
  for (const [key, values] of Object.entries(c.history!)) {
    for (const [epoch, value] of values.entries())
      golden.logs({ [key]: found[key]![epoch]! }, { [key]: value }, `history of epoch ${epoch}`);
  }
}

async function all(golden: Golden): Promise<void> {
  const { c, check } = golden;
  await structure(golden);
  const model = await golden.load();
  if (c.predict) {
    golden.outputs(model(golden.x as never), c.predict, "call");
    const options = { verbose: 0 as const, batchSize: c.batch_size };
    golden.outputs(await model.predict(golden.x as never, options), c.predict, "prediction");
  }
  if (c.compile_config) {
    if (c.evaluate) await evaluate(golden, model, c.evaluate, "evaluate");
    if (c.metrics_names) check.equal(model.metricsNames, c.metrics_names, "the metrics' names");
    if (c.steps?.length) await trace(golden, model);
    if (c.history) await history(golden);
  }
}

/** A training that goes on from the file in the middle of it, the optimizer's state included. */
async function continuation(golden: Golden): Promise<void> {
  const { c, check, tensor } = golden;
  const model = await golden.load();
  for (const [i, { key, path }] of c.optimizer_at_save!.entries())
    check.tensor(model.optimizer.variables[i]?.value, tensor(key), { rtol: 0, atol: 0 }, path);
  for (const [step, [from, to]] of c.batches!.entries()) {
    const [x, y] = [part(golden.x, from, to), part(golden.y, from, to)];
    const logs = await model.trainOnBatch(x as never, y as never, { returnDict: true });
    golden.logs(logs as Logs, c.steps![step]!, `step ${step}`);
  }
  for (const [i, { key, path }] of c.final_weights.entries())
    check.tensor(model.weights[i]?.value, tensor(key), c.tolerance.final_weights, `${path} at the end`);
  for (const [i, { key, path }] of c.optimizer_final!.entries())
    check.tensor(model.optimizer.variables[i]?.value, tensor(key), c.tolerance.final_weights, path);
  const after = looser(c.tolerance.predict, c.tolerance.final_weights);
  golden.outputs(await model.predict(golden.x as never, { verbose: 0 }), c.predict_after!, "prediction after", after);
}

/** The cases of `models/`, one folder a model. */
export function* modelCases(source: Source): Iterable<ParityCase> {
  for (const name of source.list("models")) {
    if (!source.has(`models/${name}/case.json`)) continue;
    const run = source.json<ModelCase>(`models/${name}/case.json`).steps_before ? continuation : all;
    yield { kind: "models", className: name, id: name, run: (check) => run(new Golden(source, name, check)) };
  }
}
