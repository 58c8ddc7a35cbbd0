/** Variables whose first values wait. */
export interface Waiting {
  /** Makes the value that the variable begins with, if it has none yet. */
  makeValue(): void;
}

let waiting: Waiting[] | null = null;

/**
 * Runs `fn` while variables that it makes from initializers have no values yet: whoever makes a model to give it the weights of a file needs
 * neither the time nor the memory for others. A value is made when somebody reads it.
 *
 * @returns What `fn` returned, and `settle`, which makes the values that nobody has given meanwhile.
 */
export function withDeferredValues<R>(fn: () => R): { result: R; settle: () => void } {
  const before = waiting;
  const mine: Waiting[] = [];
  waiting = mine;
  try {
    const result = fn();
    return {
      result,
      settle: () => {
        for (const variable of mine.splice(0)) variable.makeValue();
      },
    };
  } finally {
    waiting = before;
  }
}

/** Lets the value of a variable wait; `false` where values are made at once. */
export function defer(variable: Waiting): boolean {
  waiting?.push(variable);
  return waiting !== null;
}
