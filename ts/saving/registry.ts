import { InvalidTypeError } from "../errors.js";

/** Any class whose objects can be written to a config and made again from it. */
// biome-ignore lint/suspicious/noExplicitAny: constructors of every signature.
export type AnyClass = abstract new (...args: any[]) => object;

/** Classes and functions of a user, by the names that configs call them by. */
export type CustomObjects = Readonly<Record<string, unknown>>;

/** Where Keras keeps a class: the module and name that configs carry. */
export interface PublicName {
  readonly module: string;
  readonly className: string;
  /** `null` for classes of Keras's public API. */
  readonly registeredName: string | null;
}

/** `module` of a config → name → class. */
const modules = new Map<string, Map<string, AnyClass>>();
/** By prototype, since a class that needs no `new` is a proxy round the real one. */
const names = new Map<object, PublicName>();
const customByName: Record<string, unknown> = Object.create(null);
const customNames = new Map<object, string>();
const scopes: CustomObjects[] = [];

/**
 * Makes the classes of a room known by Keras's names, so that configs can be read and written.
 *
 * @param module Keras's module, e.g. `keras.layers`.
 * @param registeredName For classes outside Keras's public API, whether the class name is written as `registered_name` too.
 */
export function registerModule(
  module: string,
  classes: Readonly<Record<string, AnyClass>>,
  registeredName = false,
): void {
  const table = modules.get(module) ?? new Map<string, AnyClass>();
  modules.set(module, table);
  for (const [name, type] of Object.entries(classes)) {
    table.set(name, type);
    if (!names.has(type.prototype)) {
      names.set(type.prototype, { module, className: name, registeredName: registeredName ? name : null });
    }
  }
}

/** Loads what registers a class of this name, or all that registers any: the bundle has most in files of their own (scripts/bundle.mjs). */
let loadLater: (className?: string) => void = () => {};

/** @internal Has classes loaded that are sought and not known. */
export function registerLater(load: (className?: string) => void): void {
  loadLater = load;
}

