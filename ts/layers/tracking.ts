import { isDict } from "../engine/nest.js";
import { SeedGenerator } from "../engine/seed.js";
import { Variable } from "../engine/variable.js";
import { Metric } from "../metrics/metric.js";

/** What a layer's fields hold. */
export interface Tracked<L> {
  readonly layers: readonly L[];
  readonly variables: readonly Variable[];
  readonly seedGenerators: readonly SeedGenerator[];
  readonly metrics: readonly Metric[];
}

/** Fields of the layer graph, which hold no state. */
const skipped = new Set(["inboundNodes", "outboundNodes"]);

/**
 * Finds layers, variables, seed generators and metrics in an object's fields, in the order in which the fields were made: directly, and inside
 * arrays, dicts, maps and sets. Private `#fields` are not seen.
 *
 * @param isLayer Tells layers apart (passed in, since layers import this file).
 */
export function trackFields<L extends object>(owner: object, isLayer: (value: unknown) => value is L): Tracked<L> {
  // This is asked of every layer many times before a first step.
  const layers: L[] = [];
  const variables: Variable[] = [];
  const seedGenerators: SeedGenerator[] = [];
  const metrics: Metric[] = [];
  const seen = new Set<unknown>([owner]);
  const visit = (value: unknown): void => {
    if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
    seen.add(value);
    if (isLayer(value)) layers.push(value);
    else if (value instanceof Variable) variables.push(value);
    else if (value instanceof SeedGenerator) seedGenerators.push(value);
    else if (value instanceof Metric) metrics.push(value);
    else if (Array.isArray(value)) {
      // Long arrays of numbers are data, not containers of layers.
      if (typeof value[0] !== "number") value.forEach(visit);
    } else if (value instanceof Map || value instanceof Set) {
      for (const part of value.values()) visit(part);
    } else if (isDict(value)) {
      for (const part of Object.values(value)) visit(part);
    }
  };
  for (const key of Object.keys(owner)) {
    if (!skipped.has(key)) visit((owner as Record<string, unknown>)[key]);
  }
  return { layers, variables, seedGenerators, metrics };
}
