import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import * as keras from "kerosene";
import { writers } from "#kerosene/saving/formats.js";
import { data, Feed, one } from "./models.js";
import { printed } from "./printed.js";
import { Resumable, settings as run, writeJson } from "./resumable.js";

const { callbacks: c } = keras;
const bump = [1, 0.5, 0.6, 0.7, 0.4, 0.41];

test.serial("other endings are errors at construction", (t) => {
  t.throws(() => c.ModelCheckpoint("a.h5"), { name: "ValueError", message: /must end in `\.keras`/ });
  t.throws(() => c.ModelCheckpoint("a.weights.h5"), { name: "ValueError", message: /must end in `\.keras`/ });
  for (const ending of [".keras", ".weights.h5"]) writers.set(ending, writeJson);
});

interface Case {
  path: string;
  options: Parameters<typeof c.ModelCheckpoint>[1];
  saved: string[];
  best: number | null;
  batches?: boolean;
}

// Keras 3.15.1: what ModelCheckpoint(path, **options) saves in six epochs with these values of val_loss (or three epochs of five batches)
const cases: Case[] = [
  {
    path: "{epoch}.keras",
    options: {},
    saved: ["1.keras", "2.keras", "3.keras", "4.keras", "5.keras", "6.keras"],
    best: null,
  },
  { path: "{epoch}.keras", options: { saveBestOnly: true }, saved: ["1.keras", "2.keras", "5.keras"], best: 0.4 },
  {
    path: "{epoch:02d}_{val_loss:.2f}.keras",
    options: { saveBestOnly: true, initialValueThreshold: 0.55 },
    saved: ["02_0.50.keras", "05_0.40.keras"],
    best: 0.4,
  },
  { path: "{epoch}.keras", options: { saveBestOnly: true, mode: "max" }, saved: ["1.keras"], best: 1 },
  {
    path: "{epoch}.weights.h5",
    options: { saveWeightsOnly: true, saveBestOnly: true, monitor: "foo", mode: "min" },
    saved: ["1", "2", "3", "4", "5", "6"].map((epoch) => `${epoch}.weights.h5`),
    best: null,
  },
  {
    path: "{epoch}_{batch:02d}.keras",
    options: { saveFreq: 4 },
    saved: ["1_04.keras", "2_03.keras", "3_02.keras"],
    best: null,
    batches: true,
  },
  {
    path: "{epoch}.weights.h5",
    options: { saveWeightsOnly: true, saveFreq: 7 },
    saved: ["2.weights.h5", "3.weights.h5"],
    best: null,
    batches: true,
  },
];
process.removeAllListeners("warning"); // one of them watches what is not there

