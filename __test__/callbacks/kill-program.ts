/** Trains with backups in a directory; of the n-th it writes half, says so and waits to be killed. */
import { appendFile } from "node:fs/promises";
import * as keras from "kerosene";
import { writers } from "#kerosene/saving/formats.js";
import { data } from "./models.js";
import { Resumable, settings, writeJson } from "./resumable.js";

const [directory = "", last = ""] = process.argv.slice(2);
let written = 0;
writers.set(".weights.h5", async (model, path, options) => {
  if (++written !== Number(last)) return writeJson(model, path, options);
  await appendFile(path, '{"weights":[[');
  console.log("half");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
const [x, y] = data(4);
const callbacks = keras.callbacks.BackupAndRestore(directory);
const { epoch, history } = await new Resumable().fit(x, y, { ...settings, callbacks });
console.log(JSON.stringify({ epoch, loss: history.loss }));
