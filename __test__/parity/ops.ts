import * as keras from "kerosene";
import { snakeToCamel } from "#kerosene/engine/config.js";
import { type AnyFunction, inPlace, type Parameters, signatures } from "./call.js";
import { type Check, type ParityCase, type Tolerance, Unsupported } from "./check.js";
import { gradients } from "./gradients.js";
import type { Source, Tensors } from "./source.js";

interface Case {
  id: string;
  op: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  tensors: string[];
  outputs: string[];
  upstream?: (string | null)[];
  input_grads?: (string | null)[];
  tolerance: Tolerance;
  grad_tolerance?: Tolerance;
}

/** A whole number that is written as a float: `2.0` decides on a dtype, `2` does not. */
class Float {
  constructor(readonly value: number) {}
}

/** The calls of `ops.json`, with whole floats told from integers, which JSON.parse does not do. */
function calls(text: string): Pick<Case, "args" | "kwargs">[] {
  const strings = /"(?:[^"\\]|\\.)*"/.source;
  const marked = text.replace(new RegExp(`${strings}|-?\\b\\d+\\.0+(?![\\deE])`, "g"), (found) =>
    found.startsWith('"') ? found : `{"float":${found}}`,
  );
  const revive = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && "float" in value ? new Float(Number(value.float)) : value;
  return (JSON.parse(marked, revive) as { cases: Case[] }).cases;
}

/** Parameters that take tensors and numbers alike. */
const operands = new Set(["x", "x1", "x2", "y"]);

const isTensor = (arg: unknown): arg is { tensor: string } =>
  typeof arg === "object" && arg !== null && "tensor" in arg;

/** `image.resize` → `keras.ops.image.resize`. */
function find(op: string): AnyFunction {
  let value: unknown = keras.ops;
  for (const part of op.split(".")) value = (value as Record<string, unknown> | undefined)?.[snakeToCamel(part)];
  if (typeof value !== "function") throw new Unsupported(`keras.ops.${op} is not supported yet`);
  return value as AnyFunction;
}

/** The call of a case as a function of its tensors. */
function caller({ op, args, kwargs }: Case, parameters: Parameters): (tensors: readonly unknown[]) => unknown[] {
  const fn = find(op);
  return (tensors) => {
    let next = 0;
    const fill = (arg: unknown, name: string | undefined): unknown => {
      if (isTensor(arg)) return tensors[next++];
      if (Array.isArray(arg)) return arg.map((one) => fill(one, name));
      if (!(arg instanceof Float)) return arg;
      return operands.has(name ?? "") ? keras.tensor(arg.value, { dtype: "float32" }) : arg.value;
    };
    const given = args.map((arg, i) => fill(arg, parameters[i]?.name));
    const named: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(kwargs)) named[name] = fill(value, name);
    // An index is a list of parts; Keras's tuple is a list in JSON.
    if (op === "get_item") return [fn(given[0], [given[1] ?? named.key].flat())].flat();
    return [fn(...inPlace(fn, parameters, given, named))].flat();
  };
}

/** Eigenvectors, singular vectors and the columns of q are fixed up to sign only. */
const upToSign = new Set(["eigh", "svd", "qr"]);

function values(check: Check, c: Case, run: (tensors: readonly unknown[]) => unknown[], tensor: Tensors): void {
  const found = run(c.tensors.map(tensor)) as keras.Tensor[];
  check.equal(found.length, c.outputs.length, "the number of outputs");
  for (const [i, key] of c.outputs.entries()) {
    const want = tensor(key);
    const got = found[i] instanceof keras.Tensor ? found[i] : keras.tensor(found[i] as never);
    const abs = (x: keras.Tensor): keras.Tensor => (upToSign.has(c.op) && x.shape.length > 1 ? keras.ops.abs(x) : x);
    check.tensor(abs(got), abs(want), c.tolerance, `output ${i}`);
    if (found[i] instanceof keras.Tensor && c.op !== "shape")
      check.equal(got.dtype, want.dtype, `the dtype of output ${i}`);
  }
}

