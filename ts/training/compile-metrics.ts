import { toSnakeCase } from "../engine/config.js";
import { isDict } from "../engine/nest.js";
import type { Tensor } from "../engine/tensor.js";
import { InvalidTypeError, ValueError } from "../errors.js";
import { BinaryAccuracy } from "../metrics/binary-accuracy.js";
import { BinaryCrossentropy } from "../metrics/binary-crossentropy.js";
import { CategoricalAccuracy } from "../metrics/categorical-accuracy.js";
import { CategoricalCrossentropy } from "../metrics/categorical-crossentropy.js";
import * as registry from "../metrics/get.js";
import { MeanMetricWrapper } from "../metrics/mean-metric-wrapper.js";
import { Metric, namedResult } from "../metrics/metric.js";
import { SparseCategoricalAccuracy } from "../metrics/sparse-categorical-accuracy.js";
import { SparseCategoricalCrossentropy } from "../metrics/sparse-categorical-crossentropy.js";
import { forOutput, isSavedObject, type Outputs, perOutput, valuesOf } from "./outputs.js";
import { isBinaryOrSparse } from "./selection.js";

/** A metric, or metrics by list, by output name, or in the structure of the outputs. */
type OneOrMore = registry.MetricIdentifier | null | readonly OneOrMore[] | { readonly [output: string]: OneOrMore };

/**
 * Metrics for the only output (a list), or for each output: by list of (lists of) metrics, by output name, or in the structure of the
 * outputs, where each output has a metric or a list of them.
 */
export type MetricsSpec = readonly OneOrMore[] | { readonly [output: string]: OneOrMore };

/** Metrics of one output. */
interface Group {
  readonly index: number;
  readonly identifiers: readonly registry.MetricIdentifier[];
  metrics?: Metric[];
}

const AUTOMATIC: Record<
  string,
  readonly [
    new (options: { name: string }) => Metric,
    new (options: { name: string }) => Metric,
    new (options: { name: string }) => Metric,
  ]
> = {
  accuracy: [BinaryAccuracy, SparseCategoricalAccuracy, CategoricalAccuracy],
  crossentropy: [BinaryCrossentropy, SparseCategoricalCrossentropy, CategoricalCrossentropy],
};
const SHORT: Record<string, string> = {
  acc: "accuracy",
  accuracy: "accuracy",
  ce: "crossentropy",
  crossentropy: "crossentropy",
};

function automatic(identifier: unknown): string | undefined {
  return typeof identifier === "string" && Object.hasOwn(SHORT, identifier.toLowerCase())
    ? SHORT[identifier.toLowerCase()]
    : undefined;
}

function toMetric(identifier: registry.MetricIdentifier, target: Tensor, prediction: Tensor): Metric {
  const kind = automatic(identifier);
  if (kind !== undefined) {
    const { binary, sparse } = isBinaryOrSparse(target, prediction);
    const [Binary, Sparse, Categorical] = AUTOMATIC[kind] as (typeof AUTOMATIC)[string];
    const name = identifier as string;
    return new (binary ? Binary : sparse ? Sparse : Categorical)({ name });
  }
  const found = registry.get(identifier);
  if (found instanceof Metric) {
    if (typeof identifier === "string") found.name = identifier;
    return found;
  }
  return new MeanMetricWrapper(found, {
    name: typeof identifier === "string" ? identifier : toSnakeCase(found.name || "metric"),
  });
}

/** Groups of metrics by output. */
function resolve(what: string, spec: MetricsSpec | undefined, outputs: Outputs): Group[] {
  if (spec === undefined || spec === null) return [];
  return perOutput({ what, lists: true, partial: true }, spec, outputs).map((given, index) => {
    const identifiers = valuesOf(given) as registry.MetricIdentifier[];
    return { index, identifiers };
  });
}

function checkIdentifiers(what: string, spec: MetricsSpec | undefined): void {
  if (spec === undefined || spec === null) return;
  if (!Array.isArray(spec) && (!isDict(spec) || isSavedObject(spec))) {
    throw new InvalidTypeError(
      `Expected \`${what}\` argument to be a list or dict. Received instead: ${what}=${String(spec)}`,
    );
  }
  for (const identifier of valuesOf(spec) as registry.MetricIdentifier[])
    if (automatic(identifier) === undefined) registry.get(identifier);
}

