import test from "ava";
import * as keras from "kerosene";
import { allocate, type DType } from "#kerosene/engine/dtype.js";
import { flatten } from "#kerosene/engine/nest.js";
import { wrap } from "#kerosene/engine/tensor.js";
import { trace } from "#kerosene/engine/trace.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";

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

const classes = [
  "Activation",
  "ActivityRegularization",
  "Add",
  "Average",
  "Concatenate",
  "Dense",
  "Dropout",
  "ELU",
  "Embedding",
  "Flatten",
  "Identity",
  "LeakyReLU",
  "Maximum",
  "Minimum",
  "Multiply",
  "ReLU",
  "Reshape",
  "Softmax",
  "Subtract",
];

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
  for (const [name, value] of Object.entries(named)) {
    kwargs[name] = typeof value === "object" && value !== null ? tensor((value as { tensor: string }).tensor) : value;
  }
  const args = c.inputs_as === "single" ? [inputs[0]] : c.inputs_as === "list" ? [inputs] : inputs;
  return flatten(layer(...args, kwargs) as never);
}

if (!hasGolden) {
  test("golden layers", (t) => t.pass("shared/golden is not here"));
} else {
  for (const name of classes) {
    const { cases } = goldenJson<{ cases: Case[] }>(`layers/${name}.json`);
    const tensor = goldenTensors(`layers/${name}.safetensors`);
    const ours = cases.filter((c) => !later.test(JSON.stringify(c)));
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
          const outputs = call(
            layer,
            { ...c, call: { training: c.call.training } },
            symbols,
            tensor,
          ) as keras.KerasTensor[];
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
          for (const [k, i] of chosen.entries()) {
            const gradient = gradients[k];
            const want = tensor(wanted[i]!);
            const got = gradient ? run(traced.trace, gradient, inputs) : keras.ops.zeros(want.shape);
            t.is(difference(got, want, c.grad_tolerance ?? c.tolerance), null, `gradient ${i}`);
          }
        });
      }
    }
  }
}

/** The value of a traced tensor on data. */
function run(
  recorded: ReturnType<typeof trace>["trace"],
  output: keras.Tensor,
  inputs: readonly keras.Tensor[],
): keras.Tensor {
  const plan = recorded.compile([output]);
  const [spec] = plan.outputs;
  const elements = allocate(
    spec!.dtype as DType,
    spec!.shape.reduce<number>((total, d) => total * (d ?? 1), 1),
  );
  plan.runSync(
    inputs.map((x) => x.storage),
    [elements],
  );
  return wrap(spec!.dtype as DType, spec!.shape as number[], elements);
}
