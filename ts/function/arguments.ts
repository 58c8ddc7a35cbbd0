import { isTypedArray } from "../engine/dtype.js";
import { isDict, mapStructure, type Structure } from "../engine/nest.js";
import { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, StateError } from "../errors.js";

/** Numbers for objects that are told apart by identity. */
const identities = new WeakMap<object, number>();
let objects = 0;

function identity(value: object): number {
  let number = identities.get(value);
  if (number === undefined) {
    number = objects++;
    identities.set(value, number);
  }
  return number;
}

/** The tensors among the arguments of a call, and text that is equal for calls that one recording serves. */
export interface CallSignature {
  readonly tensors: readonly Tensor[];
  readonly key: string;
}

/**
 * Looks at the arguments of a call: lists and dicts by structure, tensors by dtype and shape, numbers, strings and the like by value, everything
 * else (models, variables, functions) by identity.
 *
 * @param who The function, for errors.
 * @param tensorKey What tells tensors apart.
 */
export function signatureOf(who: string, args: readonly unknown[], tensorKey = specKey): CallSignature {
  const tensors: Tensor[] = [];
  const describe = (part: unknown): string => {
    if (part instanceof Tensor) {
      if (part.trace !== null) {
        throw new StateError(
          `${who}: a traced tensor was used outside the function that made it. Return it from that function, or keep state that outlives a call in a Variable.`,
        );
      }
      tensors.push(part);
      return tensorKey(part);
    }
    if (Array.isArray(part)) return `[${part.map(describe).join()}]`;
    if (isTypedArray(part)) {
      throw new InvalidTypeError(
        `${who}: a typed array cannot be an argument: its numbers would be recorded as constants. Make a tensor of it: keras.tensor(array, { shape }).`,
      );
    }
    if (isDict(part)) {
      const keys = Object.keys(part).sort();
      return `{${keys.map((key) => `${JSON.stringify(key)}:${describe(part[key])}`).join()}}`;
    }
    if (typeof part === "string") return JSON.stringify(part);
    if (typeof part === "function" || (typeof part === "object" && part !== null)) return `#${identity(part)}`;
    return Object.is(part, -0) ? "-0" : `${String(part)}${typeof part === "bigint" ? "n" : ""}`;
  };
  const key = args.map(describe).join();
  return { tensors, key };
}

/** Text that is equal for calls that differ in the lengths of their tensors' axes alone. */
export function openKey(who: string, args: readonly unknown[]): string {
  return signatureOf(who, args, ({ dtype, ndim }) => `${dtype}[${ndim}]`).key;
}

const specKey = (tensor: Tensor): string => tensor.spec.key;

/** The arguments with others in the place of their tensors, in the order of {@link signatureOf}. */
export function withTensors(args: readonly unknown[], tensors: readonly Tensor[]): unknown[] {
  let next = 0;
  const replace = (part: unknown): unknown => (part instanceof Tensor ? tensors[next++] : part);
  return args.map((arg) => mapStructure(arg as Structure<unknown>, replace));
}
