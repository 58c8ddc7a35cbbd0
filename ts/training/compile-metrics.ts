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
import { Metric } from "../metrics/metric.js";
import { SparseCategoricalAccuracy } from "../metrics/sparse-categorical-accuracy.js";
import { SparseCategoricalCrossentropy } from "../metrics/sparse-categorical-crossentropy.js";
import { isSavedObject } from "./compile-loss.js";
import { isBinaryOrSparse } from "./selection.js";

type OneOrMore = registry.MetricIdentifier | null | readonly registry.MetricIdentifier[];

/** Metrics for the only output (a list), or for each output: by list of (lists of) metrics, or by output name. */
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

const toList = (value: OneOrMore | undefined): readonly registry.MetricIdentifier[] =>
  value === null || value === undefined ? [] : Array.isArray(value) ? value : [value as registry.MetricIdentifier];

/** Groups of metrics by output. */
function resolve(what: string, spec: MetricsSpec | undefined, names: readonly string[] | null, count: number): Group[] {
  if (spec === undefined || spec === null) return [];
  const listed = names ? ` (${names.map((name) => `"${name}"`).join(", ")})` : "";
  if (Array.isArray(spec)) {
    if (count === 1) return [{ index: 0, identifiers: spec.flatMap((part: OneOrMore) => toList(part)) }];
    if (spec.length !== count) {
      throw new ValueError(
        `\`${what}\` is a list of ${spec.length}, but the model has ${count} outputs${listed}. Give one entry (a metric, a list or null) for each, or a dict.`,
      );
    }
    return spec.map((part: OneOrMore, index: number) => ({ index, identifiers: toList(part) }));
  }
  const dict = spec as Record<string, OneOrMore>;
  if (names === null) throw new ValueError(`\`${what}\` is a dict, but the model's outputs have no names. Use a list.`);
  const unknown = Object.keys(dict).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new ValueError(
      `\`${what}\` names outputs the model does not have: ${unknown.map((name) => `"${name}"`).join(", ")}. Its outputs are${listed}.`,
    );
  }
  return names.flatMap((name, index) =>
    Object.hasOwn(dict, name) ? [{ index, identifiers: toList(dict[name]) }] : [],
  );
}

function checkIdentifiers(what: string, spec: MetricsSpec | undefined): void {
  if (spec === undefined || spec === null) return;
  if (!Array.isArray(spec) && (!isDict(spec) || isSavedObject(spec))) {
    throw new InvalidTypeError(
      `Expected \`${what}\` argument to be a list or dict. Received instead: ${what}=${String(spec)}`,
    );
  }
  const parts: readonly OneOrMore[] = Array.isArray(spec) ? spec : Object.values(spec as Record<string, OneOrMore>);
  for (const part of parts)
    for (const identifier of toList(part)) if (automatic(identifier) === undefined) registry.get(identifier);
}

/**
 * The metrics of a compiled model, by output, and their names in logs.
 *
 * Source: `keras.src.trainers.compile_utils.CompileMetrics`.
 */
export class CompileMetrics {
  readonly #specs: readonly [MetricsSpec | undefined, MetricsSpec | undefined];
  #groups: [Group[], Group[]] | undefined;
  #names: readonly string[] = [];
  #built = false;

  /** @throws ValueError for unknown names and structures that do not match the outputs. */
  constructor(
    metrics: MetricsSpec | undefined,
    weighted: MetricsSpec | undefined,
    outputNames: readonly string[] | null,
  ) {
    this.#specs = [metrics, weighted];
    checkIdentifiers("metrics", metrics);
    checkIdentifiers("weightedMetrics", weighted);
    if (outputNames !== null) this.#groups = this.#resolve(outputNames, outputNames.length);
  }

  #resolve(names: readonly string[] | null, count: number): [Group[], Group[]] {
    return [resolve("metrics", this.#specs[0], names, count), resolve("weightedMetrics", this.#specs[1], names, count)];
  }

  get metrics(): Metric[] {
    return (this.#groups ?? []).flat().flatMap((group) => group.metrics ?? []);
  }

  /** Places of the outputs that have metrics; `null` before it is known how many outputs there are. */
  get used(): readonly number[] | null {
    return this.#groups?.flat().flatMap((group) => (group.identifiers.length > 0 ? [group.index] : [])) ?? null;
  }

  /** Makes the metrics; which accuracy is meant depends on the shapes. */
  build(targets: readonly (Tensor | null)[], predictions: readonly Tensor[], names: readonly string[]): void {
    if (this.#built) return;
    this.#names = names;
    this.#groups ??= this.#resolve(names, predictions.length);
    for (const group of this.#groups.flat()) {
      if (group.identifiers.length === 0) continue;
      const target = targets[group.index];
      if (!target) throw new ValueError(`Output "${names[group.index]}" has metrics, but no target was given for it.`);
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
    const [plain, weighted] = this.#groups ?? [[], []];
    for (const { index, metrics } of plain) {
      for (const metric of metrics ?? []) metric.updateState(targets[index], predictions[index]);
    }
    for (const { index, metrics } of weighted) {
      for (const metric of metrics ?? [])
        metric.updateState(targets[index], predictions[index], sampleWeights[index] ?? null);
    }
  }

  /** Results by their names in logs: `accuracy`, or with several outputs `output_accuracy`; a number tells equal names apart. */
  result(): Record<string, Tensor> {
    const results: Record<string, Tensor> = {};
    const counts = new Map<string, number>();
    const several = this.#names.length > 1;
    const put = (name: string, metric: Metric) => {
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      results[count === 0 ? name : `${name}_${count}`] = metric.result();
    };
    (this.#groups ?? []).forEach((groups, weighted) => {
      for (const { index, metrics } of groups) {
        const prefix = several ? `${this.#names[index]}_` : "";
        for (const metric of metrics ?? []) {
          const name = `${prefix}${metric.name}`;
          put(weighted === 1 && counts.has(name) ? `${prefix}weighted_${metric.name}` : name, metric);
        }
      }
    });
    return results;
  }
}
