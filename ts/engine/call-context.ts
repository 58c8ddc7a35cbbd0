/** What the outermost call told the layers inside it. */
export interface CallContext {
  /** The `training` flag in force; `undefined` when nobody said. */
  readonly training: boolean | undefined;
}

const stack: CallContext[] = [];

/** The context of the call going on, or `null` outside of any. */
export function callContext(): CallContext | null {
  return stack.at(-1) ?? null;
}

/** Runs `fn` with a context in force, and takes it away again whatever happens. */
export function withCallContext<R>(context: CallContext, fn: () => R): R {
  stack.push(context);
  try {
    return fn();
  } finally {
    stack.pop();
  }
}
