// Runs the tests and the benchmark on one device and says how it went: `node scripts/device-run.mjs OUT [part…] [--device cuda:0]
// [--seconds 540]` with the parts laws, tests and bench (all by default). OUT gets results.json, summary.md and the whole output in log.txt.
// It uses what lies here and asks for nothing else: in what `node scripts/device-tests.mjs` packs, and in a checkout with everything built.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { workloads } from "../bench/workloads.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Tests that compute; the others are about files, texts, plans of the CPU and this package itself. */
const tested =
  ".cache/test/{parity,activations,constraints,custom,dtype-policies,engine,function,gradients,initializers,layers,losses,metrics,models,ops,optimizers,random,regularizers,training}/**/*.test.js";
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    device: { type: "string", default: process.env.KEROSENE_DEVICE ?? "cuda:0" },
    seconds: { type: "string", default: "540" },
    workloads: { type: "string", default: Object.keys(workloads).join() },
    tests: { type: "string", default: tested },
  },
});
const [folder, ...asked] = positionals;
if (folder === undefined) throw new Error("Where to? node scripts/device-run.mjs OUT [laws] [tests] [bench]");
const out = resolve(folder);
mkdirSync(out, { recursive: true });
const log = join(out, "log.txt");
writeFileSync(log, "");

const began = Date.now();
const left = () => Math.max(1000, Number(values.seconds) * 1000 - (Date.now() - began));
const env = {
  ...process.env,
  KEROSENE_DEVICE: values.device,
  TORCH_DEVICE: values.device.replace("candle:", ""),
  // The driver keeps what it compiled of our kernels, so that every process but the first finds it.
  CUDA_CACHE_MAXSIZE: String(2 ** 32),
};

