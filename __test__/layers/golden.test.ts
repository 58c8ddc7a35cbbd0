import test from "ava";
import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { allocate, type DType } from "#kerosene/engine/dtype.js";
import { flatten } from "#kerosene/engine/nest.js";
import { wrap } from "#kerosene/engine/tensor.js";
import { trace } from "#kerosene/engine/trace.js";
import { difference, goldenJson, goldenNames, goldenTensors, hasGolden } from "../golden.js";

interface Case {
  id: string;
  config: { class_name: string; config: Record<string, unknown>; build_config?: { input_shape: unknown } };
  call: { training: boolean | null; mask?: unknown };
  inputs_as: "single" | "list" | "args";
  inputs: string[];
  weights: { key: string; name: string; path: string; shape: number[]; trainable: boolean }[];
  outputs: string[];
  upstream?: string[];
  input_grads?: (string | null)[];
  weight_grads?: (string | null)[];
  non_trainable_after?: string[];
  trainable_after?: string[];
  losses?: number[];
  symbolic?: {
    input_shapes: (number | null)[][];
    output_shapes: (number | null)[][];
    output_dtypes: string[];
    count_params: number;
  };
  tolerance: { rtol: number; atol: number };
  grad_tolerance?: { rtol: number; atol: number };
}

/** The classes of this library for which there are cases. */
const classes = (): string[] => goldenNames("layers").filter((name) => name in keras.layers);

/** What is not there yet: masks, and an activation. */
const later = /"mask_zero": ?true|"previous_mask"|"output_mask"|"sparsemax"/;

type AnyLayer = keras.Layer & ((...args: unknown[]) => unknown);

function make(c: Case): AnyLayer {
  return keras.layers.deserialize({ ...c.config, build_config: undefined }) as AnyLayer;
}

/** Calls a layer as the case says. */
function call(layer: AnyLayer, c: Case, inputs: readonly unknown[], tensor: (key: string) => keras.Tensor): unknown[] {
  const { training, ...named } = c.call;
  const kwargs: Record<string, unknown> = training === null ? {} : { training };
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    return typeof value === "object" && value !== null ? tensor((value as { tensor: string }).tensor) : value;
  };
  for (const [name, value] of Object.entries(named)) kwargs[snakeToCamel(name)] = fill(value);
  const args = c.inputs_as === "single" ? [inputs[0]] : c.inputs_as === "list" ? [inputs] : inputs;
  return flatten(layer(...args, kwargs) as never);
}

/** The arguments that are no tensors: those of a case have a batch size, which symbolic inputs leave open. */
function literals(args: Case["call"]): Case["call"] {
  const plain = Object.entries(args).filter(([, value]) => typeof value !== "object" || value === null);
  return Object.fromEntries(plain) as Case["call"];
}

