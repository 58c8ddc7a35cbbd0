import type { Profile, ProfiledSum } from "./profile.js";

/** As text of about four digits. */
function short(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/** Rows of cells under a head; the first column to the left, numbers to the right. */
function columns(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] as string).length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[i] as number)))
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line).join("\n");
}

const HEAD = ["µs", "%", "GFLOP/s", "GB/s", "steps"];
/** Names longer than this are cut. */
const WIDE = 60;

/** The text of a profile. */
export function profileTable(profile: Profile, longest: number): string {
  const total = profile.micros;
  const cells = ({ name, micros, flops, bytes, steps }: ProfiledSum): string[] => [
    name.length > WIDE ? `${name.slice(0, WIDE - 1)}…` : name,
    short(micros),
    total === 0 ? "-" : ((micros / total) * 100).toFixed(1),
    flops === 0 || micros === 0 ? "-" : short(flops / micros / 1e3),
    micros === 0 ? "-" : short(bytes / micros / 1e3),
    String(steps),
  ];
  const table = (title: string, sums: readonly ProfiledSum[]) => columns([title, ...HEAD], sums.map(cells));
  const steps = [...profile.steps].sort((a, b) => b.micros - a.micros).slice(0, longest);
  const all = { name: "all", micros: total, flops: 0, bytes: 0, steps: profile.steps.length };
  for (const { flops, bytes } of profile.steps) {
    all.flops += flops;
    all.bytes += bytes;
  }
  return [
    `${profile.title}: ${short(total)} µs a run (mean of ${profile.runs})`,
    table("layer", [...profile.byLayer(), all]),
    table("op", profile.byOp()),
    table(
      "longest steps",
      steps.map((step) => ({ ...step, steps: 1 })),
    ),
  ].join("\n\n");
}
