import { configFromOptions } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import type { Node } from "../engine/node.js";
import { type Operation, OpOperation } from "../engine/operation.js";
import { InvalidTypeError } from "../errors.js";
import { opTable } from "./op-table.js";
import { findCustom } from "./registry.js";
import { type Config, SliceReference, serializeKerasObject } from "./serialization.js";

/** The module in which Keras keeps an op's class. */
function moduleOf(className: string): string {
  return Object.keys(opTable()).find((module) => className in opTable()[module]!) ?? "keras.src.ops.numpy";
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
  const className = renamed[operation.className] ?? operation.className;
  const { key: _, shape, ...config } = operation.getConfig();
  for (const name of inCalls[className] ?? []) delete config[name];
  if (className === "Reshape" && shape !== undefined) config.newshape = shape;
  else if (shape !== undefined) config.shape = shape;
  return { module: moduleOf(className), class_name: className, config, registered_name: className };
}

/** Ops whose names in Keras are others. */
const renamed: Readonly<Record<string, string>> = {
  Acosh: "Arccosh",
  Allclose: "AllClose",
  Asinh: "Arcsinh",
  Atanh: "Arctanh",
  Cdist: "CDist",
  Searchsorted: "SearchSorted",
  SlogDet: "Slogdet",
};

/** Options that Keras's ops take with their calls, not when they are made. */
const inCalls: Readonly<Record<string, readonly string[]>> = {
  DotProductAttention: ["scale"],
  Isclose: ["rtol", "atol"],
  Pad: ["constant_values"],
};

/** The arguments of a call as Keras's configs hold them, before tensors among them are written. */
export function callOf(node: Node): { args: readonly unknown[]; kwargs: Record<string, unknown> } {
  const { operation, args } = node;
  const kwargs = configFromOptions(node.kwargs as Record<string, unknown>);
  if (!(operation instanceof OpOperation)) return { args, kwargs };
  const config = operation.getConfig();
  for (const name of inCalls[operation.className] ?? []) if (name in config) kwargs[name] ??= config[name];
  // Lengths of named axes stand under the caller's own names.
  if (operation.className === "Rearrange")
    return { args: args.slice(0, 2), kwargs: { ...kwargs, ...(args[2] as object) } };
  if (operation.className !== "GetItem") return { args, kwargs };
  // Keras has the index among the arguments; here it is an option unless it came from a config.
  const key = args[1] ?? config.key;
  return { args: [args[0], (Array.isArray(key) ? key : [key]).map(indexConfig)], kwargs };
}

/** Whether a module of configs is one of Keras's ops. */
export function isOperationModule(module: unknown): module is string {
  return typeof module === "string" && (module.startsWith("keras.src.ops") || Object.hasOwn(opTable(), module));
}

/** The error for an op that is not known. */
export function unknownOperation(module: string, className: string): InvalidTypeError {
  return new InvalidTypeError(
    `Could not locate the op "${className}" of ${module}. It does not exist in this version.`,
  );
}

/** Whether an op of this module exists here. */
export function hasOperation(module: string, className: string): boolean {
  const room = Object.hasOwn(opTable(), module) ? opTable()[module] : undefined;
  return room !== undefined && Object.hasOwn(room, className);
}

/**
 * The op of a config; `null` for layers.
 *
 * @throws InvalidTypeError for an op that does not exist here.
 */
export function reviveOperation(config: Config): Operation | null {
  const { module, class_name: className } = config;
  if (typeof module !== "string" || typeof className !== "string") return null;
  if (!isOperationModule(module)) return null;
  if (findCustom(className) !== undefined) return null;
  const fn = hasOperation(module, className) ? opTable()[module]?.[className] : undefined;
  if (fn === undefined) {
    throw unknownOperation(module, className);
  }
  const options = isDict(config.config) ? config.config : {};
  const { name, ...rest } = options;
  const operation = new OpOperation(className, (...args: unknown[]) => fn(args, rest), rest);
  if (typeof name === "string") operation.name = name;
  return operation;
}
