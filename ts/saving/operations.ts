import { isDict } from "../engine/nest.js";
import { type Operation, OpOperation } from "../engine/operation.js";
import { InvalidTypeError } from "../errors.js";
import * as ops from "../ops/index.js";
import { findCustom } from "./registry.js";
import { type Config, SliceReference, serializeKerasObject } from "./serialization.js";

/** How an op of a graph is made again from its config: the arguments that were tensors, then the other options. */
type OpFunction = (args: readonly never[], config: Config) => unknown;

const axisOf = (config: Config): never => config.axis as never;
const dtypeOf = (config: Config): string | undefined => (config.dtype as string | null | undefined) ?? undefined;
const keepdims = (config: Config): { keepdims: boolean } => ({ keepdims: config.keepdims === true });

const binary =
  (fn: (x: never, y: never) => unknown): OpFunction =>
  ([x, y]) =>
    fn(x!, y!);
const unary =
  (fn: (x: never) => unknown): OpFunction =>
  ([x]) =>
    fn(x!);
const reduce =
  (fn: (x: never, axis: never, options: never) => unknown): OpFunction =>
  ([x], config) =>
    fn(x!, axisOf(config), keepdims(config) as never);

/** Keras's ops, by module and class name, as they stand in the graphs of functional models. */
const numpy: Readonly<Record<string, OpFunction>> = {
  Absolute: unary(ops.abs),
  Add: binary(ops.add),
  All: reduce(ops.all),
  Any: reduce(ops.any),
  Ceil: unary(ops.ceil),
  Concatenate: ([xs], config) => ops.concatenate(xs!, (config.axis as number | undefined) ?? 0),
  Cos: unary(ops.cos),
  Divide: binary(ops.divide),
  Equal: binary(ops.equal),
  Exp: unary(ops.exp),
  ExpandDims: ([x], config) => ops.expandDims(x!, axisOf(config)),
  Expm1: unary(ops.expm1),
  Floor: unary(ops.floor),
  FloorDivide: binary(ops.floorDivide),
  GetItem: ([x, key]) => ops.getItem(x!, indexOf(key)),
  Greater: binary(ops.greater),
  GreaterEqual: binary(ops.greaterEqual),
  Less: binary(ops.less),
  LessEqual: binary(ops.lessEqual),
  Log: unary(ops.log),
  Log1p: unary(ops.log1p),
  LogicalAnd: binary(ops.logicalAnd),
  LogicalNot: unary(ops.logicalNot),
  LogicalOr: binary(ops.logicalOr),
  Matmul: binary(ops.matmul),
  Max: reduce(ops.max),
  Maximum: binary(ops.maximum),
  Mean: reduce(ops.mean),
  Min: reduce(ops.min),
  Minimum: binary(ops.minimum),
  Mod: binary(ops.mod),
  Multiply: binary(ops.multiply),
  Negative: unary(ops.negative),
  NotEqual: binary(ops.notEqual),
  OnesLike: ([x], config) => ops.onesLike(x!, dtypeOf(config)),
  Power: binary(ops.power),
  Prod: reduce(ops.prod),
  Reshape: ([x], config) => ops.reshape(x!, (config.newshape ?? config.shape) as never),
  Sign: unary(ops.sign),
  Sin: unary(ops.sin),
  Sqrt: unary(ops.sqrt),
  Square: unary(ops.square),
  Squeeze: ([x], config) => ops.squeeze(x!, axisOf(config)),
  Stack: ([xs], config) => ops.stack(xs!, (config.axis as number | undefined) ?? 0),
  Std: reduce(ops.std),
  Subtract: binary(ops.subtract),
  Sum: reduce(ops.sum),
  Tanh: unary(ops.tanh),
  Transpose: ([x], config) => ops.transpose(x!, (config.axes as never) ?? null),
  TrueDivide: binary(ops.divide),
  Var: reduce(ops.var),
  ZerosLike: ([x], config) => ops.zerosLike(x!, dtypeOf(config)),
};

