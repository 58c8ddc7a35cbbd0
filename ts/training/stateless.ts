import type { Tensor } from "../engine/tensor.js";
import { pairValues, withValues } from "../layers/stateless-call.js";
import type { Compiled, ComputeLossArguments } from "./compiled.js";

/** What {@link Steps.statelessComputeLoss} gives. */
export type StatelessLoss = readonly [
  loss: Tensor,
  variables: readonly [
    trainableVariables: readonly Tensor[],
    nonTrainableVariables: Tensor[],
    metricsVariables: Tensor[],
  ],
];

/** What {@link Steps.computeLossAndUpdates} gives. */
export type LossAndUpdates = readonly [
  loss: Tensor,
  rest: readonly [unscaledLoss: Tensor, yPred: unknown, nonTrainableVariables: Tensor[], metricsVariables: Tensor[]],
];

/** Values for all state that computing a loss reads. */
export interface ModelState {
  readonly trainableVariables: readonly Tensor[];
  readonly nonTrainableVariables: readonly Tensor[];
  readonly metricsVariables: readonly Tensor[];
}

/** `computeLoss` with other values for the model's state, which afterwards is as it was. */
export function statelessComputeLoss(model: Compiled, state: ModelState, given: ComputeLossArguments): StatelessLoss {
  const who = "statelessComputeLoss";
  const { nonTrainableVariables: others, metricsVariables: metrics } = model;
  const values = [
    ...pairValues(who, "trainableVariables", model.trainableVariables, state.trainableVariables),
    ...pairValues(who, "nonTrainableVariables", others, state.nonTrainableVariables),
    ...pairValues(who, "metricsVariables", metrics, state.metricsVariables),
  ];
  return withValues(values, () => {
    const loss = model.computeLoss({ training: true, ...given });
    const now = [others, metrics].map((variables) => variables.map((variable) => variable.value));
    return [loss, [state.trainableVariables, now[0] as Tensor[], now[1] as Tensor[]]];
  });
}

/** A forward pass and its loss with other values for the model's state. */
export function computeLossAndUpdates(
  model: Compiled,
  state: ModelState,
  data: { x: unknown; y?: unknown; sampleWeight?: unknown },
  { training = false, optimizerVariables = null }: LossAndUpdatesOptions,
): LossAndUpdates {
  const { trainableVariables, nonTrainableVariables, metricsVariables } = state;
  const [yPred, after] = model.statelessCall(trainableVariables, nonTrainableVariables, data.x, { training });
  const [loss, [, others, metrics]] = statelessComputeLoss(
    model,
    { trainableVariables, nonTrainableVariables: after, metricsVariables },
    { ...(data as ComputeLossArguments), yPred, training },
  );
  const rest = [loss, yPred, others, metrics] as const;
  if (!training || !model.compiled) return [loss, rest];
  const { optimizer } = model;
  const values =
    optimizerVariables === null
      ? []
      : pairValues("computeLossAndUpdates", "optimizerVariables", optimizer.variables, optimizerVariables);
  return [withValues(values, () => optimizer.scaleLoss(loss)), rest];
}

/** Options of {@link Steps.computeLossAndUpdates}. */
export interface LossAndUpdatesOptions {
  /** Default `false`. With `true` the first loss is scaled as the optimizer wants it. */
  training?: boolean;
  /** Values for the optimizer's state. Default: its own. */
  optimizerVariables?: readonly Tensor[] | null;
}
