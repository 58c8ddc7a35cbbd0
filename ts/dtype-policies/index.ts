/** `keras.dtypePolicies`: in which dtypes layers compute and keep their weights. */
import { callable } from "../engine/callable.js";
import { isDict } from "../engine/nest.js";
import { describe } from "../engine/shape.js";
import { InvalidTypeError } from "../errors.js";
import { registerModule } from "../saving/registry.js";
import { type Config, serializeKerasObject } from "../saving/serialization.js";
import { DTypePolicy as DTypePolicyClass } from "./dtype-policy.js";
import { DTypePolicyMap as DTypePolicyMapClass } from "./dtype-policy-map.js";

export type { DTypePolicyMapOptions } from "./dtype-policy-map.js";

registerModule("keras", { DTypePolicy: DTypePolicyClass });
registerModule("keras.dtype_policies", { DTypePolicyMap: DTypePolicyMapClass });

export const DTypePolicy = callable(DTypePolicyClass);
export type DTypePolicy = DTypePolicyClass;
export const DTypePolicyMap = callable(DTypePolicyMapClass);
export type DTypePolicyMap = DTypePolicyMapClass;
/** Keras's older name of {@link DTypePolicy}. */
export { DTypePolicy as FloatDTypePolicy };

/** What layers take as a `dtype`: a policy, its name, its config, or nothing for the global one. */
export type DTypePolicyLike = DTypePolicyClass | string | Config | null | undefined;

/** The config of a policy, as Keras writes it. */
export function serialize(policy: DTypePolicyClass): unknown {
  return serializeKerasObject(policy);
}

/** The policy of a config. @throws InvalidTypeError for the config of something else. */
export function deserialize(config: Config): DTypePolicyClass {
  return fromConfig(config, "dtypePolicies.deserialize");
}

function fromConfig(config: Config, who: string): DTypePolicyClass {
  if (config.class_name === "DTypePolicyMap" && isDict(config.config)) return mapFromConfig(config.config, who);
  const named = ["DTypePolicy", "FloatDTypePolicy"].includes(config.class_name as string) && isDict(config.config);
  if (named) return new DTypePolicyClass((config.config as Config).name as string, who);
  throw new InvalidTypeError(`${who}: expected the config of a DTypePolicy, got ${describe(config)}.`);
}

/**
 * The policy for a name, config or policy; for nothing the global one.
 *
 * @param who Whom errors name.
 * @throws InvalidTypeError for anything else.
 */
export function get(identifier: DTypePolicyLike, who = "dtypePolicies.get"): DTypePolicyClass {
  if (identifier == null) return new DTypePolicyClass();
  if (identifier instanceof DTypePolicyClass) return identifier;
  if (isDict(identifier)) return fromConfig(identifier, who);
  return new DTypePolicyClass(identifier, who);
}

/** A map of policies, which holds no other maps. */
function mapFromConfig({ default_policy: given, policy_map: map }: Config, who: string): DTypePolicyMapClass {
  const plain = (value: unknown): DTypePolicyClass => {
    const policy = get(value as DTypePolicyLike, who);
    if (!(policy instanceof DTypePolicyMapClass)) return policy;
    throw new InvalidTypeError(`${who}: a DTypePolicyMap cannot hold another.`);
  };
  const entries = isDict(map) ? Object.entries(map).map(([key, value]) => [key, plain(value)] as const) : [];
  return new DTypePolicyMapClass({
    defaultPolicy: given == null || typeof given === "string" ? (given ?? null) : plain(given),
    policyMap: Object.fromEntries(entries),
  });
}