/** A command's output and status, in the log as well; one that takes longer than is left is ended. */
function command(name, args, timeout = left()) {
  const start = Date.now();
  const options = { cwd: root, env, encoding: "utf8", maxBuffer: 1 << 28, timeout, killSignal: "SIGKILL" };
  const found = spawnSync(name, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  appendFileSync(log, `$ ${name} ${args.join(" ")}\n${found.stdout ?? ""}${found.stderr ?? ""}\n`);
  const ended = found.error?.code === "ETIMEDOUT" ? "the time was over" : found.error?.message;
  const failed = ended ?? (found.status === 0 ? null : `it ended with ${found.signal ?? `status ${found.status}`}`);
  return { text: found.stdout ?? "", errors: found.stderr ?? "", failed, seconds: (Date.now() - start) / 1000 };
}

/** This machine's devices, and whether the one that is asked for can be used. */
function devices() {
  const code = `const keras = await import("kerosene"); const { device } = keras;
    let error = null;
    try { device(${JSON.stringify(values.device)}, () => keras.ops.add(keras.ops.ones([2]), 1).dataSync()); } catch (e) { error = e.message; }
    console.log(JSON.stringify({ listed: keras.config.devices(), error }));`;
  const { text, errors, failed, seconds } = command(process.execPath, ["--input-type=module", "-e", code]);
  const last = text.trim().split("\n").at(-1);
  return failed ? { listed: [], error: `${failed}: ${errors.trim()}`, seconds } : { ...JSON.parse(last), seconds };
}

/** Rust's tests of the laws that every op keeps. */
function laws() {
  const path = join(root, ".cache", "cuda", "laws");
  if (!existsSync(path)) return { passed: 0, failed: [{ title: "laws", message: "they are not built" }] };
  const { text, failed, seconds } = command(path, []);
  const failing = [...text.matchAll(/^test (.+) \.\.\. FAILED$/gm)].map(([, title]) => ({
    title,
    message: text.split(`---- ${title} stdout ----`)[1]?.split("\n\n")[0]?.trim() ?? "",
  }));
  if (failed && failing.length === 0) failing.push({ title: "laws", message: failed });
  return { passed: (text.match(/^test .+ \.\.\. ok$/gm) ?? []).length, failed: failing, seconds };
}

/** The tests in JavaScript. */
function tests() {
  const ava = join(root, "node_modules", "ava", "entrypoints", "cli.mjs");
  const args = [ava, "--tap", "--concurrency", "4", values.tests];
  const { text, errors, failed, seconds } = command(process.execPath, args);
  const failing = [...text.matchAll(/^not ok \d+ - ([^\n]*)\n(?: {2}---\n([\s\S]*?)\n {2}\.\.\.$)?/gm)]
    .filter(([, title]) => !/ # (TODO|SKIP)/.test(title))
    .map(([, title, message]) => ({ title, message: message ?? "" }));
  if (failed && failing.length === 0) failing.push({ title: "ava", message: `${failed} ${errors}` });
  const passed = (text.match(/^ok \d+ - (?!.* # SKIP)/gm) ?? []).length;
  return { passed, skipped: (text.match(/^ok \d+ - .* # SKIP/gm) ?? []).length, failed: failing, seconds };
}

/** Every workload beside PyTorch, eager and compiled, where Python has it. */
function bench() {
  const probe = `import torch; d = torch.device("${env.TORCH_DEVICE}"); torch.zeros(1, device=d)
print(torch.__version__, torch.cuda.get_device_name(d) if d.type == "cuda" else d)`;
  const torch = command("python3", ["-c", probe]);
  const peers = { kerosene: [process.execPath, (name) => [join(root, "bench", "workload.mjs"), name]] };
  const script = join(root, "bench", "peers", "torch_workloads.py");
  for (const mode of torch.failed ? [] : ["eager", "compile"]) {
    peers[`torch-${mode}`] = ["python3", (name) => [script, mode, name, env.TORCH_DEVICE]];
  }
  const [lines, failed] = [[], []];
  for (const [peer, [program, args]] of Object.entries(peers)) {
    for (const workload of values.workloads.split(",")) {
      // One that hangs leaves time for the others.
      const { text, errors, failed: why } = command(program, args(workload), Math.ceil(left() / 3));
      if (why) failed.push({ title: `${workload}: ${peer}`, message: `${why} ${errors.trim().slice(-2000)}` });
      else lines.push(JSON.parse(text.trim().split("\n").at(-1)));
    }
  }
  const python = torch.failed ? `none: ${torch.errors.trim().split("\n").at(-1)}` : torch.text.trim();
  return { passed: lines.length, failed, lines, torch: python };
}

/** The benchmark's lines as a table: kerosene's milliseconds, and how many times as fast as each peer. */
function table({ lines }, field, title) {
  const peers = [...new Set(lines.map(({ peer }) => peer))].filter((peer) => peer !== "kerosene");
  const of = (workload, peer) => lines.find((line) => line.workload === workload && line.peer === peer)?.[field];
  const head = [title, "kerosene, ms", ...peers.map((peer) => `against ${peer}`)];
  const rows = [...new Set(lines.map(({ workload }) => workload))].map((workload) => {
    const ours = of(workload, "kerosene");
    const ratios = peers.map((peer) => (of(workload, peer) / ours).toFixed(2).replace("NaN", "–"));
    return [workload, ours ?? "–", ...ratios];
  });
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const parts = { laws, tests, bench };
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) throw new Error(`No part ${unknown.join()}. There are: ${Object.keys(parts).join(", ")}.`);

const addon = join(root, "npm", "cuda-linux-x64", "kerosene.cuda-linux-x64.node");
const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const smi = command("nvidia-smi", ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]);
const gpu = smi.failed ? "nvidia-smi does not say" : smi.text.trim();
const results = {
  device: values.device,
  machine,
  gpu,
  addonBytes: existsSync(addon) ? statSync(addon).size : null,
  devices: devices(),
  parts: {},
};
const usable = results.devices.error === null;
const summary = [
  `# ${values.device}`,
  `${machine}; GPU: ${gpu}`,
  `Devices: ${results.devices.listed.map(({ name, reason }) => `${name} (${reason ?? "usable"})`).join("; ")}`,
];
if (!usable) summary.push(`**${values.device} cannot be used: ${results.devices.error}**`);

/** Written after every part, so that one that is cut off leaves the others. */
function write() {
  writeFileSync(join(out, "results.json"), JSON.stringify(results, null, 1));
  writeFileSync(join(out, "summary.md"), `${summary.join("\n\n")}\n`);
}
write();
for (const name of usable ? Object.keys(parts).filter((one) => asked.length === 0 || asked.includes(one)) : []) {
  const start = Date.now();
  const result = { seconds: 0, ...parts[name]() };
  result.seconds = Math.round((Date.now() - start) / 100) / 10;
  results.parts[name] = result;
  summary.push(`## ${name}: ${result.passed} passed, ${result.failed.length} failed, in ${result.seconds} s`);
  for (const { title, message } of result.failed) summary.push(`- ${title}\n\n${message.replace(/^/gm, "      ")}`);
  if (name === "bench") {
    summary.push(`PyTorch: ${result.torch}`);
    summary.push(
      table(result, "train_ms_step", "training, a step"),
      table(result, "predict_ms_batch", "predict, a batch"),
    );
  }
  write();
}
console.log(summary.join("\n\n"));
if (!usable || Object.values(results.parts).some(({ failed }) => failed.length > 0)) process.exitCode = 1;
