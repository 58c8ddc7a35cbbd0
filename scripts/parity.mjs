// `npm run parity -- DIR [kind…]`: the built package against golden cases of Keras; formats and kinds in __test__/parity.
import { join } from "node:path";
import process from "node:process";
import { ensure, root, run, tool } from "./ensure.mjs";

ensure();
tool("tsc", ["-p", "__test__"]);
const main = join(root, ".cache", "test", "parity", "main.js");
run(process.execPath, ["--conditions=kerosene-modules", main, ...process.argv.slice(2)]);
