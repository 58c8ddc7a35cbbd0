// Loads broken files, one after the other, and says what came of it: `node mutation-program.js FOLDER SEED ROUNDS`.
// Every file is one of FOLDER, broken at random. The peak of memory is asked of the system for each, so one that is too high is found.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as keras from "kerosene";
import { fromSystem, resetPeak } from "./memory.js";

const [folder = "", seed = "1", rounds = "100"] = process.argv.slice(2);
const names = readdirSync(folder).sort();
const files = names.filter((name) => statSync(join(folder, name)).isFile());
const random = randomly(Number(seed));
const scratch = mkdtempSync(join(tmpdir(), "kerosene-mutations-"));

/** xorshift: the same files at every run. */
function randomly(start: number): (bound: number) => number {
  let state = start;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** Bytes with a few bits changed, or extreme numbers, or parts moved. */
function changed(bytes: Buffer): void {
  for (let i = random(4); i >= 0; i--) {
    const at = random(bytes.length);
    const kind = random(4);
    if (kind === 0) bytes[at]! ^= 1 << random(8);
    else if (kind === 1) bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)]!;
    else if (kind === 2) bytes.fill(0xff, at, Math.min(at + 8, bytes.length));
    else bytes.copy(bytes, at, random(bytes.length), random(bytes.length));
  }
}

/** A broken copy of a file. */
function broken(file: string): Buffer {
  const good = Buffer.from(readFileSync(file));
  const kind = random(6);
  if (kind === 0) return good.subarray(0, random(good.length));
  // Half a file of another kind behind half of this one.
  if (kind === 1) {
    const other = readFileSync(join(folder, files[random(files.length)]!));
    return Buffer.concat([good.subarray(0, random(good.length)), other.subarray(random(other.length))]);
  }
  changed(good);
  return good;
}

/** Members of a folder: which is under which name is changed too. */
function brokenFolder(source: string, target: string): void {
  cpSync(source, target, { recursive: true });
  const members = readdirSync(target).filter((name) => statSync(join(target, name)).isFile());
  const pick = (): string => join(target, members[random(members.length)]!);
  const at = pick();
  if (random(3) === 0) writeFileSync(at, readFileSync(pick()));
  else writeFileSync(at, broken(at));
}

async function load(path: string, into: keras.Model): Promise<string> {
  try {
    if (/\.(weights\.h5|safetensors|json)$/.test(path)) await into.loadWeights(path);
    else {
      const model = await keras.saving.loadModel(path);
      if (model.countParams() !== into.countParams()) return "other";
    }
    return "model";
  } catch (error) {
    // A program's mistake is no answer to a broken file.
    return error instanceof keras.errors.KeroseneError && error.name !== "InternalError" ? "error" : String(error);
  }
}

const targets = new Map<string, keras.Model>();
for (const name of names) {
  const stem = name.split(".")[0]!.split("_")[0]!;
  if (!targets.has(stem))
    targets.set(stem, await keras.saving.loadModel(join(folder, `${stem}.keras`), { compile: false }));
}
const outcomes: Record<string, number> = {};
let worst = 0;
for (let round = 0; round < Number(rounds); round++) {
  const name = names[round % names.length]!;
  const source = join(folder, name);
  // Shards lie beside their list under their own names.
  const path = join(scratch, name);
  let bytes: number;
  if (statSync(source).isDirectory()) {
    brokenFolder(source, path);
    bytes = readdirSync(path).reduce((total, one) => total + statSync(join(path, one)).size, 0);
  } else {
    const content = broken(source);
    writeFileSync(path, content);
    bytes = content.length;
  }
  if (round % 25 === 0) globalThis.gc?.();
  const before = resetPeak();
  const outcome = await load(path, targets.get(name.split(".")[0]!.split("_")[0]!)!);
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const extra = fromSystem("VmHWM") - before - 4 * bytes;
  if (extra > worst) worst = extra;
  rmSync(path, { recursive: true, force: true });
  // What is left of one is not counted for the next.
}
console.log(JSON.stringify({ outcomes, worst }));
rmSync(scratch, { recursive: true });
