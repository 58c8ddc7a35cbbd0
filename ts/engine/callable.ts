import { inspect } from "node:util";
import { InvalidTypeError, KeroseneError } from "../errors.js";

/**
 * Instances that can be called and classes that need no `new`.
 *
 * Keras writes `Dense(64)(x)`. In JavaScript an object that can be called must be a function, so the base constructor makes one
 * and gives it the class's prototype. The function's own `name` and `length` are deleted: layers have a `name` of their own.
 * `Function.prototype` is no longer in the chain, which leaves `call` free for Keras's `call`.
 */
export abstract class Callable {
  constructor() {
    const self = ((...args: unknown[]) => (self as unknown as Callable).invoke(...args)) as unknown as {
      name?: string;
      length?: number;
    };
    delete self.name;
    delete self.length;
    Object.setPrototypeOf(self, new.target.prototype);
    // biome-ignore lint/correctness/noConstructorReturn: the function is the instance; this is the point of the class.
    return self as unknown as this;
  }

  /** What `instance(...args)` does (Python's `__call__`). */
  abstract invoke(...args: unknown[]): unknown;

  toString(): string {
    return `<${this.constructor.name}>`;
  }

  /** @internal What `console.log` shows. */
  [inspect.custom](): string {
    return this.toString();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the shape of "any class"; ConstructorParameters asks for it.
type AnyClass = abstract new (...args: any[]) => unknown;

/** A class that can also be called without `new`. */
export type CallableClass<C extends AnyClass> = C & ((...args: ConstructorParameters<C>) => InstanceType<C>);

/**
 * Lets `Class(...)` mean `new Class(...)`. Static members, `instanceof` and `extends` work as on the class itself. Errors in making an object
 * name its class.
 *
 * Classes with several constructor overloads cast the result to their own call signatures, since TypeScript only sees the last one.
 */
export function callable<C extends AnyClass>(Class: C): CallableClass<C> {
  return new Proxy(Class, {
    apply: (target, _self, args: unknown[]) => make(target as unknown as Constructor, args),
    construct: (target, args: unknown[], made) => make(target as unknown as Constructor, args, made as Constructor),
  }) as CallableClass<C>;
}

type Constructor = new (...args: unknown[]) => object;

/** By class: the place of the options among the arguments, see {@link optionsPlace}. */
const places = new Map<Constructor, number>();

/**
 * The place of the first parameter of a constructor that is written as `{ axis = -1, ...options }` or `options = {}`; -1 where there is none.
 * A class without a constructor has its parent's.
 */
function optionsPlace(Class: Constructor): number {
  for (let at: unknown = Class; typeof at === "function"; at = Object.getPrototypeOf(at)) {
    const text = Function.prototype.toString.call(at);
    const start = /[{};\n]\s*constructor\(/.exec(text);
    if (start === null) continue;
    let [place, depth, parameter] = [0, 0, ""];
    for (const c of text.slice(start.index + start[0].length)) {
      if (c.trim() !== "") parameter += c;
      if (depth === 0 && (parameter === "{" || parameter.endsWith("={"))) return place;
      if ("([{".includes(c)) depth++;
      if (")]}".includes(c) && depth-- === 0) return -1;
      if (c === "," && depth === 0) [place, parameter] = [place + 1, ""];
    }
  }
  return -1;
}

/** Refuses a bare value where options stand: JavaScript would take it apart, find nothing, and leave everything at its default. */
function checkOptions(target: Constructor, args: readonly unknown[], made: Constructor): void {
  if (!args.some(isBare)) return;
  const place = places.get(target) ?? optionsPlace(target);
  places.set(target, place);
  if (!isBare(args[place])) return;
  throw new InvalidTypeError(
    `${made.name}: expected options by name, such as { name: "…" }, as argument ${place + 1}. Received: ${String(args[place])}`,
  );
}

const isBare = (x: unknown): boolean => typeof x === "number" || typeof x === "boolean" || typeof x === "string";

function make(target: Constructor, args: unknown[], made = target): object {
  checkOptions(target, args, made);
  try {
    return Reflect.construct(target, args, made);
  } catch (error) {
    if (error instanceof KeroseneError && !error.message.includes(made.name)) {
      error.addContext(`\nwhile making ${made.name}`);
    }
    throw error;
  }
}