const nn: Readonly<Record<string, OpFunction>> = {
  Elu: ([x], config) => ops.elu(x!, (config.alpha as number | undefined) ?? 1),
  Gelu: ([x], config) => ops.gelu(x!, config.approximate !== false),
  LeakyRelu: ([x], config) => ops.leakyRelu(x!, (config.negative_slope as number | undefined) ?? 0.2),
  LogSoftmax: ([x], config) => ops.logSoftmax(x!, (config.axis as number | undefined) ?? -1),
  Relu: unary(ops.relu),
  Relu6: unary(ops.relu6),
  Selu: unary(ops.selu),
  Sigmoid: unary(ops.sigmoid),
  Silu: unary(ops.silu),
  Softmax: ([x], config) => ops.softmax(x!, (config.axis as number | undefined) ?? -1),
  Softplus: unary(ops.softplus),
  Softsign: unary(ops.softsign),
};

const core: Readonly<Record<string, OpFunction>> = {
  Cast: ([x], config) => ops.cast(x!, String(config.dtype)),
};

const tables: Readonly<Record<string, Readonly<Record<string, OpFunction>>>> = {
  "keras.src.ops.numpy": numpy,
  "keras.src.ops.nn": nn,
  "keras.src.ops.core": core,
};

/** The module in which Keras keeps an op's class. */
function moduleOf(className: string): string {
  return Object.keys(tables).find((module) => className in tables[module]!) ?? "keras.src.ops.numpy";
}

/** `x.at(...)` in Python's slices and this library's strings. */
function indexOf(key: unknown): never {
  const parts = Array.isArray(key) ? key : [key];
  return parts.map((part) => (part instanceof SliceReference ? part.toString() : part)) as never;
}

/** An index of `at` as Keras's configs hold it. */
function indexConfig(part: unknown): unknown {
  if (part === "...") return { class_name: "__ellipsis__", config: {} };
  if (part === "newaxis") return null;
  if (typeof part !== "string" || !part.includes(":")) return serializeKerasObject(part);
  const [start, stop, step] = part.split(":").map((text) => (text.trim() === "" ? null : Number(text)));
  return new SliceReference(start ?? null, stop ?? null, step ?? null).toConfig();
}

/** The config of a layer or an op of a graph. */
export function serializeOperation(operation: Operation): Config {
  if (!(operation instanceof OpOperation)) return serializeKerasObject(operation) as Config;
  const className = operation.className;
  const { key: _, shape, ...config } = operation.getConfig();
  if (className === "Reshape" && shape !== undefined) config.newshape = shape;
  else if (shape !== undefined) config.shape = shape;
  return { module: moduleOf(className), class_name: className, config, registered_name: className };
}

/** The positional arguments of a call as Keras's configs hold them, before tensors among them are written. */
export function callArguments(operation: Operation, args: readonly unknown[]): readonly unknown[] {
  if (operation.className !== "GetItem" || !(operation instanceof OpOperation)) return args;
  // Keras has the index among the arguments; here it is an option unless it came from a config.
  const key = args[1] ?? operation.getConfig().key;
  return [args[0], (Array.isArray(key) ? key : [key]).map(indexConfig)];
}

/**
 * The op of a config; `null` for layers.
 *
 * @throws InvalidTypeError for an op that does not exist here.
 */
export function reviveOperation(config: Config): Operation | null {
  const { module, class_name: className } = config;
  if (typeof module !== "string" || !module.startsWith("keras.src.ops") || typeof className !== "string") return null;
  if (findCustom(className) !== undefined) return null;
  const fn = tables[module]?.[className];
  if (fn === undefined) {
    throw new InvalidTypeError(
      `Could not locate the op "${className}" of ${module}. It does not exist in this version.`,
    );
  }
  const options = isDict(config.config) ? config.config : {};
  const { name, ...rest } = options;
  const operation = new OpOperation(className, (...args: never[]) => fn(args, rest), rest);
  if (typeof name === "string") operation.name = name;
  return operation;
}
