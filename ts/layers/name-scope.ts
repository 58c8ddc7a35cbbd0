import { inPart } from "../engine/trace.js";

/**
 * The layers being built or called, outermost first: their names become the paths of weights (`sequential/dense/kernel`).
 */
const stack: { name: string; caller: object }[] = [];

/** Runs `fn` inside a layer's scope. A layer that is innermost already does not appear twice. */
export function withNameScope<R>(name: string, caller: object, fn: () => R): R {
  const top = stack.at(-1);
  if (top !== undefined && top.caller === caller && top.name === name) return fn();
  stack.push({ name, caller });
  try {
    return inPart(name, fn);
  } finally {
    stack.pop();
  }
}

/** The names of the scopes, joined by slashes. */
export function currentPath(): string {
  return stack.map((scope) => scope.name).join("/");
}
