import { writeFile } from "node:fs/promises";
import { inspect } from "node:util";
import { ValueError } from "../errors.js";
import type { NativePlan } from "../native.js";
import { chromeTrace } from "./chrome-trace.js";
import { profileTable } from "./table.js";

/** One step of a plan: a kernel, a group of elementwise ops computed together, or a copy. Figures are those of one run. */
export interface ProfiledStep {
  /** The step on one line: its op and the shapes it reads, or the ops of a group. */
  readonly name: string;
  /** The kernel's op, `"elementwise"` or `"copy"`. */
  readonly op: string;
  /** The layers (as paths: `"encoder/dense"`) and other parts (`"loss"`, `"metrics"`, the optimizer's name) it works for, with their shares of it, which sum to 1. */
  readonly parts: Readonly<Record<string, number>>;
  /** Mean time, in microseconds. */
  readonly micros: number;
  /** Floating multiplications and additions of products, convolutions, attention and elementwise ops; others count none. */
  readonly flops: number;
  /** Bytes read and written. */
  readonly bytes: number;
  /** In the last run: microseconds from its start, and time. */
  readonly last: { readonly start: number; readonly micros: number };
}

/** The sums over a layer, or over an op. */
export interface ProfiledSum {
  readonly name: string;
  readonly micros: number;
  readonly flops: number;
  readonly bytes: number;
  /** How many steps took part. */
  readonly steps: number;
}

/** What belongs to no layer: constants, copies, ops between layers. */
const ELSEWHERE = "(elsewhere)";

/**
 * What the steps of a model's plan took: `model.profile(...)` gives one. Printing it prints {@link table}.
 *
 * @example
 *   const profile = await model.profile(x, y, { batchSize: 64 });
 *   console.log(profile);
 *   await profile.save("profile.json"); // for chrome://tracing or ui.perfetto.dev
 */
export class Profile {
  /** The steps in the order in which they run. */
  readonly steps: readonly ProfiledStep[];

  /** @param title Heads the table. @param runs How many runs were measured. */
  constructor(
    readonly title: string,
    readonly runs: number,
    steps: readonly ProfiledStep[],
  ) {
    this.steps = steps;
  }

  /** @internal What a plan has measured. @param root Left out of the layers' paths: the model's own name. */
  static of(plan: NativePlan, title: string, root = ""): Profile {
    const measured = plan.profile();
    const steps = measured.map(({ name, op, scopes, flops, bytes, runs, total, start, last }) => ({
      name,
      op,
      parts: shares(scopes, root),
      micros: total / Math.max(runs, 1),
      flops,
      bytes,
      last: { start, micros: last },
    }));
    return new Profile(title, measured[0]?.runs ?? 0, steps);
  }

  /** Microseconds of one run. */
  get micros(): number {
    return this.steps.reduce((sum, step) => sum + step.micros, 0);
  }

  /** Sums by layer, the longest first. A group of ops of several layers counts for each by its number of ops. */
  byLayer(): ProfiledSum[] {
    return sums(this.steps, ({ parts }) => parts);
  }

  /** Sums by op, the longest first. */
  byOp(): ProfiledSum[] {
    return sums(this.steps, ({ op }) => ({ [op]: 1 }));
  }

  /** A table by layer, by op, and of the longest steps. @param longest How many of these. Default: 10. */
  table(longest = 10): string {
    return profileTable(this, longest);
  }

  /** The last run in Chrome's trace format, as an object. Source: Google's *Trace Event Format*. */
  toJSON(): object {
    return chromeTrace([this]);
  }

  /**
   * Writes {@link toJSON} to a file, for `chrome://tracing` or ui.perfetto.dev.
   *
   * @throws ValueError when the name does not end in `.json`.
   */
  async save(path: string): Promise<void> {
    if (!path.endsWith(".json"))
      throw new ValueError(`Profile.save: expected a path that ends in ".json", got "${path}".`);
    await writeFile(path, JSON.stringify(this));
  }

  toString(): string {
    return this.table();
  }

  [inspect.custom](): string {
    return this.table();
  }
}

function shares(scopes: readonly (string | null)[], root: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const scope of scopes) {
    const own = scope?.startsWith(`${root}/`) ? scope.slice(root.length + 1) : scope === root ? null : scope;
    const name = own || ELSEWHERE;
    found[name] = (found[name] ?? 0) + 1 / scopes.length;
  }
  return found;
}

function sums(
  steps: readonly ProfiledStep[],
  partsOf: (step: ProfiledStep) => Readonly<Record<string, number>>,
): ProfiledSum[] {
  const found = new Map<string, { micros: number; flops: number; bytes: number; steps: number }>();
  for (const step of steps) {
    for (const [name, share] of Object.entries(partsOf(step))) {
      const sum = found.get(name) ?? { micros: 0, flops: 0, bytes: 0, steps: 0 };
      sum.micros += share * step.micros;
      sum.flops += share * step.flops;
      sum.bytes += share * step.bytes;
      sum.steps += 1;
      found.set(name, sum);
    }
  }
  return [...found].map(([name, sum]) => ({ name, ...sum })).sort((a, b) => b.micros - a.micros);
}
