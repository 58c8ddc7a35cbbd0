import type { LossScaleOptimizer } from "../optimizers/loss-scale-optimizer.js";
import type { MultiOptimizer } from "../optimizers/multi-optimizer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Logs } from "./callback.js";

/** An optimizer that has a learning rate, and its name among several; empty where it is the only one. */
export interface RatedOptimizer {
  readonly optimizer: Optimizer;
  readonly name: string;
}

/** The optimizers with learning rates inside an optimizer. */
export function ratedOptimizers(optimizer: Optimizer): RatedOptimizer[] {
  const { innerOptimizer } = optimizer as Partial<LossScaleOptimizer>;
  const { optimizers } = (innerOptimizer ?? optimizer) as Partial<MultiOptimizer>;
  if (optimizers === undefined) return [{ optimizer, name: "" }];
  return optimizers.map((one) => ({ optimizer: one, name: one.name }));
}

/** The learning rates in force by their names in logs: `learning_rate`, or `learning_rate_adam` among several. */
export function learningRates(optimizer: Optimizer): Logs {
  return Object.fromEntries(
    ratedOptimizers(optimizer).map(({ optimizer: one, name }) => [
      name === "" ? "learning_rate" : `learning_rate_${name}`,
      one.learningRate.item(),
    ]),
  );
}
