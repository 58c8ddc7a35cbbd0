import { isDeepStrictEqual } from "node:util";
import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { flatten } from "#kerosene/engine/nest.js";
import type { Check, ParityCase, Tolerance } from "./check.js";
import { gradients, orZeros } from "./gradients.js";
import type { Source, Tensors } from "./source.js";

interface Case {
  id: string;
  class_name: string;
  kind?: "adapt";
  config: { class_name: string; config: Record<string, unknown>; build_config?: unknown };
  call: { training: boolean | null } & Record<string, unknown>;
  inputs_as: "single" | "list" | "args";
  inputs: string[];
  weights: { key: string; name: string; path: string; shape: number[]; trainable: boolean }[];
  outputs: string[];
  upstream?: (string | null)[];
  input_grads?: (string | null)[];
  weight_grads?: (string | null)[];
  kwarg_grads?: Record<string, (string | null)[]>;
  non_trainable_after?: string[];
  trainable_after?: string[];
  losses?: number[];
  output_mask?: (string | null)[] | null;
  previous_mask?: string[];
  calls?: { inputs: string[]; outputs: string[] }[];
  inputs_json?: unknown;
  outputs_json?: unknown;
  adapt_data?: unknown;
  vocabulary?: unknown[];
  data?: string;
  mean?: string;
  variance?: string;
  bin_boundaries?: number[];
  symbolic?: {
    input_shapes: (number | null)[][];
    output_shapes: (number | null)[][];
    output_dtypes: string[];
    count_params: number;
  } | null;
  tolerance: Tolerance;
  grad_tolerance?: Tolerance;
}

type AnyLayer = keras.Layer & ((...args: unknown[]) => unknown);
/** Layers that learn from data, that hold state, or that have a vocabulary. */
interface Adaptable {
  adapt(data: unknown): void | Promise<void>;
  finalizeState?(): void;
  getVocabulary?(): unknown[];
  binBoundaries?: number[];
}

/** Layers are built by their first call, also those inside others: that is when Keras named the weights. */
const unbuilt = (_key: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "build_config" in value
    ? { ...value, build_config: undefined }
    : value;

const make = (c: Case): AnyLayer =>
  keras.layers.deserialize(JSON.parse(JSON.stringify(c.config, unbuilt)) as never) as AnyLayer;

/** The tensors among the keyword arguments, in the order in which {@link call} takes them. */
function namedKeys(c: Case): string[] {
  const keys: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) keys.push((value as { tensor: string }).tensor);
  };
  Object.values(c.call).forEach(visit);
  return keys;
}

/** Calls a layer as the case says, on tensors, traced tensors or Keras tensors. */
function call(layer: AnyLayer, c: Case, inputs: readonly unknown[], named: readonly unknown[]): unknown {
  let next = 0;
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    return typeof value === "object" && value !== null ? named[next++] : value;
  };
  const { training, ...rest } = c.call;
  const kwargs: Record<string, unknown> = training === null ? {} : { training };
  for (const [name, value] of Object.entries(rest)) kwargs[snakeToCamel(name)] = fill(value);
  const args = c.inputs_as === "single" ? [inputs[0]] : c.inputs_as === "list" ? [inputs] : inputs;
  return layer(...args, ...(Object.keys(kwargs).length > 0 ? [kwargs] : []));
}

const leaves = <T>(structure: unknown): T[] => flatten(structure as never) as T[];

/** The layer with the case's weights, built by a call on the data. */
function built(c: Case, tensor: Tensors): AnyLayer {
  const layer = make(c);
  call(layer, c, c.inputs.map(tensor), namedKeys(c).map(tensor));
  layer.setWeights(c.weights.map(({ key }) => tensor(key)));
  (layer as unknown as Adaptable).finalizeState?.();
  return layer;
}

function outputs(check: Check, c: Case, tensor: Tensors): void {
  const layer = built(c, tensor);
  check.equal(
    layer.weights.map(({ name, path, shape, trainable }) => ({ name, path, shape: [...shape], trainable })),
    c.weights.map(({ name, path, shape, trainable }) => ({ name, path, shape, trainable })),
    "weights",
  );
  const compare = (got: unknown, keys: readonly string[], what: string): void => {
    const found = leaves<keras.Tensor>(got);
    check.equal(found.length, keys.length, `${what}: their number`);
    for (const [i, key] of keys.entries()) check.tensor(found[i], tensor(key), c.tolerance, `${what} ${i}`);
  };
  const named = namedKeys(c).map(tensor);
  if (c.calls) {
    (layer as unknown as { resetState(): void }).resetState();
    for (const one of c.calls) compare(call(layer, c, one.inputs.map(tensor), named), one.outputs, "output");
  } else {
    compare(call(layer, c, c.inputs.map(tensor), named), c.outputs, "output");
  }
  if (c.non_trainable_after) {
    compare(
      layer.nonTrainableVariables.filter(({ dtype }) => dtype !== "uint32").map(({ value }) => value),
      c.non_trainable_after,
      "non-trainable weight",
    );
  }
  if (c.trainable_after) {
    compare(
      layer.trainableVariables.map(({ value }) => value),
      c.trainable_after,
      "trainable weight",
    );
  }
  const losses = layer.losses.map((loss) => loss.item());
  check.equal(losses.length, c.losses?.length ?? 0, "the number of losses");
  for (const [i, loss] of (c.losses ?? []).entries()) check.number(losses[i]!, loss, c.tolerance, `loss ${i}`);
}

