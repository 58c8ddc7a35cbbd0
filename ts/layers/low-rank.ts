import { positiveInteger } from "../engine/positive-integer.js";
import { describe, type Shape } from "../engine/shape.js";
import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { NotImplementedError, StateError, ValueError } from "../errors.js";
import type * as initializers from "../initializers/index.js";
import * as ops from "../ops/index.js";
import type { Config } from "../saving/serialization.js";
import { Layer, type LayerOptions } from "./layer.js";
import { settingsOf } from "./weight-settings.js";
import { numberedLoads, type Store } from "./weights.js";

/** Options of layers whose main weight can be adapted by a product of low rank. */
export interface LowRankOptions {
  /** Adapts the main weight by a product of this rank, as {@link LowRankLayer.enableLora}, as soon as the layer is built. Default: not. */
  loraRank?: number | null;
  /** The product counts `loraAlpha / loraRank`. Default: `loraRank`, which is 1. Only together with `loraRank`. */
  loraAlpha?: number | null;
}

/** Options of {@link LowRankLayer.enableLora}. */
export interface EnableLoraOptions {
  /** The product counts `loraAlpha / rank`. Default: `rank`, which is 1. */
  loraAlpha?: number | null;
  /** Default `"he_uniform"`. */
  aInitializer?: initializers.InitializerLike;
  /** Default `"zeros"`: at first nothing changes. */
  bInitializer?: initializers.InitializerLike;
}

/** The two factors of a product of low rank. */
interface Factors {
  readonly a: Variable;
  readonly b: Variable;
}

/**
 * A layer whose main weight W can be frozen and adapted by `W + alpha / rank · A · B`, of which only A `(…, rank)` and B
 * `(rank, outputs)` are trained ("LoRA").
 *
 * Files have the adapted weight alone, as Keras's: a model with or without adaptation can load them.
 *
 * Source: `enable_lora` of Keras's layers; Hu et al., https://arxiv.org/abs/2106.09685.
 */
export abstract class LowRankLayer extends Layer {
  #weight: Variable | null = null;
  #rank: number | null = null;
  #alpha: number | null = null;
  #factors: Factors | null = null;

  /** @throws ValueError for a rank that is no positive integer, an alpha that is no number, or where there is nothing to adapt. */
  constructor({ loraRank, loraAlpha, ...options }: LayerOptions & LowRankOptions) {
    super(options);
    if (loraRank == null && loraAlpha == null) return;
    if (this.mainWeight === null) throw this.#nothingToAdapt();
    if (loraRank == null) {
      throw new ValueError(
        `${this.className}: \`loraAlpha\` needs a \`loraRank\`. Received: loraAlpha=${describe(loraAlpha)}`,
      );
    }
    this.#setRank(loraRank, loraAlpha);
  }

  /** The name of the weight that can be adapted, and of its settings; `null`: none can. */
  protected get mainWeight(): "kernel" | "embeddings" | null {
    return null;
  }

