import type { Variable } from "../engine/variable.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { type Config, deserializeKerasObject, serializeKerasObject } from "../saving/serialization.js";
import { LossScaleOptimizer } from "./loss-scale-optimizer.js";
import { Optimizer } from "./optimizer.js";

/**
 * @internal Refuses what cannot be one of several optimizers.
 *
 * @throws InvalidTypeError for something that is no optimizer; ValueError for a LossScaleOptimizer.
 */
export function checkMember(who: string, optimizer: unknown): asserts optimizer is Optimizer {
  if (!(optimizer instanceof Optimizer)) {
    throw new InvalidTypeError(`${who}: expected an optimizer. Received: ${String(optimizer)}`);
  }
  if (optimizer instanceof LossScaleOptimizer) {
    throw new ValueError(
      `${who}: a LossScaleOptimizer cannot be one of several optimizers; wrap them all in one instead.`,
    );
  }
}

/**
 * Which optimizer each variable has: that of its path, else that of the only regular expression which matches the whole path, else the
 * default. `"encoder/.*"` means all layers in `encoder`, `"encoder"` only a variable of that very path.
 *
 * @example
 * const map = OptimizerMap(optimizers.SGD());
 * map.set("encoder/.*", optimizers.Adam());
 *
 * Source: `keras.optimizers.OptimizerMap`.
 */
export class OptimizerMap {
  readonly defaultOptimizer: Optimizer;
  readonly #optimizers = new Map<string, Optimizer>();

  /**
   * @param defaultOptimizer For variables that nothing matches.
   * @param optimizerMap Optimizers by path or pattern.
   */
  constructor(
    defaultOptimizer: Optimizer,
    optimizerMap: ReadonlyMap<string, Optimizer> | Readonly<Record<string, Optimizer>> = {},
  ) {
    checkMember("OptimizerMap: `defaultOptimizer`", defaultOptimizer);
    this.defaultOptimizer = defaultOptimizer;
    const entries = optimizerMap instanceof Map ? optimizerMap : Object.entries(optimizerMap ?? {});
    for (const [pattern, optimizer] of entries) this.set(pattern, optimizer);
  }

  /** The optimizer for a path. @throws ValueError where several patterns match. */
  get(path: string): Optimizer {
    const exact = this.#optimizers.get(path);
    if (exact) return exact;
    const found = [...this.#optimizers.keys()].filter((pattern) => new RegExp(`^(?:${pattern})$`).test(path));
    if (found.length > 1) {
      throw new ValueError(`OptimizerMap: several patterns match the variable "${path}": ${found.join(", ")}.`);
    }
    return this.#optimizers.get(found[0] as string) ?? this.defaultOptimizer;
  }

  /** The optimizer for a variable. */
  of(variable: Variable): Optimizer {
    return this.get(variable.path);
  }

  /** Gives a path or pattern its optimizer. @throws ValueError for one that has one already, or is no regular expression. */
  set(pattern: string, optimizer: Optimizer): this {
    if (typeof pattern !== "string") {
      throw new ValueError(`OptimizerMap: expected a path or pattern. Received: ${String(pattern)}`);
    }
    if (this.#optimizers.has(pattern)) {
      throw new ValueError(
        `OptimizerMap: "${pattern}" has an optimizer already. Delete it before you set another one.`,
      );
    }
    checkMember(`OptimizerMap: "${pattern}"`, optimizer);
    try {
      new RegExp(pattern);
    } catch (error) {
      throw new ValueError(`OptimizerMap: "${pattern}" is no regular expression.`, { cause: error });
    }
    this.#optimizers.set(pattern, optimizer);
    return this;
  }

  /** Takes a pattern away. Returns whether there was one. */
  delete(pattern: string): boolean {
    return this.#optimizers.delete(pattern);
  }

  /** Number of patterns. */
  get size(): number {
    return this.#optimizers.size;
  }

  /** The patterns. */
  keys(): IterableIterator<string> {
    return this.#optimizers.keys();
  }

  /** Their optimizers. */
  values(): IterableIterator<Optimizer> {
    return this.#optimizers.values();
  }

  [Symbol.iterator](): IterableIterator<[string, Optimizer]> {
    return this.#optimizers[Symbol.iterator]();
  }

  /** As Keras saves it. */
  getConfig(): Config {
    return {
      default_optimizer: serializeKerasObject(this.defaultOptimizer),
      optimizer_map: serializeKerasObject(Object.fromEntries(this.#optimizers)),
    };
  }

  /** A map from what {@link getConfig} gave. */
  static fromConfig(config: Config): OptimizerMap {
    return new OptimizerMap(
      deserializeKerasObject(config.default_optimizer) as Optimizer,
      (deserializeKerasObject(config.optimizer_map) ?? {}) as Record<string, Optimizer>,
    );
  }
}
