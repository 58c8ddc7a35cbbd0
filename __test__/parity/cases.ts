import type { ParityCase } from "./check.js";
import { activationCases, constraintCases, initializerCases, regularizerCases, scheduleCases } from "./functions.js";
import { layerCases } from "./layers.js";
import { lossCases } from "./losses.js";
import { metricCases } from "./metrics.js";
import { modelCases } from "./models.js";
import { opCases } from "./ops.js";
import { optimizerCases } from "./optimizers.js";
import type { Source } from "./source.js";
import { textCases } from "./texts.js";

/** The kinds of golden cases, in the order of the table. */
export const kinds: Record<string, (source: Source) => Iterable<ParityCase>> = {
  layers: layerCases,
  ops: opCases,
  activations: activationCases,
  initializers: initializerCases,
  regularizers: regularizerCases,
  constraints: constraintCases,
  losses: lossCases,
  metrics: metricCases,
  optimizers: optimizerCases,
  schedules: scheduleCases,
  models: modelCases,
  texts: textCases,
};
