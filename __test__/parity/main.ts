// `npm run parity -- DIR [kind…] [--verbose]`: runs every golden case under DIR and prints a table by kind and class.
import process from "node:process";
import { kinds } from "./cases.js";
import { type Outcome, type ParityCase, runCase } from "./check.js";
import { Source } from "./source.js";

const args = process.argv.slice(2);
const verbose = args.includes("--verbose");
const [folder, ...chosen] = args.filter((arg) => !arg.startsWith("--"));
if (folder === undefined || chosen.some((kind) => !(kind in kinds))) {
  console.error(`usage: npm run parity -- DIR [${Object.keys(kinds).join("|")}…] [--verbose]`);
  process.exit(2);
}

/** One line a class. */
function line(kind: string, className: string, outcomes: readonly Outcome[]): string {
  const number = (status: Outcome["status"]): number => outcomes.filter((outcome) => outcome.status === status).length;
  const [passed, failed, missing] = [number("passed"), number("failed"), number("not supported")];
  const worst = Math.max(...outcomes.map((outcome) => outcome.worst));
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} FAILED (largest deviation ${worst.toPrecision(3)} × the tolerance)`);
  if (missing > 0) parts.push(`${missing} not supported`);
  return `${kind.padEnd(13)} ${className.padEnd(34)} ${parts.join(", ")}`;
}

/** The cases of a kind; a file that cannot be read is a case that fails. */
function* readable(kind: string, cases: Iterable<ParityCase>): Iterable<ParityCase> {
  try {
    yield* cases;
  } catch (error) {
    const run = (): never => {
      throw error;
    };
    yield { kind, className: "(unreadable)", id: `the cases of ${kind}`, run };
  }
}

const source = new Source(folder);
const all: Outcome[] = [];
const totals: string[] = [];
for (const [kind, cases] of Object.entries(kinds)) {
  if (chosen.length > 0 && !chosen.includes(kind)) continue;
  const byClass = new Map<string, Outcome[]>();
  for (const one of readable(kind, cases(source))) {
    const outcome = await runCase(one);
    byClass.set(one.className, [...(byClass.get(one.className) ?? []), outcome]);
    all.push(outcome);
  }
  for (const [className, outcomes] of byClass) {
    console.log(line(kind, className, outcomes));
    for (const { status, case: one, message } of outcomes) {
      if (status === "failed" || (verbose && status !== "passed"))
        console.log(`  ${one.id}: ${message.split("\n")[0]}`);
    }
  }
  const ended = [...byClass.values()].flat();
  if (ended.length > 0) totals.push(line(kind, `${byClass.size} classes`, ended));
}
console.log(`\n${totals.join("\n")}`);
const passed = all.filter((outcome) => outcome.status === "passed").length;
console.log(`${passed} passed, ${all.length - passed} failed`);
process.exit(passed === all.length && all.length > 0 ? 0 : 1);