/** Every built-in class of this name, whatever its module. */
export function findBuiltin(module: string | null | undefined, className: string): AnyClass | undefined {
  if (module != null && modules.has(module)) {
    const found = modules.get(module)!.get(className);
    if (found !== undefined) return found;
  }
  loadLater(className);
  const late = module == null ? undefined : modules.get(module)?.get(className);
  if (late !== undefined) return late;
  // Keras finds its classes by their private modules too (`keras.src.layers.core.dense`): the room is part of the name.
  // Without one, the first by name: modules come in any order, as their classes are loaded.
  const candidates = [...modules].filter(([, table]) => table.has(className)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (candidates.length === 0) return undefined;
  const room = candidates.find(([name]) => module?.split(".").includes(name.split(".").at(-1)!) === true);
  return (room ?? candidates[0]!)[1].get(className);
}

/** The name under which an object's class is written. Classes of users are written by their own name. */
export function publicName(object: object): PublicName {
  const prototype = Object.getPrototypeOf(object) as object;
  if (!names.has(prototype)) loadLater(object.constructor.name);
  const found = names.get(prototype);
  if (found !== undefined) return found;
  const className = classNameOf(object);
  return { module: null as unknown as string, className, registeredName: customNames.get(prototype) ?? className };
}

/** The name of an object's class. */
export function classNameOf(object: object): string {
  return names.get(Object.getPrototypeOf(object) as object)?.className ?? object.constructor.name;
}

/**
 * Makes a class or function of your own known, so that models with it can be loaded without `customObjects`.
 *
 * @param packageName A prefix that keeps names of different packages apart. Default `"Custom"`.
 * @param name The name in configs. Default: the class's or function's own.
 * @returns A function that registers what it is given and returns it (Keras's decorator).
 * @throws InvalidTypeError for something that is neither a class nor a function.
 * @example keras.saving.registerKerasSerializable("mine")(MyLayer);
 */
export function registerKerasSerializable(packageName = "Custom", name?: string): <T>(value: T) => T {
  return (value) => {
    if (typeof value !== "function") {
      throw new InvalidTypeError("registerKerasSerializable: expected a class or a function to register.");
    }
    const registered = `${packageName}>${name ?? value.name}`;
    customByName[registered] = value;
    customNames.set((value.prototype as object | undefined) ?? value, registered);
    return value;
  };
}

/** The name a function was registered by, or its own. */
export function registeredFunctionName(fn: { name: string }): string {
  return customNames.get(fn) ?? fn.name;
}

/** Runs `fn` while configs may name these objects. */
export function withCustomObjects<R>(objects: CustomObjects | undefined, fn: () => R): R {
  if (objects === undefined) return fn();
  scopes.push(objects);
  try {
    return fn();
  } finally {
    scopes.pop();
  }
}

/** A class or function of a user by its name in a config; `undefined` when there is none. */
export function findCustom(name: string | null | undefined): unknown {
  if (name == null) return undefined;
  for (let i = scopes.length - 1; i >= 0; i--) {
    const scope = scopes[i]!;
    if (Object.hasOwn(scope, name)) return scope[name];
  }
  // A registered name is `package>name`; people pass customObjects by the plain name.
  const short = name.slice(name.indexOf(">") + 1);
  if (short !== name) {
    const found = findCustom(short);
    if (found !== undefined) return found;
  }
  return customByName[name] ?? customByName[`Custom>${name}`];
}

/** The names of all built-in classes that are known. */
export function knownClassNames(): Set<string> {
  loadLater();
  return new Set([...modules.values()].flatMap((table) => [...table.keys()]));
}

/**
 * The registered classes and functions by name: a live dict, which may be added to.
 *
 * @example keras.saving.getCustomObjects().MyLayer = MyLayer;
 */
export function getCustomObjects(): Record<string, unknown> {
  return customByName;
}

/** The name a class or function is registered by, such as `"mine>MyLayer"`; its own where it is not. */
export function getRegisteredName(object: { name: string; prototype?: unknown }): string {
  return customNames.get((object.prototype as object | undefined) ?? object) ?? object.name;
}

/**
 * The class or function of a registered name, or `null`. Scopes come first, then what is registered, then the two dicts.
 *
 * @param customObjects Further objects by name.
 * @param moduleObjects Further objects by name, asked last.
 */
export function getRegisteredObject(
  name: string,
  customObjects?: CustomObjects | null,
  moduleObjects?: CustomObjects | null,
): unknown {
  for (const objects of [...scopes.toReversed(), customByName, customObjects, moduleObjects]) {
    if (objects && Object.hasOwn(objects, name)) return objects[name];
  }
  return null;
}

/**
 * Makes classes and functions known to whatever reads configs, from its construction to its disposal (Python's `with`).
 *
 * @example
 * {
 *   using scope = new keras.saving.CustomObjectScope({ MyLayer });
 *   model = await keras.saving.loadModel("model.keras");
 * }
 * // where `using` is not at hand:
 * const layer = new keras.saving.CustomObjectScope({ MyLayer }).run(() => keras.saving.deserializeKerasObject(config));
 */
export class CustomObjectScope {
  readonly customObjects: CustomObjects;
  readonly #entry: CustomObjects;

  /** @throws InvalidTypeError for anything but a dict of classes and functions by name. */
  constructor(customObjects: CustomObjects | null = {}) {
    if (typeof customObjects !== "object" || Array.isArray(customObjects)) {
      throw new InvalidTypeError("CustomObjectScope: expected a dict of classes and functions by name.");
    }
    this.customObjects = customObjects ?? {};
    this.#entry = { ...this.customObjects };
    scopes.push(this.#entry);
  }

  /** Runs `fn` within the scope and leaves it, also when a promise that `fn` returns settles. */
  run<R>(fn: () => R): R {
    let result: R;
    try {
      result = fn();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    if (result instanceof Promise) return result.finally(() => this[Symbol.dispose]()) as R;
    this[Symbol.dispose]();
    return result;
  }

  /** Leaves the scope. */
  [Symbol.dispose](): void {
    const place = scopes.indexOf(this.#entry);
    if (place >= 0) scopes.splice(place, 1);
  }
}
