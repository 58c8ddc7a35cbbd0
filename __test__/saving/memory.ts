import { readFileSync, writeFileSync } from "node:fs";

/** Whether the system tells the peak of a process's memory, and forgets it when asked to. */
export const tellsPeak = process.platform === "linux";

/** A line of `/proc/self/status` in bytes: `VmRSS`, the memory that is held now, `VmHWM`, its peak. */
export function fromSystem(line: "VmRSS" | "VmHWM"): number {
  const found = new RegExp(`^${line}:\\s+(\\d+) kB`, "m").exec(readFileSync("/proc/self/status", "utf8"));
  return Number(found?.[1]) * 1024;
}

/** Makes the memory that is held now the peak, and gives it. */
export function resetPeak(): number {
  writeFileSync("/proc/self/clear_refs", "5");
  return fromSystem("VmRSS");
}
