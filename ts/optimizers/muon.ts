import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import * as ops from "../ops/index.js";
import { adamStep } from "./adam-step.js";
import { Optimizer } from "./optimizer.js";
import { checkRange, type LearningRate, mergeOptions, type OptimizerOptions } from "./options.js";

export interface MuonOptions extends OptimizerOptions {
  /** Weight decay of the matrices that Muon steps on. Default 0.004. */
  weightDecay?: number | null;
  /** Weight decay of all other weights, which AdamW steps on. Default 0.004. */
  adamWeightDecay?: number | null;
  /** AdamW's decay rate of the first moment. Default 0.9. */
  adamBeta1?: number;
  /** AdamW's decay rate of the second moment. Default 0.999. */
  adamBeta2?: number;
  /** AdamW's small number against division by zero. Default 1e-7. */
  epsilon?: number;
  /** AdamW's learning rate in terms of Muon's. Default 1. */
  adamLrRatio?: number;
  /** Regular expressions: weights in whose path one is found are AdamW's, such as those of the last layer. Default none. */
  excludeLayers?: readonly string[] | null;
  /** Whether weights with "embedding" in their path are AdamW's. Default true. */
  excludeEmbeddings?: boolean;
  /** Coefficient of `x` in a step of the iteration. Default 3.4445. */
  muonA?: number;
  /** Coefficient of the third power. Default -4.775. */
  muonB?: number;
  /** Coefficient of the fifth power. Default 2.0315. */
  muonC?: number;
  /** How much of the last step is kept. Default 0.95. */
  momentum?: number;
  /** Steps of the Newton-Schulz iteration. Default 5. */
  nsSteps?: number;
  /** Whether to look ahead along the momentum. Default true. */
  nesterov?: boolean;
  /** Root mean square that updates are scaled to, so that rates and decays fit both halves; `null`: not scaled. Default 0.2. */
  rmsRate?: number | null;
}

/**
 * Momentum made orthogonal: weights with two dimensions step along the matrix nearest to their momentum whose singular values are all
 * about 1 (by a Newton-Schulz iteration of fifth order); all others, and the excluded ones, step by AdamW.
 *
 * `m = momentum * m + g; w -= lr * orthogonal(g + momentum * m) * rmsRate * sqrt(max(rows, columns))`.
 *
 * Source: `keras.optimizers.Muon`; [Jordan](https://github.com/KellerJordan/Muon), [Liu et al., 2025](https://arxiv.org/abs/2502.16982).
 */
export class Muon extends Optimizer {
  readonly adamBeta1: number;
  readonly adamBeta2: number;
  readonly adamWeightDecay: number | null;
  readonly epsilon: number;
  readonly excludeLayers: readonly string[];
  readonly excludeEmbeddings: boolean;
  readonly muonA: number;
  readonly muonB: number;
  readonly muonC: number;
  readonly adamLrRatio: number;
  readonly momentum: number;
  readonly nsSteps: number;
  readonly nesterov: boolean;
  readonly rmsRate: number | null;
  readonly #momentums: Variable[] = [];
  /** Only of weights that are AdamW's. */
  readonly #velocities = new Map<Variable, Variable>();

  /** @param learningRate Step size, default 0.001; or all options. */
  constructor(learningRate?: LearningRate | MuonOptions, options?: MuonOptions) {
    const {
      adamBeta1 = 0.9,
      adamBeta2 = 0.999,
      adamWeightDecay = 0.004,
      epsilon = 1e-7,
      excludeLayers,
      excludeEmbeddings = true,
      muonA = 3.4445,
      muonB = -4.775,
      muonC = 2.0315,
      adamLrRatio = 1,
      momentum = 0.95,
      nsSteps = 5,
      nesterov = true,
      rmsRate = 0.2,
      ...rest
    } = mergeOptions(learningRate, options);
    super({ learningRate: 0.001, weightDecay: 0.004, ...rest });
    checkRange("Muon", "adamBeta1", adamBeta1, 0, 1);
    checkRange("Muon", "adamBeta2", adamBeta2, 0, 1);
    checkRange("Muon", "nsSteps", nsSteps, 0, Number.POSITIVE_INFINITY);
    this.adamBeta1 = adamBeta1;
    this.adamBeta2 = adamBeta2;
    this.adamWeightDecay = adamWeightDecay;
    this.epsilon = epsilon;
    this.excludeLayers = [...(excludeLayers ?? [])];
    this.excludeEmbeddings = excludeEmbeddings;
    this.muonA = muonA;
    this.muonB = muonB;
    this.muonC = muonC;
    this.adamLrRatio = adamLrRatio;
    this.momentum = momentum;
    this.nsSteps = nsSteps;
    this.nesterov = nesterov;
    this.rmsRate = rmsRate;
  }

