// `npm run bench:compare -- PYTHON KERAS_BENCH_PY [rounds]`: this package and Keras on JAX, turn by turn, because only figures of one
// run can be compared. PYTHON has keras and jax installed. Prints every line, then the ratios of the best of each.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { ensure, root } from "../scripts/ensure.mjs";
import { workloads } from "./workloads.mjs";

const [python, script, rounds = "2"] = process.argv.slice(2);
if (!python || !script) {
  console.error("usage: npm run bench:compare -- PYTHON KERAS_BENCH_PY [rounds]");
  process.exit(2);
}
ensure();

/** Runs one peer's command and returns the line it printed for the workload. */
function measure(command, args, env = {}) {
  const options = {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  };
  const { status, stdout, error } = spawnSync(command, args, options);
  if (error || status !== 0) throw error ?? new Error(`${command} ended with status ${status}`);
  const line = stdout.trim().split("\n").at(-1);
  console.log(line);
  return JSON.parse(line);
}

const best = (lines, field) => Math.min(...lines.map((line) => line[field]));
for (const name of Object.keys(workloads)) {
  const ours = [];
  const theirs = [];
  for (let i = 0; i < Number(rounds); i++) {
    ours.push(measure(process.execPath, [join(root, "bench", "workload.mjs"), name]));
    theirs.push(measure(python, [script, name], { KERAS_BACKEND: "jax" }));
  }
  const ratio = (field) => (best(theirs, field) / best(ours, field)).toFixed(2);
  console.log(`${name}: ${ratio("train_ms_step")} times as fast in training, ${ratio("predict_ms_batch")} in predict`);
}
