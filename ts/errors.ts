/** The typed errors of this library. Each message says who complains, what was expected, what came, and what to do. */
import { fileURLToPath } from "node:url";

/** Where this library's own code lies, as frames of modules name it, and those of CommonJS. */
const folder = new URL(".", import.meta.url);
const inside = [folder.href, fileURLToPath(folder)];
const isInside = (frame: string) => inside.some((path) => frame.includes(path));

/** Gives a class of errors its name: on the prototype, so that it heads the stack and is no field of every error. */
function named(Class: new () => Error, name: string): void {
  Object.defineProperty(Class.prototype, "name", { value: name, configurable: true, writable: true });
}

/** The base of every error this library throws on purpose. Its stack starts at the caller's line. */
export class KeroseneError extends Error {
  static {
    named(KeroseneError, "KeroseneError");
  }

  constructor(message?: string, options?: ErrorOptions) {
    // Ten frames, V8's default, often end before the caller's code is reached.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Math.max(limit, 100);
    super(message, options);
    Error.stackTraceLimit = limit;
    // A broken promise inside the library is told with all of its frames.
    if (new.target.prototype.name !== "InternalError") this.stack = callersStack(this.stack, limit);
  }

  /** Adds words to the message, also where the stack repeats it: which layer it was, with which inputs. */
  addContext(text: string): this {
    const before = `${this.name}: ${this.message}`;
    this.message += text;
    this.stack = this.stack?.replace(before, () => before + text);
    return this;
  }
}

/** Whether an error that is none of ours was thrown by code of this library: it was given what nobody had thought of. */
export function isStumble(error: unknown): error is TypeError {
  if (!(error instanceof TypeError) || error instanceof KeroseneError) return false;
  const first = error.stack?.split("\n    at ").find((frame, i) => i > 0 && !frame.includes("<anonymous>"));
  return first !== undefined && isInside(first);
}

/** The stack without this library's own frames; the whole of it where nothing else is there. */
function callersStack(stack: string | undefined, limit: number): string | undefined {
  const [head, ...frames] = stack?.split("\n    at ") ?? [];
  const outside = frames.filter((frame) => !isInside(frame));
  // What the library calls of the language, such as Array.map, comes before the caller's first frame.
  const first = outside.findIndex((frame) => !frame.includes("<anonymous>"));
  return first < 0 ? stack : [head, ...outside.slice(first, first + limit)].join("\n    at ");
}

/** A value, shape, axis or name that does not fit (Python's `ValueError`). */
export class ValueError extends KeroseneError {
  static {
    named(ValueError, "ValueError");
  }
}

/** An index where there is nothing: outside of an axis, a list or a range of classes (Python's `IndexError`). */
export class IndexError extends ValueError {
  static {
    named(IndexError, "IndexError");
  }
}

/** An argument or dtype of the wrong type (Python's `TypeError`); exported as `errors.TypeError`. */
export class InvalidTypeError extends KeroseneError {
  static {
    named(InvalidTypeError, "TypeError");
  }
}

/** Something Keras has and this library does not do (yet), or a method that a subclass owes. */
export class NotImplementedError extends KeroseneError {
  static {
    named(NotImplementedError, "NotImplementedError");
  }
}

/**
 * An operation at a moment when it cannot work: a model that is not compiled, a tensor that was disposed, a value inside a trace. Keras
 * raises a `ValueError` for most of them, and so this is one.
 */
export class StateError extends ValueError {
  static {
    named(StateError, "StateError");
  }
}

/**
 * More memory than the machine or a device has, or than `keras.config.setMemoryLimit` allows (TensorFlow's `ResourceExhaustedError`). What was
 * under way has changed nothing: the process, the model and its variables go on working.
 */
export class ResourceExhaustedError extends KeroseneError {
  static {
    named(ResourceExhaustedError, "ResourceExhaustedError");
  }
}

/** A broken promise inside this library. Please report it. */
export class InternalError extends KeroseneError {
  static {
    named(InternalError, "InternalError");
  }
}

export { InvalidTypeError as TypeError };

const kinds: Record<string, new (message: string) => KeroseneError> = {
  ValueError,
  IndexError,
  TypeError: InvalidTypeError,
  NotImplementedError,
  StateError,
  ResourceExhaustedError,
  InternalError,
};

/**
 * Turns what the native addon threw into one of the typed errors above.
 *
 * The addon's messages begin with the class they should have (`"ValueError: …"`); others become a `ValueError`.
 *
 * @param error What was thrown.
 * @param context Words added to the message, such as the op's name and the shapes it got.
 */
export function fromNative(error: unknown, context = ""): KeroseneError {
  if (error instanceof KeroseneError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, kind = "ValueError", message = text] = /^(\w+Error): ([\s\S]*)$/.exec(text) ?? [];
  return new (kinds[kind] ?? ValueError)(context === "" ? message : `${message} ${context}`);
}
