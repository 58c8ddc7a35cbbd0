/** The typed errors of this library. Each message says who complains, what was expected, what came, and what to do. */

/** The base of every error this library throws on purpose. */
export class KeroseneError extends Error {
  override name = "KeroseneError";
}

/** A value, shape, axis or name that does not fit (Python's `ValueError`). */
export class ValueError extends KeroseneError {
  override name = "ValueError";
}

/** An argument or dtype of the wrong type (Python's `TypeError`); exported as `errors.TypeError`. */
export class InvalidTypeError extends KeroseneError {
  override name = "TypeError";
}

/** Something Keras has and this library does not do (yet), or a method that a subclass owes. */
export class NotImplementedError extends KeroseneError {
  override name = "NotImplementedError";
}

/** An operation at a moment when it cannot work: a model that is not compiled, a tensor that was disposed, a value inside a trace. */
export class StateError extends KeroseneError {
  override name = "StateError";
}

/** A broken promise inside this library. Please report it. */
export class InternalError extends KeroseneError {
  override name = "InternalError";
}

export { InvalidTypeError as TypeError };

const kinds: Record<string, new (message: string) => KeroseneError> = {
  ValueError,
  TypeError: InvalidTypeError,
  NotImplementedError,
  StateError,
  InternalError,
};

/**
 * Turns what the native addon threw into one of the typed errors above, starting the stack at the caller.
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
  const typed = new (kinds[kind] ?? ValueError)(context === "" ? message : `${message} ${context}`);
  Error.captureStackTrace?.(typed, fromNative);
  return typed;
}
