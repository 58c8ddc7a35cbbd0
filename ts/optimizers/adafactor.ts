import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface AdafactorOptions extends OptimizerOptions {
  /** Exponent of the decay rate `1 - t^beta2Decay` of the second moments. Default -0.8. */
  beta2Decay?: number;
  /** Small number added to squared gradients. Default 1e-30. */
  epsilon1?: number;
  /** Least root mean square of a weight that a step is scaled by. Default 1e-3. */
  epsilon2?: number;
  /** Largest root mean square of an update before it is scaled. Default 1. */
  clipThreshold?: number;
  /** Kept for configs of Keras: a step is never larger than `1 / sqrt(t)` in either case. Default true. */
  relativeStep?: boolean;
}

const rms = (x: Tensor): Tensor => ops.sqrt(ops.mean(ops.square(x)));

/**
 * Adam's second moments in little memory: of a weight with two dimensions or more only the means over rows and columns (of its last two
 * dimensions) are kept, `v = r / mean(r) * c`; steps are scaled by the weight's own size.
 *
 * `u = g / sqrt(v); w -= max(epsilon2, rms(w)) * min(lr, 1 / sqrt(t)) * u / max(1, rms(u) / clipThreshold)`.
 *
 * Source: `keras.optimizers.Adafactor`; [Shazeer and Stern, 2018](https://arxiv.org/abs/1804.04235).
 */
export class Adafactor extends Optimizer {
  readonly beta2Decay: number;
  readonly epsilon1: number;
  readonly epsilon2: number;
  readonly clipThreshold: number;
  readonly relativeStep: boolean;
  readonly #rows: Variable[] = [];
  readonly #columns: Variable[] = [];
  readonly #velocities: Variable[] = [];

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | AdafactorOptions, options?: AdafactorOptions) {
    const {
      beta2Decay = -0.8,
      epsilon1 = 1e-30,
      epsilon2 = 1e-3,
      clipThreshold = 1,
      relativeStep = true,
      ...rest
    } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, ...rest });
    checkRange("Adafactor", "clipThreshold", clipThreshold, Number.MIN_VALUE, Number.POSITIVE_INFINITY);
    this.beta2Decay = beta2Decay;
    this.epsilon1 = epsilon1;
    this.epsilon2 = epsilon2;
    this.clipThreshold = clipThreshold;
    this.relativeStep = relativeStep;
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    for (const variable of variables) {
      const { name, dtype } = variable;
      const shape = variable.shape as number[];
      if (shape.length < 2) {
        // nothing to factor; Keras keeps an integer of the weight's plain name for each, and so do its files
        for (const list of [this.#rows, this.#columns]) {
          const unused = this.addVariable({ name, dtype: "int32" });
          unused.path = name;
          list.push(unused);
        }
      } else {
        this.#rows.push(this.addVariable({ name, dtype, shape: shape.slice(0, -1) }));
        this.#columns.push(this.addVariable({ name, dtype, shape: [...shape.slice(0, -2), shape.at(-1) as number] }));
      }
      this.#velocities.push(this.addVariableFromReference(variable, "velocity"));
    }
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const index = this.indexOf(variable);
    const step = this.localStep(variable.dtype);
    const v = this.#velocities[index] as Variable;
    const rate = ops.minimum(learningRate, ops.rsqrt(step));
    const alpha = ops.multiply(ops.maximum(rms(variable.value), this.epsilon2), rate);
    const squares = ops.add(ops.square(gradient), this.epsilon1);
    const beta2 = ops.subtract(1, ops.power(step, this.beta2Decay));
    const decayed = (old: Variable, now: Tensor) =>
      old.assign(ops.add(ops.multiply(old, beta2), ops.multiply(now, ops.subtract(1, beta2))));
    if (variable.ndim < 2) {
      decayed(v, squares);
    } else {
      const rows = this.#rows[index] as Variable;
      const columns = this.#columns[index] as Variable;
      decayed(rows, ops.mean(squares, -1));
      decayed(columns, ops.mean(squares, -2));
      const share = ops.divide(rows, ops.mean(rows, -1, { keepdims: true }));
      v.assign(ops.multiply(ops.expandDims(share, -1), ops.expandDims(columns, -2)));
    }
    const update = ops.divide(gradient, ops.sqrt(v));
    const clipped = ops.divide(update, ops.maximum(ops.divide(rms(update), this.clipThreshold), 1));
    variable.assignSub(ops.multiply(clipped, alpha));
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      beta_2_decay: this.beta2Decay,
      epsilon_1: this.epsilon1,
      epsilon_2: this.epsilon2,
      clip_threshold: this.clipThreshold,
      relative_step: this.relativeStep,
    };
  }
}
