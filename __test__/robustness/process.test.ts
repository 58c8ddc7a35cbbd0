import { spawnSync } from "node:child_process";
import test from "ava";

/** A program that starts a long fit, in the main thread or in a worker. */
const program = (main: string) => `
import * as keras from "kerosene";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { once } from "node:events";
const { layers } = keras;
function longFit() {
  const inputs = keras.Input({ shape: [256] });
  const model = keras.Model(inputs, layers.Dense(10)(layers.Dense(256, { activation: "relu" })(inputs)));
  model.compile({ optimizer: "adam", loss: "mse" });
  return model.fit(keras.random.uniform([8192, 256]), keras.random.uniform([8192, 10]), { epochs: 10000, verbose: 0 });
}
${main}
`;

function run(main: string) {
  return spawnSync(process.execPath, ["--input-type=module", "-e", program(main)], {
    encoding: "utf8",
    timeout: 60_000,
  });
}

test("process.exit in the middle of fit exits with its code", (t) => {
  const { status, signal, stderr } = run("longFit(); setTimeout(() => process.exit(7), 300);");
  t.is(signal, null, stderr);
  t.is(status, 7, stderr);
});

test("an uncaught error in the middle of fit ends the process as any other", (t) => {
  const { status, signal, stderr } = run("longFit(); setTimeout(() => { throw new Error('mine'); }, 300);");
  t.is(signal, null, stderr);
  t.is(status, 1);
  t.regex(stderr, /mine/);
});

test("workers are terminated in the middle of fit, and others train on", (t) => {
  // a worker needs a file or a data: address, since the program itself came by -e
  const worker = program("parentPort.postMessage('started'); longFit();");
  const { status, signal, stderr, stdout } = run(`
    import { mkdirSync, rmSync, writeFileSync } from "node:fs";
    mkdirSync(".cache", { recursive: true });
    const file = ".cache/worker-" + process.pid + ".mjs";
    writeFileSync(file, ${JSON.stringify(worker)});
    for (let i = 0; i < 4; i++) {
      const worker = new Worker("./" + file, { execArgv: [] });
      await once(worker, "message");
      await new Promise((resolve) => setTimeout(resolve, 150));
      await worker.terminate();
    }
    rmSync(file);
    const inputs = keras.Input({ shape: [4] });
    const model = keras.Model(inputs, layers.Dense(1)(inputs));
    model.compile({ optimizer: "sgd", loss: "mse" });
    const { history } = await model.fit(keras.random.uniform([64, 4]), keras.random.uniform([64, 1]), { verbose: 0 });
    console.log("loss", history.loss.length);
  `);
  t.is(signal, null, stderr);
  t.is(status, 0, stderr);
  t.regex(stdout, /loss 1/);
});
