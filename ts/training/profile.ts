import type { Variable } from "../engine/variable.js";
import { Profile } from "../profiling/profile.js";
import type { Batch } from "./batch.js";
import { type Runnable, runBatch } from "./runner.js";
import type { Data } from "./structure.js";

/** Options of `profile`. */
export interface ProfileOptions {
  /** Weights of the samples, as for `fit`. */
  sampleWeight?: Data | null;
  /** Samples of the batch that is run again and again: the first ones of the data. Default: 32, or all where there are fewer. */
  batchSize?: number;
  /** How many runs are measured. Default: 20. */
  steps?: number;
  /** Which step. Default: `"train"` where there are targets, else `"predict"`. */
  mode?: "train" | "test" | "predict";
}

/** Runs before the measured ones, which find caches cold and threads asleep. */
const WARM_UP = 3;

/** Measures runs of a batch's step; `variables` get the values back that they had. */
export async function profileStep(
  model: Runnable,
  batch: Batch,
  runs: number,
  variables: readonly Variable[],
  titles: { title: string; root: string },
): Promise<Profile> {
  const { plan } = model.step(batch);
  const before = variables.map((variable) => variable.value);
  try {
    for (let run = 0; run < WARM_UP; run++) await runBatch(model, batch);
    plan.startProfile();
    for (let run = 0; run < runs; run++) await runBatch(model, batch);
    return Profile.of(plan, titles.title, titles.root);
  } finally {
    plan.stopProfile();
    variables.forEach((variable, index) => {
      variable.assign(before[index] as (typeof before)[number]);
    });
  }
}