if (!hasGolden) {
  test("golden layers", (t) => t.pass("shared/golden is not here"));
} else {
  for (const name of classes()) {
    const { cases } = goldenJson<{ cases: Case[] }>(`layers/${name}.json`);
    const tensor = goldenTensors(`layers/${name}.safetensors`);
    const ours = cases.filter((c) => c.inputs && c.outputs && !later.test(JSON.stringify(c)));
    if (ours.length < cases.length)
      console.log(`${name}: ${cases.length - ours.length} of ${cases.length} cases left out`);

    for (const c of ours) {
      const built = (inputs: readonly keras.Tensor[]): AnyLayer => {
        const layer = make(c);
        call(layer, c, inputs, tensor);
        layer.setWeights(c.weights.map(({ key }) => tensor(key)));
        return layer;
      };

      test(`${c.id}: weights and outputs`, (t) => {
        const inputs = c.inputs.map(tensor);
        const layer = built(inputs);
        t.deepEqual(
          layer.weights.map(({ name, path, shape, trainable }) => ({ name, path, shape: [...shape], trainable })),
          c.weights.map(({ name, path, shape, trainable }) => ({ name, path, shape, trainable })),
        );
        const outputs = call(layer, c, inputs, tensor) as keras.Tensor[];
        t.is(outputs.length, c.outputs.length);
        for (const [i, key] of c.outputs.entries()) t.is(difference(outputs[i]!, tensor(key), c.tolerance), null);
        for (const [kind, after] of [
          [layer.nonTrainableWeights, c.non_trainable_after],
          [layer.trainableWeights, c.trainable_after],
        ] as const) {
          for (const [i, key] of (after ?? []).entries()) {
            t.is(difference(kind[i]!.value, tensor(key), c.tolerance), null, `${kind[i]!.name} afterwards`);
          }
        }
        const losses = layer.losses.map((loss) => loss.item());
        t.is(losses.length, c.losses?.length ?? 0);
        for (const [i, loss] of (c.losses ?? []).entries()) t.true(Math.abs(losses[i]! - loss) <= 1e-5 + 1e-4 * loss);
      });

      test(`${c.id}: config there and back`, (t) => {
        const plain = (config: unknown): unknown =>
          JSON.parse(JSON.stringify(config, (key, value) => (key === "shared_object_id" ? undefined : value)));
        t.deepEqual(plain(make(c).getConfig()), plain(c.config.config));
      });

      // Keras takes the input's shape for the output's here, though glu halves it.
      if (c.symbolic && c.id !== "Activation_glu") {
        const { input_shapes, output_shapes, output_dtypes, count_params } = c.symbolic;
        test(`${c.id}: symbolic`, (t) => {
          const layer = make(c);
          const symbols = input_shapes.map(
            (shape, i) => new keras.KerasTensor(shape, { dtype: tensor(c.inputs[i]!).dtype }),
          );
          const outputs = call(layer, { ...c, call: literals(c.call) }, symbols, tensor) as keras.KerasTensor[];
          t.deepEqual(
            outputs.map(({ shape }) => [...shape]),
            output_shapes,
          );
          t.deepEqual(
            outputs.map(({ dtype }) => dtype as string),
            output_dtypes,
          );
          t.is(layer.countParams(), count_params);
          t.is(layer.inboundNodes.length, 1);
        });
      }

      const wanted = [...(c.input_grads ?? []), ...(c.weight_grads ?? [])];
      if (c.upstream && wanted.some((key) => key !== null)) {
        test(`${c.id}: gradients`, (t) => {
          const inputs = c.inputs.map(tensor);
          const layer = built(inputs);
          const traced = trace(
            inputs.map(({ dtype, shape }) => ({ dtype, shape })),
            (...xs) => {
              const outputs = call(layer, c, xs, tensor) as keras.Tensor[];
              return [outputs, [...xs, ...layer.trainableWeights]] as const;
            },
          );
          const [outputs, wrt] = traced.result;
          const chosen = wanted.flatMap((key, i) => (key === null ? [] : [i]));
          const gradients = traced.trace.gradients(
            outputs,
            chosen.map((i) => wrt[i]!),
            c.upstream!.map(tensor),
          );
          const values = run(
            traced.trace,
            gradients.filter((gradient) => gradient != null),
            inputs,
          );
          for (const [k, i] of chosen.entries()) {
            const want = tensor(wanted[i]!);
            const got = gradients[k] ? values.shift()! : keras.ops.zeros(want.shape);
            t.is(difference(got, want, c.grad_tolerance ?? c.tolerance), null, `gradient ${i}`);
          }
        });
      }
    }
  }
}

/** The values of traced tensors on data. One run for all: it may change the layer's state. */
function run(
  recorded: ReturnType<typeof trace>["trace"],
  tensors: readonly keras.Tensor[],
  inputs: readonly keras.Tensor[],
): keras.Tensor[] {
  const plan = recorded.compile(tensors);
  const outputs = plan.outputs.map(({ dtype, shape }) =>
    allocate(
      dtype as DType,
      shape.reduce<number>((total, d) => total * (d ?? 1), 1),
    ),
  );
  plan.runSync(
    inputs.map((x) => x.storage),
    outputs,
  );
  return plan.outputs.map(({ dtype, shape }, i) => wrap(dtype as DType, shape as number[], outputs[i]!));
}
