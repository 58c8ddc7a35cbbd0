// `npm run quickstart`: from a fresh clone to a model trained on real digits.
import { join } from "node:path";
import process from "node:process";
import { ensure, root, run, tool } from "./ensure.mjs";

ensure();
tool("tsc", ["-p", "examples"]);
run(process.execPath, [join(root, ".cache", "examples", "mnist.js")]);
