/** Programs that are killed without warning while they train and write files. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";

const program = join(import.meta.dirname, "killed-program.js");
const home = mkdtempSync(join(tmpdir(), "kerosene-killed-"));
test.after.always(() => rmSync(home, { recursive: true, force: true }));
const EPOCHS = 8;

interface Run {
  /** By epoch. */
  readonly losses: Map<number, number>;
  readonly signal: NodeJS.Signals | null;
}

/** A run that is killed in the middle of an epoch, as soon as it begins to write a file, or not at all. */
async function run(folder: string, kind: string, moment: number | "writing" | "never"): Promise<Run> {
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, [program, folder, kind, String(EPOCHS), String(moment)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const watcher = watch(folder, (_, name) => {
    if (moment === "writing" && name?.endsWith(".part")) child.kill("SIGKILL");
  });
  let text = "";
  child.stdout.on("data", (part) => {
    text += part;
    if (text.includes("waits")) child.kill("SIGKILL");
  });
  await new Promise<void>((resolve) => child.once("close", () => resolve()));
  watcher.close();
  const told = [...text.matchAll(/^(\d+) (\S+)$/gm)].map(([, epoch, loss]) => [Number(epoch), Number(loss)] as const);
  return { losses: new Map(told), signal: child.signalCode };
}

for (const kind of ["BackupAndRestore", "ModelCheckpoint"]) {
  test(`${kind}: killed again and again, the run goes on as if it had never been`, async (t) => {
    const whole = await run(join(home, `${kind}-whole`), kind, "never");
    t.is(whole.signal, null);
    t.deepEqual([...whole.losses.keys()], [...Array(EPOCHS).keys()]);
    const folder = join(home, kind);
    const losses = new Map<number, number>();
    for (const moment of [2, 5, "writing", "never"] as const) {
      const part = await run(folder, kind, moment);
      // a file may be whole before the signal that it was begun has come
      if (moment !== "writing") t.is(part.signal, moment === "never" ? null : "SIGKILL");
      for (const [epoch, loss] of part.losses) losses.set(epoch, loss);
      if (moment === 2) t.deepEqual([...part.losses.keys()], [0, 1]);
      // what stands under a name of its own is whole
      const files = existsSync(folder) ? readdirSync(folder) : [];
      for (const name of files.filter((one) => one.endsWith(".keras"))) {
        const model = (await keras.models.loadModel(join(folder, name))) as keras.Model;
        t.is(model.countParams(), 16 * 256 + 256 + 256 * 512 + 512 + 513, name);
      }
    }
    t.deepEqual(
      [...losses.keys()].sort((a, b) => a - b),
      [...whole.losses.keys()],
    );
    for (const [epoch, loss] of whole.losses) t.is(losses.get(epoch), loss, `epoch ${epoch}`);
  });
}
