// Makes what is missing or out of date, and nothing else: node_modules, then the native addon, then dist.
// Uses Node's built-ins only, so that it runs in a fresh clone: `node scripts/ensure.mjs [install|native|dist]`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamps = join(root, ".cache", "stamps");
const windows = process.platform === "win32";

/** Runs a command in the repository with its output shown; a failure ends this process with the command's status. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) {
    const hint =
      result.error.code === "ENOENT" && command === "cargo"
        ? " Rust is needed to build kerosene: https://rustup.rs."
        : "";
    console.error(`Could not run ${command}: ${result.error.message}.${hint}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs a tool of node_modules through this Node, whatever the platform's shell. */
export function tool(name, args, options) {
  const entry = { tsc: "typescript", napi: "@napi-rs/cli", biome: "@biomejs/biome" }[name];
  const folder = join(root, "node_modules", entry);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  run(process.execPath, [join(folder, typeof bin === "string" ? bin : bin[name]), ...args], options);
}

/** The files under the given paths of the repository, sorted. */
function filesUnder(paths) {
  const files = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (!statSync(path).isDirectory()) files.push(path);
    else
      for (const name of readdirSync(path)) if (name !== "target" && name !== "node_modules") visit(join(path, name));
  };
  for (const path of paths) visit(join(root, path));
  return files.sort();
}

/** A hash of the names and contents of the files under these paths, and of what else decides the result. */
function fingerprint(paths, ...others) {
  const hash = createHash("sha256");
  for (const file of filesUnder(paths)) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.update(JSON.stringify(others)).digest("hex");
}

/** Calls `make` unless it was last called in the same state and what it makes still exists. */
function once(name, state, exists, make) {
  const stamp = join(stamps, name);
  if (exists() && existsSync(stamp) && readFileSync(stamp, "utf8") === state) return;
  make();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, state); // the state before: what changed meanwhile is made again
}

/** node_modules as the lock file says. */
export function ensureInstall() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json"); // npm writes it last
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  // A checkout or a rebase touches the lock file without changing it; only its content decides.
  once(
    "install",
    fingerprint(["package-lock.json"]),
    () => existsSync(installed),
    () => {
      run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { shell: windows });
    },
  );
}

const addonBuilt = () => {
  const folder = join(root, "native");
  return (
    existsSync(join(folder, "binding.d.ts")) && readdirSync(folder).some((name) => /^kerosene\..+\.node$/.test(name))
  );
};

/** native/kerosene.<triple>.node and native/binding.d.ts as the Rust sources say. */
export function ensureNative() {
  const sources = ["Cargo.toml", "Cargo.lock", "build.rs", ".cargo", "crates"];
  const debug = process.env.KEROSENE_DEBUG === "1"; // quicker to build, slower to run
  const setting = [debug, process.env.RUSTFLAGS, process.env.CARGO_BUILD_TARGET, process.arch, process.platform];
  const state = fingerprint(sources, ...setting);
  once("native", state, addonBuilt, () => {
    console.log("Building the native addon. The first time takes a few minutes.");
    run("cargo", ["--version"], { stdio: "ignore" }); // without Rust, says so
    const names = ["--no-js", "--dts", "binding.d.ts", "--output-dir", "native"];
    tool("napi", ["build", "--platform", ...(debug ? [] : ["--release"]), ...names]);
  });
}

/** Removes from dist/ what came of sources that are gone, so that it is never published. */
function pruneDist() {
  for (const file of filesUnder(["dist"])) {
    const stem = relative(join(root, "dist"), file).replace(/(\.d\.ts|\.js)$/, "");
    if (!existsSync(join(root, "ts", `${stem}.ts`))) rmSync(file);
  }
}

/** dist/ from ts/: the modules, and all of them in dist/kerosene*. TypeScript's own incremental state makes a second run cheap. */
export function ensureDist() {
  const bundling = ["bundle", "modules", "rooms"].map((name) => `scripts/${name}.mjs`);
  const state = fingerprint(["ts", "tsconfig.json", "native/binding.d.ts", "package-lock.json", ...bundling]);
  const exists = () =>
    ["index.js", "kerosene.js", "kerosene.cjs"].every((name) => existsSync(join(root, "dist", name)));
  once("dist", state, exists, () => {
    if (!exists()) rmSync(join(root, ".cache", "ts.tsbuildinfo"), { force: true }); // else nothing would be emitted
    tool("tsc", ["-p", "."]);
    pruneDist();
    run(process.execPath, [join(root, "scripts", "bundle.mjs")]);
  });
}

/** Everything `import "kerosene"` needs. */
export function ensure() {
  ensureInstall();
  ensureNative();
  ensureDist();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  ensureInstall();
  const what = process.argv[2] ?? "dist";
  if (what !== "install") ensureNative();
  if (what === "dist") ensureDist();
}
