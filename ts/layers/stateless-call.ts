import type { Tensor } from "../engine/tensor.js";
import type { Variable } from "../engine/variable.js";
import { StateError, ValueError } from "../errors.js";
import { splitArguments } from "./call-arguments.js";
import type { Layer } from "./layer.js";

/** What {@link Layer.statelessCall} gives: the outputs, the new values of all other state, and with `returnLosses` the losses. */
export type StatelessOutputs =
  | readonly [outputs: unknown, nonTrainableVariables: Tensor[]]
  | readonly [outputs: unknown, nonTrainableVariables: Tensor[], losses: Tensor[]];

/** A value for a variable. */
export type VariableValue = readonly [variable: Variable, value: Tensor];

/** One value for each variable. @throws ValueError for another number of them. */
export function pairValues(
  method: string,
  what: string,
  variables: readonly Variable[],
  values: readonly Tensor[],
): VariableValue[] {
  if (!Array.isArray(values) || values.length !== variables.length) {
    throw new ValueError(
      `${method}: \`${what}\` must be a list of tensors corresponding 1:1 to the layer's own. ` +
        `Received ${Array.isArray(values) ? `a list of ${values.length}` : String(values)}, expected ${variables.length}.`,
    );
  }
  return variables.map((variable, i) => [variable, values[i] as Tensor]);
}

/** Runs `run` while variables have other values; afterwards they have their own again. Works at once and inside a trace alike. */
export function withValues<R>(values: readonly VariableValue[], run: () => R): R {
  const before = values.map(([variable]) => variable.value);
  try {
    for (const [variable, value] of values) variable.assign(value);
    return run();
  } finally {
    values.forEach(([variable], i) => void variable.assign(before[i] as Tensor));
  }
}

/** Calls a layer with other values for its state, which afterwards is as it was. Works at once and inside a trace alike. */
export function statelessCall(
  layer: Layer,
  trainable: readonly Tensor[],
  nonTrainable: readonly Tensor[],
  given: readonly unknown[],
): StatelessOutputs {
  if (!layer.built) {
    throw new StateError(
      `Layer "${layer.name}": to call statelessCall it must be built: its variables must exist. Call it on some data first.`,
    );
  }
  const { args, kwargs } = splitArguments(given);
  const { returnLosses = false, ...named } = kwargs;
  const others = layer.nonTrainableVariables;
  const values = [
    ...pairValues("statelessCall", "trainableVariables", layer.trainableVariables, trainable),
    ...pairValues("statelessCall", "nonTrainableVariables", others, nonTrainable),
  ];
  return withValues(values, () => {
    const outputs = layer.invoke(...args, named);
    const after = others.map((variable) => variable.value);
    return returnLosses === true ? [outputs, after, layer.losses] : [outputs, after];
  });
}
