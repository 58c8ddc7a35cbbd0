// How often tensors go back and forth between the host and a device in a steady step of the benchmark's workloads, counted on the GPU that the
// process is asked to use, and without one on candle's CPU tensors, which stand for it: data stays on the device, and nothing waits for the device
// before somebody asks for the logs.
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import test from "ava";
import * as keras from "kerosene";
import { native } from "#kerosene/native.js";

interface Workload {
  model: keras.Model;
  x: keras.Data;
  y: keras.Data;
}

type Make = (package_: typeof keras, samples: number) => Workload;

const file = pathToFileURL(join(process.cwd(), "bench", "workloads.mjs")).href;
const { workloads } = (await import(file)) as { workloads: Record<string, Make> };

/** The copies that `run` makes: to the device, and from there. */
async function copies(run: () => Promise<unknown>): Promise<[to: number, from: number]> {
  const before = native().transfers();
  await run();
  const after = native().transfers();
  return [after.toDevice - before.toDevice, after.toHost - before.toHost];
}

const device = process.env.KEROSENE_DEVICE?.startsWith("cuda") ? process.env.KEROSENE_DEVICE : "candle:cpu";

/** The random masks of a step, which are made on the host where elementwise groups are no kernels. */
const inKernels =
  device !== "candle:cpu" && keras.config.devices().some(({ name, lacks }) => name === device && !lacks);
const masks: Record<string, number> = inKernels ? {} : { mlp_512: 2, mnist_convnet: 1, toy_resnet: 1, transformer: 1 };

for (const [name, make] of Object.entries(workloads)) {
  test.serial(`a steady step of ${name} copies nothing but random masks`, async (t) => {
    keras.utils.setRandomSeed(1);
    const { model, x, y } = make(keras, 6);
    const small = make(keras, 2);
    model.device = device;
    const train = ({ x, y }: { x: keras.Data; y: keras.Data }) =>
      model.fit(x, y, { batchSize: 2, epochs: 1, verbose: 0 });
    await train({ x, y });
    const [to, from] = await copies(() => train({ x, y }));
    const [toOne, fromOne] = await copies(() => train(small));
    t.deepEqual([(to - toOne) / 2, (from - fromOne) / 2], [masks[name] ?? 0, 0], `${[to, from]}, ${[toOne, fromOne]}`);
    t.true(from < 10, `${from} copies from the device for the logs of an epoch`);

    const predict = (x: keras.Data) => model.predict(x, { batchSize: 2, verbose: 0 });
    await predict(x);
    t.deepEqual(await copies(() => predict(x)), await copies(() => predict(small.x)));
  });
}
