// Builds the addon for NVIDIA's GPUs into npm/cuda-linux-x64, on a machine that needs neither a GPU nor CUDA: nvcc comes from PyPI (Python 3 and
// gcc are needed; 400 MB in .cache/cuda). `node scripts/cuda.mjs [laws]`; ten minutes the first time. With `laws`, Rust's tests of the laws are
// built for the device tests as well. CUDA_COMPUTE_CAP=80 by default: its PTX runs on everything from Ampere on, which the driver compiles at
// the first use.

import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root, run } from "./ensure.mjs";

/** nvcc 13.0: its PTX is the newest that a driver for CUDA 13.0 takes. */
const wheels = [
  "nvidia-cuda-nvcc==13.0.88",
  "nvidia-cuda-crt==13.0.88",
  "nvidia-nvvm==13.0.88",
  "nvidia-cuda-runtime==13.0.96",
  "nvidia-cuda-cccl==13.0.85",
];

const cache = join(root, ".cache", "cuda");
const environment = join(cache, "toolkit");

/** Folder of the toolkit, which is fetched if it is not there. */
function toolkit() {
  const complete = join(environment, "complete");
  if (!existsSync(complete)) {
    rmSync(environment, { recursive: true, force: true });
    run("python3", ["-m", "venv", environment]);
    run(join(environment, "bin", "pip"), ["install", "--quiet", "--no-deps", ...wheels]);
    writeFileSync(complete, "");
  }
  const lib = join(environment, "lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python3"));
  return join(lib, python, "site-packages", "nvidia", "cu13");
}

/**
 * What is changed in candle's crates, each time from one text to another:
 * - candle-core asks cudarc to link with CUDA, and the addon is to start on machines without;
 * - candle-kernels compiles kernels for quantised weights of language models, most of its time and size, which nothing here calls.
 */
const changes = [
  ["candle-core", "Cargo.toml", /"dynamic-linking"/, '"fallback-dynamic-loading"'],
  [
    "candle-kernels",
    "build.rs",
    / {4}let mut moe_sources = [\s\S]*?(?= {4}Ok\(\(\)\)\n\})/,
    "    let _ = CUTILE_FEATURE;\n",
  ],
  ["candle-kernels", "src/quantized.cu", /[\s\S]+/, ""],
];

/** A folder with the sources, and cargo's arguments for candle's crates as changed. Beside the checkout's own, so that its lock file stays. */
function sources() {
  const metadata = spawnSync("cargo", ["metadata", "--format-version", "1", "--locked", "--all-features"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (metadata.status !== 0) throw new Error(metadata.stderr);
  const { packages } = JSON.parse(metadata.stdout);
  const config = changes.flatMap(([name, file, pattern, replacement]) => {
    const from = join(packages.find((one) => one.name === name).manifest_path, "..");
    const to = join(cache, name);
    if (!existsSync(to)) cpSync(from, to, { recursive: true });
    const text = readFileSync(join(from, file), "utf8");
    if (!pattern.test(text)) throw new Error(`${name}'s ${file} is no longer as it was.`);
    writeIfNew(join(to, file), text.replace(pattern, replacement));
    return ["--config", `patch.crates-io.${name}.path="${to}"`];
  });

  const workspace = join(cache, "workspace");
  rmSync(workspace, { recursive: true, force: true });
  for (const name of ["Cargo.toml", "Cargo.lock", "build.rs", "crates", "docs"]) {
    cpSync(join(root, name), join(workspace, name), { recursive: true, preserveTimestamps: true });
  }
  return { workspace, config };
}

/** Leaves files of the same content alone, so that nothing is built twice. */
function writeIfNew(path, content) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeFileSync(path, content);
}

const cuda = toolkit();
const { workspace, config } = sources();
const options = {
  cwd: workspace,
  env: {
    ...process.env,
    CARGO_TARGET_DIR: join(cache, "target"),
    CUDA_COMPUTE_CAP: process.env.CUDA_COMPUTE_CAP ?? "80",
    CUDA_HOME: cuda,
    NVCC: join(cuda, "bin", "nvcc"),
    PATH: `${join(cuda, "bin")}:${process.env.PATH}`,
  },
};
run("cargo", ["build", "--release", "--features", "cuda", ...config], options);
const addon = join(root, "npm", "cuda-linux-x64", "kerosene.cuda-linux-x64.node");
copyFileSync(join(cache, "target", "release", "libkerosene.so"), addon);
console.log(`${addon}: ${(statSync(addon).size / 1e6).toFixed(1)} MB`);

if (process.argv.includes("laws")) {
  const args = ["test", "--no-run", "--release", "--features", "cuda", "-p", "kerosene-exec", "--test", "laws"];
  const json = { ...options, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", maxBuffer: 1 << 28 };
  const built = spawnSync("cargo", [...args, "--message-format", "json-render-diagnostics", ...config], json);
  if (built.status !== 0) process.exit(built.status ?? 1);
  const messages = built.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  copyFileSync(
    messages.find(({ executable, target }) => executable && target.name === "laws").executable,
    join(cache, "laws"),
  );
}