const folder = (t: { teardown(fn: () => void): void }): string => {
  const path = mkdtempSync(join(tmpdir(), "checkpoint-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

for (const { path, options, saved, best, batches } of cases) {
  test(`ModelCheckpoint("${path}", ${JSON.stringify(options)})`, async (t) => {
    const directory = join(folder(t), "made", "here");
    const callback = c.ModelCheckpoint(join(directory, path), options);
    const [x, y] = data(10);
    const run = batches ? { batchSize: 2, epochs: 3 } : { epochs: 6 };
    const callbacks = batches ? [callback] : [new Feed("val_loss", bump), callback];
    await one().fit(x, y, { ...run, verbose: 0, callbacks });
    t.deepEqual(readdirSync(directory).sort(), saved);
    t.is(callback.best, best);
  });
}

test.serial("what ModelCheckpoint prints", async (t) => {
  const directory = folder(t);
  const callback = c.ModelCheckpoint(join(directory, "{epoch}.keras"), { saveBestOnly: true, verbose: 1 });
  const [x, y] = data();
  const fit = () => one().fit(x, y, { epochs: 3, verbose: 0, callbacks: [new Feed("val_loss", bump), callback] });
  const at = (epoch: number) => join(directory, `${epoch}.keras`);
  t.is(
    await printed(fit),
    `\nEpoch 1: val_loss improved from None to 1.00000, saving model to ${at(1)}\n\nEpoch 1: finished saving model to ${at(1)}\n` +
      `\nEpoch 2: val_loss improved from 1.00000 to 0.50000, saving model to ${at(2)}\n\nEpoch 2: finished saving model to ${at(2)}\n` +
      "\nEpoch 3: val_loss did not improve from 0.50000\n",
  );
});

test("batches that are left out by stepsPerExecution count", async (t) => {
  const directory = folder(t);
  // the hook sees batches 1, 3 and 4 of each epoch; Keras 3.15.1 says 5 for the last of five, and saves "2_6.keras"
  const callback = c.ModelCheckpoint(join(directory, "{epoch}_{batch}.keras"), { saveFreq: 3 });
  const [x, y] = data(10);
  await one({ stepsPerExecution: 2 }).fit(x, y, { batchSize: 2, epochs: 2, verbose: 0, callbacks: callback });
  t.deepEqual(readdirSync(directory).sort(), ["1_4.keras", "2_2.keras", "2_5.keras"]);
});

test("only batch frequencies let batches run one by one", (t) => {
  const { onTrainBatchEnd } = c.Callback.prototype;
  t.is(c.ModelCheckpoint("a.keras").onTrainBatchEnd, onTrainBatchEnd);
  t.not(c.ModelCheckpoint("a.keras", { saveFreq: 2 }).onTrainBatchEnd, onTrainBatchEnd);
  t.is(c.BackupAndRestore("b").onTrainBatchEnd, onTrainBatchEnd);
  t.is(c.TensorBoard("b").onTrainBatchEnd, onTrainBatchEnd);
});

test("arguments that make no sense", async (t) => {
  t.throws(() => c.ModelCheckpoint("a.pth"), { message: /must end in `\.keras`/ });
  t.throws(() => c.ModelCheckpoint("a.keras", { saveWeightsOnly: true }), { message: /must end in `\.weights\.h5`/ });
  t.throws(() => c.ModelCheckpoint("a.keras", { saveFreq: 0 }), { message: /`saveFreq` must be "epoch" or/ });
  t.throws(() => c.BackupAndRestore(""), { message: /`backupDir` is empty/ });
  const directory = join(folder(t), "a.keras");
  mkdirSync(directory);
  const [x, y] = data();
  await t.throwsAsync(one().fit(x, y, { verbose: 0, callbacks: c.ModelCheckpoint(directory) }), {
    message: /It is an existing directory/,
  });
});

test("a file that cannot be written leaves the old one as it was, and no part", async (t) => {
  const directory = folder(t);
  const path = join(directory, "a.failing.keras");
  writeFileSync(path, "old");
  writers.set(".failing.keras", async (_model, part) => {
    await writeFile(part, "ne");
    throw new Error("disk full");
  });
  await t.throwsAsync(one().save(path), { message: "disk full" });
  t.deepEqual(readdirSync(directory), ["a.failing.keras"]);
  t.is(readFileSync(path, "utf8"), "old");
});

/** Throws at the end of an epoch. */
const interruption = (at: number) => ({
  onEpochEnd(epoch: number) {
    if (epoch === at) throw new Error("interrupted");
  },
});

for (const options of [{}, { saveFreq: 2 }, { doubleCheckpoint: true }]) {
  test(`training goes on where it was interrupted, ${JSON.stringify(options)}`, async (t) => {
    const directory = join(folder(t), "backup");
    const [x, y] = data(4);
    const whole = await new Resumable().fit(x, y, run);

    const backup = () => c.BackupAndRestore(directory, options);
    // the backup comes before the interruption: epoch 3 is saved, then the process "dies"
    await t.throwsAsync(new Resumable().fit(x, y, { ...run, callbacks: [backup(), interruption(2)] }));
    t.deepEqual(JSON.parse(readFileSync(join(directory, "training_metadata.json"), "utf8")), {
      epoch: "saveFreq" in options ? 2 : 3,
      batch: "saveFreq" in options ? 1 : 0,
    });
    const model = new Resumable();
    const rest = await model.fit(x, y, { ...run, callbacks: backup() });
    // by batches, the last backup was made within the third epoch, which is run again as in Keras: with other weights than before
    if ("saveFreq" in options) t.deepEqual(rest.epoch, [2, 3, 4]);
    else {
      t.deepEqual(rest.epoch, [3, 4]);
      t.deepEqual(rest.history.loss, whole.history.loss?.slice(3));
    }
    t.false(existsSync(directory));
    const again = await model.fit(x, y, { ...run, epochs: 1 });
    t.deepEqual(again.epoch, [0]); // only the fit that was restored begins later
  });
}

test("killed while it writes: the files are whole, and training goes on", async (t) => {
  const directory = join(folder(t), "backup");
  const program = join(import.meta.dirname, "kill-program.js");
  const killed = spawn(process.execPath, [program, directory, "3"], { stdio: ["ignore", "pipe", "inherit"] });
  // it has written half of the backup of the third epoch, and waits
  for await (const text of killed.stdout) {
    if (String(text).includes("half")) break;
  }
  killed.kill("SIGKILL");
  await new Promise((resolve) => killed.once("exit", resolve));
  t.is(killed.signalCode, "SIGKILL");
  t.is(JSON.parse(readFileSync(join(directory, "training_metadata.json"), "utf8")).epoch, 2);
  JSON.parse(readFileSync(join(directory, "latest.weights.h5"), "utf8"));
  const { stdout } = await promisify(execFile)(process.execPath, [program, directory, "never"]);
  const [x, y] = data(4);
  const whole = await new Resumable().fit(x, y, run);
  t.deepEqual(JSON.parse(stdout), { epoch: [2, 3, 4], loss: whole.history.loss?.slice(2) });
  t.false(existsSync(directory));
});

test("a backup that cannot be read: the one before it, or an error", async (t) => {
  const directory = folder(t);
  const [x, y] = data(4);
  const settings = { epochs: 4, verbose: 0 } as const;
  const backup = (options = {}) => c.BackupAndRestore(directory, { deleteCheckpoint: false, ...options });
  await new Resumable().fit(x, y, { ...settings, callbacks: [backup({ doubleCheckpoint: true })] });
  writeFileSync(join(directory, "latest.weights.h5"), "{");
  const { epoch } = await new Resumable().fit(x, y, { ...settings, callbacks: [backup({ doubleCheckpoint: true })] });
  t.deepEqual(epoch, [3]);
  writeFileSync(join(directory, "latest.weights.h5"), "{");
  rmSync(join(directory, "latest.weights.h5.bkp"));
  await t.throwsAsync(new Resumable().fit(x, y, { ...settings, callbacks: [backup()] }), { name: "SyntaxError" });
});

test("a model without weights cannot be restored", async (t) => {
  const model = keras.Sequential([keras.layers.Dense(1)]);
  model.compile({ optimizer: "sgd", loss: "mse" });
  const batches = function* () {
    yield data();
  };
  await t.throwsAsync(model.fit(batches, { verbose: 0, callbacks: c.BackupAndRestore(folder(t)) }), {
    message: /must be built before `fit`/,
  });
});
