import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { kinds } from "./cases.js";
import { runCase } from "./check.js";
import { exceptions } from "./exceptions.js";
import { Source } from "./source.js";

// Keras's own numbers lie beside the checkout on the project's machines; elsewhere there is nothing to compare with.
const folder = join(import.meta.dirname, "..", "..", "..", "..", "shared", "golden");

if (existsSync(folder)) {
  const failing = exceptions("Cases that do not pass");
  const doubtful = exceptions("Cases that are not taken at their word");
  const seen = new Set<string>();
  let count = 0;
  for (const [kind, cases] of Object.entries(kinds)) {
    for (const one of cases(new Source(folder))) {
      count++;
      seen.add(one.id);
      test(`${kind}: ${one.id}`, async (t) => {
        const { status, message, notes } = await runCase(one);
        const expected = failing.has(one.id);
        t.is(status !== "passed", expected, expected ? "it passes: take it out of docs/parity.md" : message);
        t.is(notes.length > 0, doubtful.has(one.id), `docs/parity.md on doubtful cases: ${notes.join()}`);
      });
    }
  }
  test("docs/parity.md names few cases, and only such as there are", (t) => {
    for (const [id, reason] of [...failing, ...doubtful]) {
      t.true(seen.has(id), id);
      t.true(reason.length > 20, `${id}: ${reason}`);
    }
    t.true(failing.size <= 0.02 * count);
  });
} else {
  test("golden cases are not here", (t) => t.pass());
}