function mask(check: Check, c: Case, tensor: Tensors): void {
  if (!("output_mask" in c)) return;
  const layer = built(c, tensor);
  const inputs = c.inputs.map(tensor);
  const given =
    c.previous_mask?.map(tensor) ?? namedKeys({ ...c, call: { training: null, mask: c.call.mask } }).map(tensor);
  const found = (
    layer as unknown as { computeMask(inputs: unknown, mask: unknown): keras.Tensor | (keras.Tensor | null)[] | null }
  ).computeMask(c.inputs_as === "single" ? inputs[0] : inputs, c.inputs_as === "list" ? given : (given[0] ?? null));
  if (c.output_mask === null) {
    check.true(
      leaves(found).every((one) => one == null),
      "a mask where Keras has none",
    );
  }
  for (const [i, key] of (c.output_mask ?? []).entries()) {
    const got = Array.isArray(found) ? found[i] : i === 0 ? found : null;
    if (key === null) check.true(got == null, `mask ${i} is there`);
    else check.tensor(got ?? undefined, tensor(key), { rtol: 0, atol: 0 }, `mask ${i}`);
  }
}

/**
 * Whether what Keras says of the outputs of symbolic inputs is what its own outputs are. It is not everywhere: Keras takes the input's
 * shape for the output's though glu halves it, the number of queries for that of the keys, twice the forward layer's units for those of
 * both directions, and floats for the sums of integers. Then the case's outputs count.
 */
function symbolicHolds(c: Case, tensor: Tensors): boolean {
  const { input_shapes, output_shapes, output_dtypes } = c.symbolic!;
  const like = (shape: readonly unknown[], want: readonly unknown[]): boolean =>
    shape.length === want.length && shape.every((size, i) => size === null || size === want[i]);
  if (!c.inputs.every((key, i) => like(input_shapes[i]!, tensor(key).shape))) return true;
  return c.outputs.every(
    (key, i) => like(output_shapes[i] ?? [], tensor(key).shape) && output_dtypes[i] === tensor(key).dtype,
  );
}

function symbolic(check: Check, c: Case, tensor: Tensors): void {
  if (!c.symbolic) return;
  const { input_shapes, output_shapes, output_dtypes, count_params } = c.symbolic;
  const layer = make(c);
  const symbols = input_shapes.map((shape, i) => new keras.KerasTensor(shape, { dtype: tensor(c.inputs[i]!).dtype }));
  // Tensors by name have a known batch; the inputs here do not.
  const plain = Object.fromEntries(
    Object.entries(c.call).filter(([, value]) => typeof value !== "object" || value === null),
  );
  const found = leaves<keras.KerasTensor>(call(layer, { ...c, call: plain as Case["call"] }, symbols, []));
  const states = namedKeys(c).length > 0 && "states" in c.call;
  if (states) return;
  const shapes = found.map(({ shape }) => [...shape]);
  const dtypes = found.map(({ dtype }) => dtype as string);
  if (symbolicHolds(c, tensor) || isDeepStrictEqual([shapes, dtypes], [output_shapes, output_dtypes])) {
    check.equal(shapes, output_shapes, "symbolic shapes");
    check.equal(dtypes, output_dtypes, "symbolic dtypes");
  } else {
    check.notes.push("what it says of symbolic inputs is not what its outputs are");
    const known = shapes.map((shape, i) =>
      shape.map((size, axis) => size ?? tensor(c.outputs[i]!).shape[axis] ?? null),
    );
    check.equal(
      known,
      c.outputs.map((key) => [...tensor(key).shape]),
      "symbolic shapes",
    );
    check.equal(
      dtypes,
      c.outputs.map((key) => tensor(key).dtype as string),
      "symbolic dtypes",
    );
  }
  check.equal(layer.countParams(), count_params, "the number of parameters");
}

