import { ValueError } from "../errors.js";

/** The values of a {@link Config} are read and set as fields of their own. */
interface Values {
  [name: string]: unknown;
}

const frozenError = (): ValueError => new ValueError("Cannot mutate attribute(s) because the config is frozen.");

class ConfigBase {
  #values: Values;
  #frozen = false;

  constructor(values: Values = {}) {
    this.#values = { ...values };
    // biome-ignore lint/correctness/noConstructorReturn: fields are read and set by any name; this is the point of the class.
    return new Proxy(this, {
      get: (target, name) => {
        if (typeof name === "string" && Object.hasOwn(target.#values, name)) return target.#values[name];
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
      set: (target, name, value) => {
        if (target.#frozen) throw frozenError();
        if (typeof name !== "string" || name in ConfigBase.prototype) {
          throw new ValueError(`Config: \`${String(name)}\` cannot be a name: the config itself has it.`);
        }
        target.#values[name] = value;
        return true;
      },
      deleteProperty: (target, name) => {
        if (target.#frozen) throw frozenError();
        return delete target.#values[String(name)];
      },
      has: (target, name) => typeof name === "string" && Object.hasOwn(target.#values, name),
      ownKeys: (target) => Object.keys(target.#values),
      getOwnPropertyDescriptor: (target, name) => {
        if (!Object.hasOwn(target.#values, name)) return undefined;
        return { value: target.#values[String(name)], enumerable: true, configurable: true, writable: true };
      },
    });
  }

  /** Whether {@link freeze} was called. */
  get frozen(): boolean {
    return this.#frozen;
  }

  /** From here on, setting or deleting a value is an error. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Takes {@link freeze} back. */
  unfreeze(): void {
    this.#frozen = false;
  }

  /** The values as a dict of its own. */
  asDict(): Record<string, unknown> {
    return { ...this.#values };
  }

  /** The values as JSON. */
  toJson(): string {
    return JSON.stringify(this.#values);
  }

  /** For `JSON.stringify`. */
  toJSON(): Record<string, unknown> {
    return this.asDict();
  }

  keys(): string[] {
    return Object.keys(this.#values);
  }

  values(): unknown[] {
    return Object.values(this.#values);
  }

  items(): [string, unknown][] {
    return Object.entries(this.#values);
  }

  /** Sets several values. @throws ValueError when it is frozen. */
  update(values: Readonly<Record<string, unknown>>): void {
    if (this.#frozen) throw frozenError();
    Object.assign(this.#values, values);
  }

  /** Takes a value out; `fallback` where there is none. @throws ValueError when it is frozen, or there is neither. */
  pop(name: string, fallback?: unknown): unknown {
    if (this.#frozen) throw frozenError();
    if (!Object.hasOwn(this.#values, name)) {
      if (fallback !== undefined) return fallback;
      throw new ValueError(`Config: there is no value ${JSON.stringify(name)}. Known: ${this.keys().join(", ")}.`);
    }
    const value = this.#values[name];
    delete this.#values[name];
    return value;
  }
}

/**
 * Named values that are read and set as fields, can be frozen, and turn into a dict or JSON.
 *
 * @example
 * const config = new keras.utils.Config({ learningRate: 0.1 });
 * config.seed = 123;
 * config.freeze();
 * config.toJson(); // {"learningRate":0.1,"seed":123}
 * @throws ValueError when a frozen config is changed.
 * Source: `keras.utils.Config`.
 */
// biome-ignore lint/suspicious/noExplicitAny: values have the types that the caller gives them.
export type Config = ConfigBase & { [name: string]: any };
export const Config = ConfigBase as unknown as new (values?: Readonly<Record<string, unknown>>) => Config;
