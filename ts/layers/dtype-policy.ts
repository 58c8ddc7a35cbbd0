import { floatx } from "../engine/config.js";
import { asDType, type DType } from "../engine/dtype.js";
import { isDict } from "../engine/nest.js";
import { InvalidTypeError, NotImplementedError } from "../errors.js";
import type { Config } from "../saving/serialization.js";

/**
 * The dtype of a layer from what its options hold: a name, the policy of one as configs write it, or nothing.
 *
 * @throws NotImplementedError for mixed precision; InvalidTypeError for what is no dtype.
 */
export function resolveDType(dtype: string | Config | null | undefined, layerName: string): DType {
  if (dtype == null) return floatx();
  const name = isDict(dtype) && dtype.class_name === "DTypePolicy" && isDict(dtype.config) ? dtype.config.name : dtype;
  if (typeof name !== "string") {
    throw new InvalidTypeError(
      `Layer "${layerName}": expected a dtype such as "float32", got ${JSON.stringify(dtype)}.`,
    );
  }
  if (name.startsWith("mixed_")) {
    throw new NotImplementedError(
      `Layer "${layerName}": the dtype policy "${name}" is not supported yet. Use "float32" or "float64".`,
    );
  }
  return asDType(name, `Layer "${layerName}"`);
}

/** A dtype as configs hold it. */
export function dtypePolicy(dtype: DType): Config {
  return { module: "keras", class_name: "DTypePolicy", config: { name: dtype }, registered_name: null };
}
