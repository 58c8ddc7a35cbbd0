import { isDict } from "../engine/nest.js";
import { InvalidTypeError } from "../errors.js";
import { hasOperation, isOperationModule, unknownOperation } from "./operations.js";
import { findBuiltin, findCustom } from "./registry.js";
import { isPlainClass, locate, unknownClass } from "./serialization.js";

/** A class of a config that is not known, and where it stands. */
interface Unknown {
  readonly className: string;
  readonly path: string;
  /** The module of an op; `null` for a class. */
  readonly operation: string | null;
}

/**
 * Refuses a config with classes that are not known, all of them at once. What is inside the configs of classes of users is theirs.
 *
 * @param who What the config is, at the beginning of the error.
 * @throws InvalidTypeError listing every unknown class with its places.
 */
export function checkClasses(config: unknown, who: string): void {
  const unknown: Unknown[] = [];
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) {
      for (const [i, part] of value.entries()) visit(part, `${path}[${i}]`);
      return;
    }
    if (!isDict(value)) return;
    const { class_name: className, module } = value;
    if (typeof className === "string" && "config" in value) {
      if (isPlainClass(className) || className === "function") return;
      const isOperation = isOperationModule(module) && findCustom(className) === undefined;
      if (isOperation && hasOperation(module, className)) return;
      if (isOperation || locate(value, className) === undefined) {
        const name = (value.config as { name?: unknown } | null)?.name;
        unknown.push({
          className,
          path: typeof name === "string" ? `${path} (${JSON.stringify(name)})` : path,
          operation: isOperation ? module : null,
        });
        return;
      }
      const custom = findCustom(value.registered_name as string | null) ?? findCustom(className);
      if (custom !== undefined && custom !== findBuiltin(module as string | null, className)) return;
    }
    for (const [key, part] of Object.entries(value)) visit(part, path === "" ? key : `${path}.${key}`);
  };
  visit(config, "");
  const [first] = unknown;
  if (first === undefined) return;
  const { className, operation } = first;
  const error = operation === null ? unknownClass(className) : unknownOperation(operation, className);
  if (unknown.length === 1) throw error.addContext(`\nat ${first.path || "the root"} of ${who}`);
  const names = [...new Set(unknown.map(({ className }) => className))];
  throw new InvalidTypeError(
    `${who}: ${unknown.length} objects are of classes that could not be located.\n` +
      `${unknown.map(({ className, path }) => `  ${className} at ${path}`).join("\n")}\n` +
      `Pass your own in customObjects: { ${names.join(", ")} }, or register them with keras.saving.registerKerasSerializable().`,
  );
}
