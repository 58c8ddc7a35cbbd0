import { writeFileSync } from "node:fs";
import { workers } from "../engine/builtins.js";
import { onPlan } from "../engine/trace.js";
import type { NativePlan } from "../native.js";
import { chromeTrace } from "./chrome-trace.js";
import { Profile } from "./profile.js";

/**
 * `KEROSENE_PROFILE=out.json`: every plan of the process is measured. When the process ends, a table of each goes to stderr, and all go to the
 * file as a Chrome trace.
 */
export function profileAsTheEnvironmentSays(): void {
  const path = process.env.KEROSENE_PROFILE;
  if (!path?.endsWith(".json") || !workers().isMainThread) return;
  const plans: NativePlan[] = [];
  onPlan((plan) => {
    plan.startProfile();
    plans.push(plan);
  });
  process.on("exit", () => {
    const profiles = plans.map((plan, i) => Profile.of(plan, `plan ${i + 1}`)).filter(({ runs }) => runs > 0);
    for (const profile of profiles) process.stderr.write(`${profile}\n\n`);
    writeFileSync(path, JSON.stringify(chromeTrace(profiles)));
  });
}