/**
 * The metrics of a compiled model, by output, and their names in logs.
 *
 * Source: `keras.src.trainers.compile_utils.CompileMetrics`.
 */
export class CompileMetrics {
  readonly #specs: readonly [MetricsSpec | undefined, MetricsSpec | undefined];
  #used: readonly number[] | null = null;
  #groups: [Group[], Group[]] | undefined;
  #outputs: Outputs | undefined;
  #built = false;

  /** @throws ValueError for unknown names and structures that do not match the outputs. */
  constructor(metrics: MetricsSpec | undefined, weighted: MetricsSpec | undefined, outputs: Outputs | null) {
    this.#specs = [metrics, weighted];
    checkIdentifiers("metrics", metrics);
    checkIdentifiers("weightedMetrics", weighted);
    if (outputs !== null) this.#groups = this.#resolve(outputs);
  }

  #resolve(outputs: Outputs): [Group[], Group[]] {
    const [metrics, weighted] = this.#specs;
    return [resolve("metrics", metrics, outputs), resolve("weightedMetrics", weighted, outputs)];
  }

  get metrics(): Metric[] {
    return (this.#groups ?? []).flat().flatMap((group) => group.metrics ?? []);
  }

  /** Places of the outputs that have metrics; `null` before it is known how many outputs there are. */
  get used(): readonly number[] | null {
    // Kept: asked for at every batch.
    this.#used ??= this.#groups?.flat().flatMap((group) => (group.identifiers.length > 0 ? [group.index] : [])) ?? null;
    return this.#used;
  }

  /** Makes the metrics; which accuracy is meant depends on the shapes. */
  build(targets: readonly (Tensor | null)[], predictions: readonly Tensor[], outputs: Outputs): void {
    if (this.#built) return;
    this.#outputs = outputs;
    this.#groups ??= this.#resolve(outputs);
    for (const group of this.#groups.flat()) {
      if (group.identifiers.length === 0) continue;
      const target = targets[group.index];
      if (!target)
        throw new ValueError(`Output "${outputs.names[group.index]}" has metrics, but no target was given for it.`);
      group.metrics = group.identifiers.map((identifier) =>
        toMetric(identifier, target, predictions[group.index] as Tensor),
      );
    }
    this.#built = true;
  }

  /** Updates all metrics with a batch; only the weighted ones see the sample weights. */
  updateState(
    targets: readonly (Tensor | null)[],
    predictions: readonly Tensor[],
    sampleWeights: readonly (Tensor | null)[],
  ): void {
    (this.#groups ?? []).forEach((groups, weighted) => {
      for (const { index, metrics } of groups) {
        const given = [targets[index], predictions[index]] as [Tensor, Tensor];
        const weight = weighted === 1 ? [sampleWeights[index] ?? null] : [];
        for (const metric of metrics ?? []) {
          forOutput(`metric "${metric.name}"`, this.#outputs?.names[index], given, () =>
            metric.updateState(...given, ...weight),
          );
        }
      }
    });
  }

  /** Results by their names in logs: `accuracy`, or with several outputs `output_accuracy`; a number tells equal names apart. */
  result(): Record<string, Tensor> {
    const results: Record<string, Tensor> = {};
    const counts = new Map<string, number>();
    const { names = [], named = false } = this.#outputs ?? {};
    const prefixed = named && names.length > 1;
    const put = (name: string, metric: Metric) => {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      Object.assign(results, namedResult(count === 0 ? name : `${name}_${count}`, metric));
    };
    (this.#groups ?? []).forEach((groups, weighted) => {
      for (const { index, metrics } of groups) {
        const prefix = prefixed ? `${names[index]}_` : "";
        for (const metric of metrics ?? []) {
          const name = `${prefix}${metric.name}`;
          put(weighted === 1 && counts.has(name) ? `${prefix}weighted_${metric.name}` : name, metric);
        }
      }
    });
    return results;
  }
}
