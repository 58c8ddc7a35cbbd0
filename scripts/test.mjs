// `npm test`: makes what is out of date, then runs every test of both languages.
// `npm test -- rust` or `npm test -- js [ava's arguments]` runs one language's.
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { ensure, ensureInstall, root, tool } from "./ensure.mjs";

const [only, ...rest] = process.argv.slice(2);

/** Runs a command with its output shown and returned. Colours are kept where a person is watching. */
function watch(command, args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: "1", CARGO_TERM_COLOR: "always" } : {}) };
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => {
      chunks.push(chunk);
      process.stdout.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, text: Buffer.concat(chunks).toString("utf8") }));
  });
}

/** Adds up the numbers that `pattern` finds before "passed" and "failed". */
function count(text, word) {
  let sum = 0;
  for (const match of text.matchAll(new RegExp(`(\\d+) (?:tests? )?${word}`, "g"))) sum += Number(match[1]);
  return sum;
}

const results = [];
if (only !== "js") {
  // The addon is left out: a test of its own would need Node to link. __test__/ tests it.
  const args = only === "rust" ? rest : [];
  const which = args.some((arg) => arg === "-p") ? [] : ["--workspace", "--exclude", "kerosene"];
  results.push(await watch("cargo", ["test", ...which, ...args]));
} else {
  ensureInstall();
}
if (only !== "rust" && results.every((result) => result.status === 0)) {
  ensure();
  rmSync(join(root, ".cache", "test"), { recursive: true, force: true }); // a deleted test must not go on running
  rmSync(join(root, ".cache", "test.tsbuildinfo"), { force: true });
  tool("tsc", ["-p", "__test__"]);
  const ava = join(root, "node_modules", "ava", "entrypoints", "cli.mjs");
  results.push(await watch(process.execPath, [ava, ...(only === "js" ? rest : [])]));
}

const text = results.map((result) => result.text).join("\n");
const passed = count(text, "passed");
const failed = count(text, "failed");
console.log(`total: ${passed} passed, ${failed} failed`);
if (results.some((result) => result.status !== 0) || passed === 0) process.exit(1);