  #usesAdam({ shape, path }: Variable): boolean {
    if (shape.length !== 2) return true;
    if (this.excludeEmbeddings && path.toLowerCase().includes("embedding")) return true;
    return this.excludeLayers.some((pattern) => new RegExp(pattern).test(path));
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    for (const variable of variables) {
      this.#momentums.push(this.addVariableFromReference(variable, "momentum"));
      if (this.#usesAdam(variable)) this.#velocities.set(variable, this.addVariableFromReference(variable, "velocity"));
    }
  }

  override updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const m = this.#momentums[this.indexOf(variable)] as Variable;
    const v = this.#velocities.get(variable);
    if (v === undefined) {
      this.#muonStep(gradient, variable, learningRate, m);
      return;
    }
    const { adamBeta1: beta1, adamBeta2: beta2, epsilon } = this;
    const [rate, step] = [learningRate.multiply(this.adamLrRatio), this.localStep(variable.dtype)];
    adamStep(gradient, variable, { m, v, beta1, beta2, epsilon, learningRate: rate, step });
  }

  #muonStep(gradient: Tensor, variable: Variable, learningRate: Tensor, m: Variable): void {
    const { momentum, nesterov, rmsRate } = this;
    m.assign(ops.add(ops.multiply(m, momentum), gradient));
    const ahead = nesterov ? ops.add(gradient, ops.multiply(m, momentum)) : m.value;
    const update = ops.multiply(this.#orthogonal(ahead), learningRate);
    const scale = rmsRate === null ? 1 : Math.sqrt(Math.max(...(variable.shape as number[]))) * rmsRate;
    variable.assignSub(ops.multiply(update, scale));
  }

  /** About the orthogonal factor of a matrix: `x -> a x + (b x xT + c (x xT)^2) x`, on its shorter side. */
  #orthogonal(matrix: Tensor): Tensor {
    const { muonA, muonB, muonC, nsSteps } = this;
    const [rows, columns] = matrix.shape as [number, number];
    const tall = rows > columns;
    const wide = tall ? ops.transpose(matrix) : matrix;
    const norm = ops.sqrt(ops.sum(ops.square(wide)));
    let x = ops.divide(wide, ops.add(norm, 1e-7));
    for (let step = 0; step < nsSteps; step++) {
      const square = ops.matmul(x, ops.transpose(x));
      const mixed = ops.add(ops.multiply(square, muonB), ops.matmul(ops.multiply(square, muonC), square));
      x = ops.add(ops.multiply(x, muonA), ops.matmul(mixed, x));
    }
    return tall ? ops.transpose(x) : x;
  }

  protected override applyWeightDecay(variables: readonly Variable[]): void {
    for (const variable of variables) {
      const rate = this.#velocities.has(variable) ? this.adamWeightDecay : this.weightDecay;
      if (rate !== null && this.usesWeightDecay(variable)) this.decay(variable, rate);
    }
  }

  override getConfig(): Record<string, unknown> {
    return {
      ...super.getConfig(),
      adam_beta_1: this.adamBeta1,
      adam_beta_2: this.adamBeta2,
      epsilon: this.epsilon,
      exclude_layers: [...this.excludeLayers],
      muon_a: this.muonA,
      muon_b: this.muonB,
      muon_c: this.muonC,
      adam_lr_ratio: this.adamLrRatio,
      momentum: this.momentum,
      ns_steps: this.nsSteps,
      nesterov: this.nesterov,
      exclude_embeddings: this.excludeEmbeddings,
      adam_weight_decay: this.adamWeightDecay,
      rms_rate: this.rmsRate,
    };
  }
}