function derivatives(check: Check, c: Case, tensor: Tensors): void {
  const kwargs = Object.entries(c.kwarg_grads ?? {});
  const wanted = [...(c.input_grads ?? []), ...(c.weight_grads ?? []), ...kwargs.flatMap(([, keys]) => keys)];
  if (!c.upstream || wanted.every((key) => key === null)) return;
  const layer = built(c, tensor);
  if (c.calls) (layer as unknown as { resetState(): void }).resetState();
  const inputs = c.inputs.map(tensor);
  const keys = namedKeys(c);
  const byName = kwargs.flatMap(([name]) => namedKeys({ ...c, call: { training: null, [name]: c.call[name] } }));
  const upstream = c.upstream.flatMap((key, i) => (key === null ? [] : [{ key, i }]));
  const weights = upstream.map(({ key }) => tensor(key));
  const found = gradients([...inputs, ...keys.map(tensor)], weights, (xs) => {
    const named = xs.slice(inputs.length);
    const by = [
      ...xs.slice(0, inputs.length),
      ...layer.trainableWeights,
      ...byName.map((key) => named[keys.indexOf(key)]!),
    ];
    const chosen = by.filter((_, i) => wanted[i] != null);
    const outputs = leaves<keras.Tensor>(call(layer, c, xs.slice(0, inputs.length), named));
    return { outputs: upstream.map(({ i }) => outputs[i]!), by: chosen };
  });
  for (const key of wanted) {
    if (key === null) continue;
    const want = tensor(key);
    check.tensor(orZeros(found.shift(), want), want, c.grad_tolerance ?? c.tolerance, `gradient ${key}`);
  }
}

/** Numbers of nested arrays, or the tensors' own. */
const plainValues = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plainValues);
  if (value instanceof keras.Tensor || value instanceof keras.StringTensor) return value.tolist();
  return typeof value === "bigint" ? Number(value) : value;
};

async function literal(check: Check, c: Case): Promise<void> {
  const layer = make(c);
  const adaptable = layer as unknown as Adaptable;
  if (c.adapt_data !== undefined) await adaptable.adapt(c.adapt_data);
  if (c.vocabulary) check.equal(plainValues(adaptable.getVocabulary?.()), c.vocabulary, "vocabulary");
  const got = plainValues(layer(c.inputs_json));
  const compare = (a: unknown, b: unknown, what: string): void => {
    if (Array.isArray(b)) {
      check.true(
        Array.isArray(a) && a.length === b.length,
        `${what} is ${JSON.stringify(a)}, expected ${JSON.stringify(b)}`,
      );
      for (const [i, one] of b.entries()) compare((a as unknown[])[i], one, what);
    } else if (typeof b === "number") check.number(Number(a), b, c.tolerance, what);
    else check.equal(a, b, what);
  };
  compare(got, c.outputs_json, "output");
}

async function adapt(check: Check, c: Case, tensor: Tensors): Promise<void> {
  const layer = make(c) as AnyLayer & Adaptable & { mean: keras.Tensor; variance: keras.Tensor };
  await layer.adapt(tensor(c.data!));
  if (c.mean) check.tensor(layer.mean.reshape(tensor(c.mean).shape as number[]), tensor(c.mean), c.tolerance, "mean");
  if (c.variance)
    check.tensor(
      layer.variance.reshape(tensor(c.variance).shape as number[]),
      tensor(c.variance),
      c.tolerance,
      "variance",
    );
  if (!c.bin_boundaries) return;
  // A quantile summary: any number between the two neighbouring samples is right.
  const samples = [...(tensor(c.data!).dataSync() as Float32Array)].sort((a, b) => a - b);
  const place = (x: number): number => samples.filter((sample) => sample < x - 1e-6).length;
  check.equal(layer.binBoundaries?.length, c.bin_boundaries.length, "the number of boundaries");
  for (const [i, want] of c.bin_boundaries.entries())
    check.true(Math.abs(place(layer.binBoundaries![i]!) - place(want)) <= 1, `boundary ${i}`);
}

const plain = (config: unknown): unknown =>
  JSON.parse(
    JSON.stringify(config, (key, value) => (key === "shared_object_id" || key === "build_config" ? undefined : value)),
  );

/** The cases of `layers/`, one file a class. */
export function* layerCases(source: Source): Iterable<ParityCase> {
  for (const file of source.list("layers").filter((name) => name.endsWith(".json"))) {
    const name = file.slice(0, -".json".length);
    const { cases } = source.json<{ cases: Case[] }>(`layers/${file}`);
    const tensor = source.tensors(`layers/${name}.safetensors`);
    for (const c of cases) {
      yield {
        kind: "layers",
        className: c.class_name,
        id: c.id,
        async run(check) {
          if (c.kind === "adapt") await adapt(check, c, tensor);
          else if (c.inputs_json !== undefined) await literal(check, c);
          else {
            outputs(check, c, tensor);
            mask(check, c, tensor);
            symbolic(check, c, tensor);
            derivatives(check, c, tensor);
          }
          const config = make(c).getConfig();
          // How much was learned is left out of the configs of layers that learn their vocabulary.
          if (c.adapt_data !== undefined && !("vocabulary_size" in c.config.config)) delete config.vocabulary_size;
          check.equal(plain(config), plain(c.config.config), "config");
        },
      };
    }
  }
}