/** Ops that give no tensor of what Keras tensors do not have. */
const eagerOnly = new Set(["allclose", "shape", "argwhere"]);

/** What an op gives; nothing where it says that the size of that depends on the data. */
function runSymbolic(run: (tensors: readonly unknown[]) => unknown[], symbols: readonly unknown[]): unknown[] | null {
  try {
    return run(symbols);
  } catch (error) {
    if (error instanceof keras.errors.NotImplementedError && error.message.includes("depends on the data")) return null;
    throw error;
  }
}

function symbolic(check: Check, c: Case, run: (tensors: readonly unknown[]) => unknown[], tensor: Tensors): void {
  if (c.tensors.length === 0 || eagerOnly.has(c.op)) return;
  const symbols = c.tensors.map((key) => {
    const { shape, dtype } = tensor(key);
    return new keras.KerasTensor(shape, { dtype });
  });
  const found = runSymbolic(run, symbols) as keras.KerasTensor[] | null;
  if (found === null) return;
  for (const [i, key] of c.outputs.entries()) {
    check.true(found[i] instanceof keras.KerasTensor, `output ${i} of Keras tensors is none`);
    check.equal(
      [[...found[i]!.shape], found[i]!.dtype],
      [[...tensor(key).shape], tensor(key).dtype],
      `symbolic output ${i}`,
    );
  }
}

function derivatives(check: Check, c: Case, run: (tensors: readonly unknown[]) => unknown[], tensor: Tensors): void {
  const wanted = (c.input_grads ?? []).flatMap((key, i) => (key === null ? [] : [{ key, i }]));
  if (!c.upstream || wanted.length === 0) return;
  // Integer outputs have no gradient to begin with.
  const upstream = c.upstream.flatMap((key, i) => (key === null ? [] : [[key, i] as const]));
  const pick = (outputs: keras.Tensor[]): keras.Tensor[] => upstream.map(([, i]) => outputs[i]!);
  const found = gradients(
    c.tensors.map(tensor),
    upstream.map(([key]) => tensor(key)),
    (xs) => ({
      outputs: pick(run(xs) as keras.Tensor[]),
      by: wanted.map(({ i }) => xs[i]!),
    }),
  );
  for (const [n, { key, i }] of wanted.entries()) {
    const want = tensor(key);
    const zeros = want.dataSync().every((v) => Number(v) === 0);
    if (!found[n]) check.true(zeros, `no gradient for input ${i}`);
    else check.tensor(found[n]!, want, c.grad_tolerance ?? c.tolerance, `gradient of input ${i}`);
  }
}

/** `repeats` as a tensor decides on the shape of the result: it is given as a list, whose values are known. */
function withKnownRepeats(c: Case, tensor: Tensors): Case {
  if (c.op !== "repeat" || !isTensor(c.args[1])) return c;
  const args = c.args.with(1, tensor(c.args[1].tensor).tolist());
  return {
    ...c,
    args,
    tensors: c.tensors.slice(0, 1),
    ...(c.input_grads && { input_grads: c.input_grads.slice(0, 1) }),
  };
}

const pick = ({ args, kwargs }: Pick<Case, "args" | "kwargs">): Pick<Case, "args" | "kwargs"> => ({ args, kwargs });

/** The cases of `ops.json`. */
export function* opCases(source: Source): Iterable<ParityCase> {
  if (!source.has("ops.json")) return;
  const { cases } = source.json<{ cases: Case[] }>("ops.json");
  const tensor = source.tensors("ops.safetensors");
  const api = signatures(source);
  const exact = calls(source.text("ops.json"));
  for (const [i, given] of cases.entries()) {
    const c = withKnownRepeats({ ...given, ...pick(exact[i]!) }, tensor);
    yield {
      kind: "ops",
      className: c.op,
      id: c.id,
      run(check) {
        const run = caller(c, api[c.op] ?? []);
        values(check, c, run, tensor);
        symbolic(check, c, run, tensor);
        derivatives(check, c, run, tensor);
      },
    };
  }
}
