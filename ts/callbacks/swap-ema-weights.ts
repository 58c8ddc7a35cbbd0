import type { Variable } from "../engine/variable.js";
import { ValueError } from "../errors.js";
import type { Trainer } from "../training/trainer.js";
import { Callback } from "./callback.js";
import { ratedOptimizers } from "./learning-rates.js";

export interface SwapEMAWeightsOptions {
  /** Whether the averages are in the model from the end of each epoch (for callbacks that save it) to the next. Default `false`. */
  swapOnEpoch?: boolean;
}

/**
 * Puts the moving averages of the weights (`useEma` of the optimizer) into the model while it is evaluated or predicts, and the weights back
 * afterwards.
 *
 * Source: `keras.callbacks.SwapEMAWeights`; there the averages stay in the model after `predict`.
 */
export class SwapEMAWeights extends Callback {
  readonly swapOnEpoch: boolean;
  #swapped = false;

  constructor({ swapOnEpoch = false }: SwapEMAWeightsOptions = {}) {
    super();
    this.swapOnEpoch = swapOnEpoch;
  }

  /** @throws ValueError where no optimizer keeps averages. */
  override setModel(model: Trainer): void {
    super.setModel(model);
    if (ratedOptimizers(model.optimizer).some(({ optimizer }) => optimizer.useEma)) return;
    throw new ValueError(
      `SwapEMAWeights: the optimizer of model "${model.name}" keeps no averages. Make it with \`useEma: true\`.`,
    );
  }

  /** Weights and their averages. @throws ValueError where there are none yet. */
  #averaged(): [Variable, Variable][] {
    const optimizers = ratedOptimizers(this.model.optimizer).map(({ optimizer }) => optimizer);
    if (!optimizers.some(({ movingAverages }) => movingAverages.length > 0)) {
      throw new ValueError(
        `SwapEMAWeights: there are no averages yet, since model "${this.model.name}" was not trained. Call \`fit\` first.`,
      );
    }
    return optimizers.flatMap(({ trainableVariables, movingAverages }) =>
      movingAverages.map((average, index): [Variable, Variable] => [trainableVariables[index] as Variable, average]),
    );
  }

  #swap(into: boolean): void {
    if (this.#swapped === into) return;
    for (const [variable, average] of this.#averaged()) {
      const { value } = variable;
      variable.assign(average.value);
      average.assign(value);
    }
    this.#swapped = into;
  }

  override onEpochBegin(): void {
    if (this.swapOnEpoch) this.#swap(false);
  }

  override onEpochEnd(epoch: number): void {
    if (!this.swapOnEpoch || this.#swapped) return;
    this.#swap(true);
    // at the end of `fit` the optimizer puts the averages into the model: these are in it already
    if (epoch === this.params.epochs - 1)
      for (const [variable, average] of this.#averaged()) average.assign(variable.value);
  }

  override onTestBegin(): void {
    this.#swap(true);
  }
  override onTestEnd(): void {
    this.#swap(false);
  }
  override onPredictBegin(): void {
    this.#swap(true);
  }
  override onPredictEnd(): void {
    this.#swap(false);
  }
}