  #nothingToAdapt(): NotImplementedError {
    return new NotImplementedError(
      `Layer "${this.name}" (${this.className}) has no low-rank adaptation, in Keras neither: Dense, EinsumDense, Embedding, Conv1D, ` +
        "Conv2D and Conv3D have. Leave `loraRank` and `loraAlpha` out.",
    );
  }

  #setRank(rank: unknown, alpha: unknown): void {
    const checked = positiveInteger(`Layer "${this.name}" (${this.className})`, "loraRank", rank);
    if (alpha != null && !Number.isFinite(alpha)) {
      throw new ValueError(
        `Layer "${this.name}" (${this.className}): \`loraAlpha\` must be a number. Received: loraAlpha=${describe(alpha)}`,
      );
    }
    this.#rank = checked;
    this.#alpha = (alpha as number | null | undefined) ?? checked;
  }

  /** Makes the weight that can be adapted. @param initializer Instead of the one in the settings. */
  protected addMainWeight(shape: Shape, initializer?: initializers.InitializerLike): Variable {
    const name = this.mainWeight as "kernel";
    const settings = settingsOf(this as never, name);
    this.#weight = this.addWeight({ name, shape, ...settings, ...(initializer === undefined ? {} : { initializer }) });
    return this.#weight;
  }

  /**
   * The main weight with its adaptation, where there is one: what `call` computes with, and Keras's `kernel` of an adapted layer. `null`
   * before the layer is built.
   */
  get adaptedWeight(): Tensor | Variable | null {
    if (this.#factors === null || this.#weight === null) return this.#weight;
    const { a, b } = this.#factors;
    const change = ops.matmul(a, b).multiply((this.#alpha as number) / (this.#rank as number));
    return ops.add(this.#weight, change).cast(this.computeDtype);
  }

  /** Whether the main weight is frozen and adapted. */
  get loraEnabled(): boolean {
    return this.#factors !== null;
  }
  /** The rank of the adaptation, `null` without one. */
  get loraRank(): number | null {
    return this.#rank;
  }
  /** The adaptation counts `loraAlpha / loraRank`; `null` without one. */
  get loraAlpha(): number | null {
    return this.#alpha;
  }
  /** The first factor of the kernel's adaptation, `null` without one. */
  get loraKernelA(): Variable | null {
    return this.mainWeight === "kernel" ? this.loraA : null;
  }
  /** The second factor of the kernel's adaptation, `null` without one. */
  get loraKernelB(): Variable | null {
    return this.mainWeight === "kernel" ? this.loraB : null;
  }
  /** The first factor of the adaptation, `null` without one. */
  protected get loraA(): Variable | null {
    return this.#factors?.a ?? null;
  }
  /** The second factor of the adaptation, `null` without one. */
  protected get loraB(): Variable | null {
    return this.#factors?.b ?? null;
  }

  /**
   * Freezes the main weight, and adapts it by a product of two small matrices that are trained instead. Compile the model afterwards.
   *
   * @param rank The number of columns of the first and of rows of the second matrix.
   * @throws NotImplementedError where there is no weight to adapt; StateError before the layer is built or where it is adapted already;
   *   ValueError for a weight with a constraint, and for a rank that is no positive integer.
   */
  enableLora(
    rank: number,
    { loraAlpha = null, aInitializer = "he_uniform", bInitializer = "zeros" }: EnableLoraOptions = {},
  ): void {
    const name = this.mainWeight;
    if (name === null) throw this.#nothingToAdapt();
    const who = `Layer "${this.name}" (${this.className})`;
    const { constraint, regularizer } = settingsOf(this as never, name);
    if (constraint !== null) {
      throw new ValueError(
        `${who}: lora is incompatible with ${name} constraints. Leave \`${name}Constraint\` out to enable it.`,
      );
    }
    const weight = this.#weight;
    if (!this.built || weight === null)
      throw new StateError(`${who}: cannot enable lora on a layer that isn't yet built.`);
    if (this.#factors !== null) {
      throw new StateError(`${who}: lora is already enabled. This can only be done once per layer.`);
    }
    this.#setRank(rank, loraAlpha);
    const factor = (part: string, shape: Shape, initializer: initializers.InitializerLike): Variable =>
      this.addWeight({ name: `lora_${name}_${part}`, shape, initializer, regularizer, dtype: "float32" });
    const [rows, columns] = [weight.shape.slice(0, -1), weight.shape.at(-1) as number];
    this.unlocked(() => {
      this.#factors = { a: factor("a", [...rows, rank], aInitializer), b: factor("b", [rank, columns], bInitializer) };
    });
    weight.trainable = false;
  }

  override markBuilt(shapes: readonly unknown[] | null): void {
    super.markBuilt(shapes);
    if (this.#rank === null || this.#weight === null || this.#factors !== null) return;
    this.enableLora(this.#rank, { loraAlpha: this.#alpha });
  }

  // ---- files ----

  /** Its weights but the factors: the main weight is filed as it is adapted. */
  override get filedVariables(): readonly Variable[] {
    return this.ownVariables.filter((one) => one !== this.#factors?.a && one !== this.#factors?.b);
  }

  override saveOwnVariables(store: Store): void {
    super.saveOwnVariables(store);
    if (this.#factors === null) return;
    const weight = this.#weight as Variable;
    store[this.filedVariables.indexOf(weight)] = ops.cast(this.adaptedWeight as Tensor, weight.dtype);
  }

  override loadOwnVariables(store: Readonly<Store>): void {
    super.loadOwnVariables(store);
    // Of the factors only b: the product is 0 then, and training can still move it.
    if (this.#factors !== null) this.#factors.b.assign(ops.zerosLike(this.#factors.b));
  }

  override getConfig(): Config {
    const lora = this.#rank === null ? {} : { lora_rank: this.#rank, lora_alpha: this.#alpha };
    return { ...super.getConfig(), ...lora };
  }
}

numberedLoads.add(LowRankLayer.prototype.loadOwnVariables);
