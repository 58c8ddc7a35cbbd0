import type { Profile } from "./profile.js";

/**
 * The last run of each profile as a thread of its own, in Chrome's trace format.
 *
 * Source: Google, *Trace Event Format* (complete events, `ph: "X"`, times in microseconds).
 */
export function chromeTrace(profiles: readonly Profile[]): object {
  const traceEvents = profiles.flatMap((profile, tid) => [
    { ph: "M", name: "thread_name", pid: 1, tid, args: { name: profile.title } },
    ...profile.steps.map((step) => ({
      ph: "X",
      name: `${step.op} (${Object.keys(step.parts).join(", ")})`,
      cat: step.op,
      pid: 1,
      tid,
      ts: step.last.start,
      dur: step.last.micros,
      args: { step: step.name, flops: step.flops, bytes: step.bytes, "mean µs": step.micros },
    })),
  ]);
  return { displayTimeUnit: "ms", traceEvents };
}
