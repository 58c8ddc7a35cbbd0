import { tensor } from "../engine/convert.js";
import { asDType, isTypedArray } from "../engine/dtype.js";
import { KerasTensor } from "../engine/keras-tensor.js";
import { isDict } from "../engine/nest.js";
import { describe } from "../engine/shape.js";
import { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, KeroseneError } from "../errors.js";
import { closest } from "./identifiers.js";
import {
  type CustomObjects,
  findBuiltin,
  findCustom,
  knownClassNames,
  publicName,
  registeredFunctionName,
  withCustomObjects,
} from "./registry.js";
import { rememberShared, sharedId, sharedObject } from "./shared-objects.js";

/** What describes an object in files: plain data with Keras's snake_case keys. */
export type Config = Record<string, unknown>;

/** Options of everything that reads configs. */
export interface DeserializeOptions {
  /** Your own classes and functions, by the names that the config calls them by. */
  customObjects?: CustomObjects;
}

/** What can be written: it tells its options. */
interface Configurable {
  getConfig(): Config;
  getBuildConfig?(): Config | null;
  getCompileConfig?(): Config | null;
}

/** A class that can be read. */
interface Reviving {
  fromConfig(config: Config, options?: DeserializeOptions): object;
}

function isConfigurable(value: unknown): value is Configurable & object {
  return value != null && typeof (value as Partial<Configurable>).getConfig === "function";
}

/**
 * The config of an object, as Keras writes it: `{ module, class_name, config, registered_name }`. Plain values, lists and dicts are
 * written by what they hold; tensors by their values; functions by their names.
 *
 * @throws InvalidTypeError for a value that has no config, such as a function without a name.
 */
export function serializeKerasObject(value: unknown): unknown {
  if (value == null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(serializeKerasObject);
  if (value instanceof KerasTensor) return serializeKerasTensor(value);
  if (value instanceof Tensor)
    return { class_name: "__tensor__", config: { value: value.tolist(), dtype: value.dtype } };
  if (value instanceof SliceReference) return value.toConfig();
  if (isTypedArray(value)) {
    const made = tensor(value);
    return { class_name: "__numpy__", config: { value: made.tolist(), dtype: made.dtype } };
  }
  if (isDict(value))
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, serializeKerasObject(part)]));
  if (isConfigurable(value)) return serializeInstance(value);
  if (typeof value === "function" && value.name !== "") {
    const name = registeredFunctionName(value);
    if (met !== null) met[name] = value;
    return { module: "builtins", class_name: "function", config: name, registered_name: "function" };
  }
  throw new InvalidTypeError(
    `Cannot write ${describe(value)} to a config. Expected plain data, a tensor, a named function, or an object with getConfig().`,
  );
}

function serializeInstance(value: Configurable & object): Config {
  const { module, className, registeredName } = publicName(value);
  if (met !== null && module === null) met[registeredName ?? className] = value.constructor;
  const config: Config = { module, class_name: className, config: value.getConfig(), registered_name: registeredName };
  Object.assign(config, sharedId(value));
  const build = value.getBuildConfig?.() ?? null;
  if (build !== null) config.build_config = serializeKerasObject(build);
  const compile = value.getCompileConfig?.() ?? null;
  if (compile !== null) config.compile_config = serializeKerasObject(compile);
  return config;
}

/** The classes and functions of users that were written, by their names; `null` while nobody asks. */
let met: Record<string, unknown> | null = null;

/**
 * A copy of an object by its config: of the same class and options, with a state of its own. Classes and functions of your own are known,
 * registered or not.
 *
 * @param change The config of the copy, from the object's.
 * @throws InvalidTypeError for an object without a config.
 */
export function cloneByConfig<T extends object>(object: T, change: (config: Config) => Config = (config) => config): T {
  const outer = met;
  met = {};
  try {
    const config = serializeKerasObject(object) as Config;
    return deserializeKerasObject(change(config), { customObjects: met }) as T;
  } finally {
    met = outer;
  }
}

function serializeKerasTensor(value: KerasTensor): Config {
  const history = value.history;
  return {
    class_name: "__keras_tensor__",
    config: {
      shape: [...value.shape],
      dtype: value.dtype,
      keras_history: history === null ? null : [history.operation.name, history.nodeIndex, history.tensorIndex],
    },
  };
}

/** A symbolic tensor of a config: which output of which call of which layer. */
export class TensorReference {
  constructor(
    readonly layer: string,
    readonly nodeIndex: number,
    readonly tensorIndex: number,
  ) {}
}

/** A slice `start:stop:step` of a config. */
export class SliceReference {
  constructor(
    readonly start: number | null,
    readonly stop: number | null,
    readonly step: number | null,
  ) {}

  /** As configs hold it. */
  toConfig(): Config {
    return { class_name: "__slice__", config: { start: this.start, stop: this.stop, step: this.step } };
  }

  /** In the notation of `at`. */
  toString(): string {
    const part = (value: number | null): string => (value === null ? "" : String(value));
    return `${part(this.start)}:${part(this.stop)}${this.step === null ? "" : `:${this.step}`}`;
  }
}

