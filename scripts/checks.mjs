// The checks beside the tests, cheapest first: format and lint, types, generated files. Warnings are errors.
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ensureDist, ensureInstall, ensureNative, root, run, tool } from "./ensure.mjs";

const say = (what) => console.log(`\n» ${what}`);

ensureInstall();
say("biome: format and lint");
tool("biome", ["ci", "--error-on-warnings", "."]);
say("cargo fmt");
run("cargo", ["fmt", "--all", "--check"]);
say("cargo clippy");
run("cargo", ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]);
say("native addon and types");
ensureNative();
tool("tsc", ["-p", ".", "--noEmit", "--incremental", "false"]);
ensureDist();
tool("tsc", ["-p", "__test__", "--noEmit", "--incremental", "false"]);
tool("tsc", ["-p", "examples", "--noEmit", "--incremental", "false"]);
say("generated files");
if (existsSync(join(root, "scripts", "generate-ops.mjs"))) {
  run(process.execPath, [join(root, "scripts", "generate-ops.mjs"), "--check"]);
}
say("built-in classes use the public API alone");
run(process.execPath, [join(root, "scripts", "built-ins.mjs")]);
