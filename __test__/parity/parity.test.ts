import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { kinds } from "./cases.js";
import { runCase } from "./check.js";
import { Source } from "./source.js";

// Keras's own numbers lie beside the checkout on the project's machines; elsewhere there is nothing to compare with.
const folder = join(import.meta.dirname, "..", "..", "..", "..", "shared", "golden");

if (existsSync(folder)) {
  const missing = new Map<string, number>();
  for (const [kind, cases] of Object.entries(kinds)) {
    for (const one of cases(new Source(folder))) {
      test(`${kind}: ${one.id}`, async (t) => {
        const { status, message } = await runCase(one);
        if (status === "not supported") missing.set(one.className, (missing.get(one.className) ?? 0) + 1);
        if (status === "failed") t.fail(message);
        else t.pass();
      });
    }
  }
  test.after(() => {
    if (missing.size > 0)
      console.log(`not supported yet: ${[...missing].map(([name, n]) => `${name} ${n}`).join(", ")}`);
  });
} else {
  test("golden cases are not here", (t) => t.pass());
}
