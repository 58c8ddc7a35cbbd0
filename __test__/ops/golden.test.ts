import test from "ava";
import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { trace } from "#kerosene/engine/trace.js";
import { difference, goldenJson, goldenTensors, hasGolden } from "../golden.js";
import { positions } from "./positions.js";

interface Case {
  id: string;
  op: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  tensors: string[];
  outputs: string[];
  upstream?: string[];
  input_grads?: (string | null)[];
  tolerance: { rtol: number; atol: number };
  grad_tolerance?: { rtol: number; atol: number };
}

type AnyOp = (...args: unknown[]) => keras.Tensor | keras.Tensor[];

/** Cases that need what is not there yet. */
const later = /"mode":|"order":/;

const isTensor = (arg: unknown): arg is { tensor: string } =>
  typeof arg === "object" && arg !== null && "tensor" in arg;

/** The call of a case as a function of its tensors. */
function call({ op, args, kwargs }: Case): (tensors: unknown[]) => keras.Tensor[] {
  const fn = (keras.ops as unknown as Record<string, AnyOp>)[snakeToCamel(op)] as AnyOp;
  return (tensors) => {
    let next = 0;
    const fill = (arg: unknown): unknown => {
      if (isTensor(arg)) return tensors[next++];
      return Array.isArray(arg) ? arg.map(fill) : arg;
    };
    const given = args.map(fill);
    const rest = { ...kwargs };
    for (const [i, name] of (positions[op] ?? []).entries()) {
      if (!(name in rest)) continue;
      given[i] = rest[name];
      delete rest[name];
    }
    const options = Object.fromEntries(Object.entries(rest).map(([key, value]) => [snakeToCamel(key), fill(value)]));
    if (op === "get_item") return [fn(given[0], [given[1]])].flat();
    return [fn(...given, ...(Object.keys(options).length > 0 ? [options] : []))].flat();
  };
}

if (!hasGolden) {
  test("golden cases", (t) => t.pass("shared/golden is not here"));
} else {
  const { cases } = goldenJson<{ cases: Case[] }>("ops.json");
  const tensor = goldenTensors("ops.safetensors");
  const ours = cases.filter((c) => snakeToCamel(c.op) in keras.ops && !later.test(JSON.stringify(c)));

  test("most of the ops of this library are covered", (t) => t.true(ours.length > 200, `${ours.length} cases`));

  for (const c of ours) {
    const run = call(c);
    test(`${c.id}: value`, (t) => {
      const outputs = run(c.tensors.map(tensor));
      t.is(outputs.length, c.outputs.length);
      for (const [i, key] of c.outputs.entries()) {
        const want = tensor(key);
        const got = outputs[i] as keras.Tensor;
        t.is(difference(got, want, c.tolerance), null);
        if (c.op !== "shape") t.is(got.dtype, want.dtype);
      }
    });

    if (c.tensors.length > 0) {
      test(`${c.id}: symbolic`, (t) => {
        const symbols = c.tensors.map((key) => {
          const { shape, dtype } = tensor(key);
          return new keras.KerasTensor(shape, { dtype });
        });
        const outputs = run(symbols) as unknown as keras.KerasTensor[];
        for (const [i, key] of c.outputs.entries()) {
          const out = outputs[i];
          t.true(out instanceof keras.KerasTensor);
          t.deepEqual([out?.shape, out?.dtype], [tensor(key).shape, tensor(key).dtype]);
          t.is(out?.history?.operation.inboundNodes.length, 1);
        }
      });
    }

    const grads = c.input_grads ?? [];
    if (c.upstream && grads.some((key) => key !== null)) {
      test(`${c.id}: gradient`, (t) => {
        const inputs = c.tensors.map(tensor);
        const traced = trace(inputs, (...xs) => run(xs));
        const upstream = (c.upstream ?? []).map(tensor);
        const wanted = grads.flatMap((key, i) => (key === null ? [] : [i]));
        const found = traced.trace.gradients(
          traced.result,
          wanted.map((i) => traced.inputs[i] as keras.Tensor),
          upstream,
        );
        for (const [n, i] of wanted.entries()) {
          const gradient = found[n];
          const want = tensor(grads[i] as string);
          const zeros = want.dataSync().every((v) => Number(v) === 0);
          if (gradient === null || gradient === undefined) {
            t.true(zeros, `no gradient for input ${i}`);
            continue;
          }
          const out = new Float32Array(want.size as number);
          traced.trace.compile([gradient]).runSync(
            inputs.map((x) => x.dataSync()),
            [out],
          );
          const got = keras.tensor(out, { shape: want.shape });
          t.is(difference(got, want, c.grad_tolerance ?? c.tolerance), null, `input ${i}`);
        }
      });
    }
  }
}
