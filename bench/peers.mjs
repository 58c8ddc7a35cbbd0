// `npm run bench:peers [-- --rounds N] [--peers a,b] [--workloads a,b] [--out results.json]`: installs the peers into `.cache/peers`, runs
// every workload of ours and of theirs in turn, each in a process of its own, and prints the ratios. Only figures of one run on a quiet
// machine can be compared.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { ensure, root } from "../scripts/ensure.mjs";
import { workloads } from "./workloads.mjs";

const KERAS = ["keras==3.15.1", "numpy==2.4.6"];
/** What each environment installs. */
const environments = {
  jax: [...KERAS, "jax==0.10.2"],
  tensorflow: [...KERAS, "tensorflow-cpu==2.21.0"],
  torch: [...KERAS, "torch==2.15.0"],
};
/** How each peer is run. */
const keras = (backend) => ({
  environment: backend,
  args: ["keras_workloads.py"],
  env: { KERAS_BACKEND: backend, TF_CPP_MIN_LOG_LEVEL: "3" },
});
const torch = (mode) => ({ environment: "torch", args: ["torch_workloads.py", mode], env: {} });
const peers = {
  "keras-jax": keras("jax"),
  "keras-tensorflow": keras("tensorflow"),
  "keras-torch": keras("torch"),
  "torch-eager": torch("eager"),
  "torch-compile": torch("compile"),
};

function asked(given, all, what) {
  const names = given?.split(",") ?? Object.keys(all);
  const unknown = names.filter((name) => !(name in all));
  if (unknown.length > 0) {
    console.error(`No ${what} ${unknown.join(", ")}. There are: ${Object.keys(all).join(", ")}.`);
    process.exit(2);
  }
  return names;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    peers: { type: "string" },
    workloads: { type: "string" },
    out: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const chosen = asked(values.peers, peers, "peer");
const names = asked(values.workloads, workloads, "workload");

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, encoding: "utf8", ...options });
  if (result.error || result.status !== 0) {
    throw result.error ?? new Error(`${command} ${args.join(" ")} ended with status ${result.status}`);
  }
  return result.stdout;
}

/** The Python of an environment, made and filled at the first use. */
function python(environment) {
  const folder = join(root, ".cache", "peers", environment);
  const path = process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  const packages = environments[environment];
  const stamp = join(folder, "installed.json");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== JSON.stringify(packages)) {
    console.log(`Installing ${packages.join(", ")} into ${folder}`);
    mkdirSync(folder, { recursive: true });
    run(process.platform === "win32" ? "python" : "python3", ["-m", "venv", folder], { stdio: "inherit" });
    run(path, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" });
    writeFileSync(stamp, JSON.stringify(packages));
  }
  return path;
}

/** Runs one workload of one peer; the line it printed, or null (with its error shown) where it cannot run it. */
function measure(peer, workload) {
  const { environment, args, env } = peers[peer] ?? {};
  const [command, ...rest] = environment
    ? [python(environment), join(root, "bench", "peers", args[0]), ...args.slice(1), workload]
    : [process.execPath, join(root, "bench", "workload.mjs"), workload];
  try {
    const options = { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] };
    const line = run(command, rest, options).trim().split("\n").at(-1);
    console.log(line);
    return JSON.parse(line);
  } catch (error) {
    console.error(`${peer} cannot run ${workload}: ${error.message}`);
    return null;
  }
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const median = (numbers) => {
  const [all, middle] = [sorted(numbers), Math.floor(numbers.length / 2)];
  return all.length % 2 === 1 ? all[middle] : (all[middle - 1] + all[middle]) / 2;
};

/** Rows of a Markdown table. */
const table = (head, rows) => [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Theirs divided by ours, round by round: the median, and from which to which. */
function ratio(ours, theirs, field) {
  const pairs = ours.flatMap((line, round) => (line && theirs[round] ? [theirs[round][field] / line[field]] : []));
  if (pairs.length === 0) return { median: Number.NaN, text: "–" };
  const [low, high] = [sorted(pairs)[0], sorted(pairs).at(-1)];
  const spread = pairs.length > 1 ? ` (${low.toFixed(2)}–${high.toFixed(2)})` : "";
  return { median: median(pairs), text: `${median(pairs).toFixed(2)}${spread}` };
}

ensure();
for (const peer of chosen) python(peers[peer].environment);
const lines = {};
for (const workload of names) {
  lines[workload] = Object.fromEntries(["kerosene", ...chosen].map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of ["kerosene", ...chosen]) lines[workload][peer].push(measure(peer, workload));
  }
}

const machine = `${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const report = [`${machine}; rounds: ${rounds}; medians of the ratios (lowest–highest); kerosene's own figures in ms.`];
for (const [title, field] of [
  ["training, a step", "train_ms_step"],
  ["predict, a batch", "predict_ms_batch"],
]) {
  const rows = names.map((workload) => {
    const { kerosene: ours, ...theirs } = lines[workload];
    const ratios = chosen.map((peer) => ratio(ours, theirs[peer], field));
    const fastest = Math.min(...ratios.map((one) => one.median).filter((one) => !Number.isNaN(one)));
    const own = median(ours.filter(Boolean).map((line) => line[field]));
    return [workload, own.toPrecision(3), ...ratios.map((one) => one.text), `**${fastest.toFixed(2)}**`];
  });
  report.push(table([title, "kerosene", ...chosen, "against the fastest"], rows));
}
const others = names.map((workload) => {
  const of = (peer, field) => median(lines[workload][peer].filter(Boolean).map((line) => line[field]));
  const best = (field) => Math.min(...chosen.map((peer) => of(peer, field)).filter((one) => !Number.isNaN(one)));
  const pair = (field) => [of("kerosene", field), best(field)].map((one) => Number(one.toPrecision(3)));
  const firstSteps = sorted(
    lines[workload].kerosene.filter(Boolean).map((line) => Math.round(line.first_step_s * 1e3)),
  );
  const firstStep = [...new Set([firstSteps[0], firstSteps.at(-1)])].join("–");
  return [workload, firstStep, ...["first_epoch_s", "import_s", "rss_mb"].flatMap(pair)];
});
const head = ["first epoch, s", "import, s", "peak memory, MB"].flatMap((title) => [title, "best peer's"]);
report.push(table(["one more", "first step, ms", ...head], others));
console.log(`\n${report.join("\n\n")}`);
if (values.out) writeFileSync(values.out, JSON.stringify({ machine, lines, report }, null, 1));
