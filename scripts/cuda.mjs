// Builds the addon for NVIDIA's GPUs into npm/cuda-linux-x64, on a machine that needs neither a GPU nor CUDA: nvcc comes from PyPI (Python 3 and
// gcc are needed; 300 MB in .cache/cuda). `node scripts/cuda.mjs`; half an hour the first time. CUDA_COMPUTE_CAP=80 by default: its PTX runs on
// everything from Ampere on, which the driver compiles at the first use.

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
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
 * The sources with candle's one word changed: it asks cudarc to link with CUDA, and the addon is to start on machines without. Beside the
 * checkout's own, so that its lock file stays.
 */
function sources() {
  const metadata = spawnSync("cargo", ["metadata", "--format-version", "1", "--locked"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (metadata.status !== 0) throw new Error(metadata.stderr);
  const candle = JSON.parse(metadata.stdout).packages.find(({ name }) => name === "candle-core");
  const from = join(candle.manifest_path, "..");
  const to = join(cache, "candle-core");
  if (!existsSync(to)) cpSync(from, to, { recursive: true });
  const manifest = readFileSync(join(from, "Cargo.toml"), "utf8");
  if (manifest.split('"dynamic-linking"').length !== 2) throw new Error("candle-core no longer links as it did.");
  writeIfNew(join(to, "Cargo.toml"), manifest.replace('"dynamic-linking"', '"fallback-dynamic-loading"'));

  const workspace = join(cache, "workspace");
  for (const name of ["Cargo.toml", "Cargo.lock", "build.rs", "crates"]) {
    cpSync(join(root, name), join(workspace, name), { recursive: true, preserveTimestamps: true });
  }
  return { workspace, candle: to };
}

/** Leaves files of the same content alone, so that nothing is built twice. */
function writeIfNew(path, content) {
  if (!existsSync(path) || readFileSync(path, "utf8") !== content) writeFileSync(path, content);
}

const cuda = toolkit();
const { workspace, candle } = sources();
const link = join(cache, "link");
mkdirSync(link, { recursive: true });
// -lcudart finds the static library, so that the addon does not need the shared one.
if (!existsSync(join(link, "libcudart.a")))
  symlinkSync(join(cuda, "lib", "libcudart_static.a"), join(link, "libcudart.a"));
const target = join(cache, "target");
run("cargo", ["build", "--release", "--features", "cuda", "--config", `patch.crates-io.candle-core.path="${candle}"`], {
  cwd: workspace,
  env: {
    ...process.env,
    CARGO_TARGET_DIR: target,
    CUDA_COMPUTE_CAP: process.env.CUDA_COMPUTE_CAP ?? "80",
    CUDA_HOME: cuda,
    LIBRARY_PATH: link,
    NVCC: join(cuda, "bin", "nvcc"),
    NVCC_APPEND_FLAGS: "--compress-mode=size",
    PATH: `${join(cuda, "bin")}:${process.env.PATH}`,
  },
});
copyFileSync(
  join(target, "release", "libkerosene.so"),
  join(root, "npm", "cuda-linux-x64", "kerosene.cuda-linux-x64.node"),
);
