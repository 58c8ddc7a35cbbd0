import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";

// What Keras prints on a terminal is compared with the golden cases, in parity/texts.ts.
const run = promisify(execFile);
const program = join(import.meta.dirname, "text-program.js");

test("into a pipe, auto means one line an epoch", async (t) => {
  const { stdout } = await run(process.execPath, [program, "fit_auto", "pipe"]);
  t.regex(
    stdout,
    /^Epoch 1\/2\n3\/3 - \d+s - \d+(us|ms|s)\/step - accuracy: \S+ - loss: \S+\nEpoch 2\/2\n3\/3 - [^\n]+\n$/,
  );
});
