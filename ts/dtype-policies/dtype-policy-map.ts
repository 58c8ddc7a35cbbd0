import { NotImplementedError, ValueError } from "../errors.js";
import { type Config, serializeKerasObject } from "../saving/serialization.js";
import { DTypePolicy } from "./dtype-policy.js";

/** What a key may have besides plain characters: each of these is one character, or any number of them. */
const ATOM = String.raw`(?:[\w /:,@-]|\\[.\-+*?()[\]{}|^$\\dw]|\.|\[[^\]\\]+\])`;
const PATTERN = new RegExp(`^(?:${ATOM}[*+?]?)*$`);
/** So many repetitions make a pattern slow to match, and more a way to stop a program. */
const MAX_REPEATS = 3;

/** Options of {@link DTypePolicyMap}. */
export interface DTypePolicyMapOptions {
  /** For layers that no key is for. Default: the global policy, `keras.config.dtypePolicy()`. */
  defaultPolicy?: DTypePolicy | string | null;
  /** Policies, or their names, by the paths of layers or patterns. Default: none. */
  policyMap?: Readonly<Record<string, DTypePolicy | string>> | null;
}

/**
 * Policies of layers by their paths: a key is the path of a layer (`"encoder/dense"`), or a pattern that matches whole paths (`"encoder/.*"`).
 *
 * Patterns are regular expressions of single characters (`a`, `.`, `[a-z]`, `\d`), each perhaps with `*`, `+` or `?`, at most three of them.
 *
 * @example
 * const map = keras.dtypePolicies.DTypePolicyMap({ defaultPolicy: "float32" });
 * map.set("encoder/.*", "float64");
 * Source: `keras.dtype_policies.DTypePolicyMap`.
 */
export class DTypePolicyMap extends DTypePolicy {
  /** For layers that no key is for. */
  readonly defaultPolicy: DTypePolicy;
  readonly #given: DTypePolicy | string | null;
  readonly #policies = new Map<string, DTypePolicy>();

  /** @throws ValueError when the default is a map; those of {@link set}. */
  constructor({ defaultPolicy = null, policyMap = null }: DTypePolicyMapOptions = {}) {
    if (defaultPolicy instanceof DTypePolicyMap)
      throw new ValueError("DTypePolicyMap: `defaultPolicy` cannot be a map.");
    const used = defaultPolicy instanceof DTypePolicy ? defaultPolicy : new DTypePolicy(defaultPolicy ?? undefined);
    super(used.name, "DTypePolicyMap", `map_${used.name}`);
    this.#given = defaultPolicy;
    this.defaultPolicy = used;
    for (const [key, policy] of Object.entries(policyMap ?? {})) this.set(key, policy);
  }

  /** How many keys there are. */
  get size(): number {
    return this.#policies.size;
  }

  /** Whether there is this very key. */
  has(key: string): boolean {
    return this.#policies.has(key);
  }

  /** Takes a key out; `false` when it was not there. */
  delete(key: string): boolean {
    return this.#policies.delete(key);
  }

  /** The keys with their policies. */
  [Symbol.iterator](): IterableIterator<[string, DTypePolicy]> {
    return this.#policies.entries();
  }

  /** Puts a key in. @throws ValueError for a key that is there; NotImplementedError for a pattern or a policy that is not supported. */
  set(key: string, policy: DTypePolicy | string): this {
    const who = `DTypePolicyMap["${key}"]`;
    if (this.has(key)) throw new ValueError(`${who}: the key is there already. Delete it first.`);
    if (!PATTERN.test(key) || (key.match(/(?<!\\)[*+?]/g) ?? []).length > MAX_REPEATS) {
      throw new NotImplementedError(
        `${who}: a key must be a path or a pattern of single characters with at most ${MAX_REPEATS} repetitions, such as "encoder/.*".`,
      );
    }
    this.#policies.set(key, typeof policy === "string" ? new DTypePolicy(policy, who) : policy);
    return this;
  }

  /**
   * The policy of a path: that of the very key, else of the pattern that matches, else the default.
   *
   * @throws ValueError when several patterns match.
   */
  get(path: string): DTypePolicy {
    const exact = this.#policies.get(path);
    if (exact !== undefined) return exact;
    const matching = [...this.#policies].filter(([key]) => new RegExp(`^(?:${key})$`).test(path));
    if (matching.length > 1) {
      const keys = matching.map(([key]) => `"${key}"`).join(", ");
      throw new ValueError(
        `Path "${path}" matches multiple dtype policy specification keys: [${keys}]. At most one may match.`,
      );
    }
    return matching[0]?.[1] ?? this.defaultPolicy;
  }

  override policyOf(path: string | null): DTypePolicy {
    return path === null ? this.defaultPolicy : this.get(path);
  }

  override getConfig(): Config {
    return {
      default_policy: serializeKerasObject(this.#given),
      policy_map: Object.fromEntries([...this.#policies].map(([key, policy]) => [key, serializeKerasObject(policy)])),
    };
  }

  override toString(): string {
    const entries = [...this.#policies].map(([key, { name }]) => `('${key}', '${name}')`);
    return `<DTypePolicyMap default_policy=${this.defaultPolicy.name}, mapping=[${entries.join(", ")}]>`;
  }
}
