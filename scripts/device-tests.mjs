// Packs the device tests for a machine with a GPU that has neither network nor Rust nor Node: `node scripts/device-tests.mjs [--as-is]` writes
// .cache/device-tests/{run.sh,contents.tar.xz}, everything they need: the addon of scripts/cuda.mjs, this Node, ava, the compiled tests,
// Keras's numbers, the benchmark. There: `sh run.sh OUT [laws] [tests] [bench]`. With --as-is what is built is packed as it is.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { ensure, root, run, tool } from "./ensure.mjs";

/** The most that may travel. */
const LIMIT = 60e6;
const golden = join(root, "..", "shared", "golden");
const ADDON = "npm/cuda-linux-x64/kerosene.cuda-linux-x64.node";

/** A package of node_modules and all that it needs. */
function closure(name, from = root, found = new Set()) {
  let folder = from;
  while (!existsSync(join(folder, "node_modules", name))) {
    if (folder === root) return found; // optional, and not for this machine
    folder = dirname(folder);
  }
  const path = join(folder, "node_modules", name);
  if (found.has(path)) return found;
  found.add(path);
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  for (const one of Object.keys({ ...dependencies, ...optionalDependencies })) closure(one, path, found);
  return found;
}

/** What is made first, unless it is to be packed as it is. */
function build() {
  ensure();
  for (const stale of ["test", "test.tsbuildinfo"])
    rmSync(join(root, ".cache", stale), { recursive: true, force: true });
  tool("tsc", ["-p", "__test__"]);
  run(process.execPath, [join(root, "scripts", "cuda.mjs"), "laws"]);
}

/** Copies a file or folder of the checkout to its place in the pack. */
function put(path, folder, filter = () => true) {
  cpSync(join(root, path), join(folder, path), { recursive: true, filter });
}

if (!process.argv.includes("--as-is")) build();
const out = join(root, ".cache", "device-tests");
const contents = join(out, "contents");
const kerosene = join(contents, "kerosene");
rmSync(out, { recursive: true, force: true });
mkdirSync(join(contents, "bin"), { recursive: true });

const node = join(contents, "bin", "node");
copyFileSync(process.execPath, node);
chmodSync(node, 0o755);
spawnSync("strip", [node]); // an eighth less, where there is such a program

for (const path of [
  "package.json",
  "bench/workload.mjs",
  "bench/workloads.mjs",
  "bench/peers/torch_workloads.py",
  "docs/parity.md",
]) {
  put(path, kerosene);
}
put("scripts/device-run.mjs", kerosene);
put(".cache/cuda/laws", kerosene);
put("dist", kerosene, (path) => !path.endsWith(".d.ts"));
put("npm/cuda-linux-x64", kerosene);
// The same addon where one without CUDA is looked for: the tests run on the CPU as well.
mkdirSync(join(kerosene, "native"));
symlinkSync(join("..", ADDON), join(kerosene, "native", "kerosene.linux-x64-gnu.node"));
put(".cache/test", kerosene);
put("__test__", kerosene, (path) => statSync(path).isDirectory() || path.endsWith(".json"));
for (const path of closure("ava"))
  put(path.slice(root.length + 1), kerosene, (file) => !/\.(d\.[cm]?ts|map|md)$/.test(file));
cpSync(golden, join(contents, "shared", "golden"), { recursive: true });

copyFileSync(join(root, "scripts", "device-run.sh"), join(out, "run.sh"));
const packed = join(out, "contents.tar.xz");
run("tar", ["-C", contents, "-cf", packed, "--use-compress-program", "xz -6 -T0", ...readdirSync(contents)]);
rmSync(contents, { recursive: true, force: true });
const bytes = statSync(packed).size;
console.log(`${basename(packed)}: ${(bytes / 1e6).toFixed(1)} MB`);
if (bytes > LIMIT) {
  console.error(`That is more than the ${LIMIT / 1e6} MB that may travel.`);
  process.exit(1);
}