/**
 * The object of a config: the inverse of {@link serializeKerasObject}. Nothing in a config is run as code.
 *
 * @throws InvalidTypeError for a class that is unknown, offering names that are close; and for options that do not fit, naming the class.
 */
export function deserializeKerasObject(config: unknown, options: DeserializeOptions = {}): unknown {
  return withCustomObjects(options.customObjects, () => revive(config));
}

function revive(config: unknown): unknown {
  if (config == null) return null;
  if (Array.isArray(config)) return config.map(revive);
  if (!isDict(config)) return config;
  if (!("class_name" in config) || !("config" in config)) {
    return Object.fromEntries(Object.entries(config).map(([key, part]) => [key, revive(part)]));
  }
  const className = String(config.class_name);
  const inner = config.config ?? {};
  const plain = revivePlain(className, inner);
  if (plain !== undefined) return plain;
  if (className === "function") return reviveFunction(config, inner);
  if (!isDict(inner)) {
    throw new InvalidTypeError(`Expected "config" of ${className} to be a dict, got ${describe(inner)}.`);
  }
  const shared = sharedObject(config);
  if (shared !== undefined) return shared;
  const type = findClass(config, className);
  const instance = fromConfig(type, className, inner);
  finish(instance, config);
  rememberShared(config, instance);
  return instance;
}

/** Whether configs hold values under this name that have no class here. */
export function isPlainClass(className: string): boolean {
  return className === "DTypePolicy" || /^__.*__$/.test(className);
}

/** Values that have no class here. */
function revivePlain(className: string, inner: unknown): unknown {
  const fields = isDict(inner) ? inner : {};
  switch (className) {
    case "__keras_tensor__": {
      const [layer, nodeIndex, tensorIndex] = (fields.keras_history ?? []) as [string, number, number];
      return new TensorReference(layer, nodeIndex, tensorIndex);
    }
    case "__tensor__":
    case "__numpy__":
      return tensor(fields.value as never, { dtype: asDType(fields.dtype as string) });
    case "__slice__":
      return new SliceReference(
        ...([fields.start ?? null, fields.stop ?? null, fields.step ?? null] as [null, null, null]),
      );
    case "__ellipsis__":
      return "...";
    case "DTypePolicy":
      return fields.name;
    case "__lambda__":
      throw new InvalidTypeError(
        "The config holds a Python lambda, which cannot run here. Pass its replacement in customObjects.",
      );
    default:
      return undefined;
  }
}

function reviveFunction(config: Config, inner: unknown): unknown {
  const name = String(inner);
  const found = findCustom(config.registered_name as string | null) ?? findCustom(name);
  if (found !== undefined) return found;
  // Built-in functions are written by their names, which the rooms' own `get` understand.
  if (typeof config.module === "string" && config.module.startsWith("keras")) return name;
  throw new InvalidTypeError(`Could not locate function "${name}". Pass it in customObjects: { ${name} }.`);
}

/** The class that a config names, one of users before a built-in one. */
export function locate(config: Config, className: string): unknown {
  return (
    findCustom(config.registered_name as string | null | undefined) ??
    findCustom(className) ??
    findBuiltin(config.module as string | null | undefined, className)
  );
}

function findClass(config: Config, className: string): Reviving {
  const found = locate(config, className);
  if (found === undefined) throw unknownClass(className);
  if (typeof (found as Partial<Reviving>).fromConfig !== "function") {
    throw new InvalidTypeError(`Cannot make "${className}" from a config: the class has no static fromConfig().`);
  }
  return found as Reviving;
}

/** The error for a class that is not known. */
export function unknownClass(className: string): InvalidTypeError {
  const close = closest(className, knownClassNames());
  const hint = close.length > 0 ? ` Did you mean ${close.map((name) => `"${name}"`).join(" or ")}?` : "";
  return new InvalidTypeError(
    `Could not locate class "${className}".${hint} If it is a class of your own, pass it in customObjects: { ${className} }, ` +
      "or register it with keras.saving.registerKerasSerializable(). A built-in class may not exist in this version.",
  );
}

function fromConfig(type: Reviving, className: string, inner: Config): object {
  try {
    return type.fromConfig(inner);
  } catch (error) {
    if (error instanceof KeroseneError && !error.message.includes("\nwhile making ")) {
      const name = typeof inner.name === "string" ? ` "${inner.name}"` : "";
      error.addContext(`\nwhile making ${className}${name} from its config`);
    }
    throw error;
  }
}

/** Layers were built for a shape and models compiled: so they become again. */
function finish(instance: object, config: Config): void {
  const { buildFromConfig, compileFromConfig, built } = instance as {
    built?: boolean;
    buildFromConfig?: (config: Config) => void;
    compileFromConfig?: (config: Config) => void;
  };
  if (isDict(config.build_config) && built === false) buildFromConfig?.call(instance, config.build_config);
  if (isDict(config.compile_config) && Object.keys(config.compile_config).length > 0) {
    compileFromConfig?.call(instance, config.compile_config);
  }
}
