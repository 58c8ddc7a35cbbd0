import test from "ava";
import { Input, layers, Model, ops, random } from "kerosene";

const megabytes = () => process.memoryUsage().rss / 2 ** 20;

test.serial("a million eager ops in a synchronous loop settle", (t) => {
  let x = ops.zeros([8]);
  const loop = (times: number) => {
    for (let i = 0; i < times; i++) x = x.add(1);
  };
  loop(100_000);
  const before = megabytes();
  loop(1_000_000);
  const grown = megabytes() - before;
  t.log(`${grown.toFixed(1)} MB`);
  t.true(grown < 50, `${grown} MB`);
  t.is(x.tolist()[0], 1_100_000);
});

test.serial("large eager results are let go within a synchronous loop", (t) => {
  let x = ops.zeros([250_000]);
  for (let i = 0; i < 300; i++) x = x.add(1);
  const before = megabytes();
  for (let i = 0; i < 1000; i++) x = x.add(1); // 1 GB in all
  const grown = megabytes() - before;
  t.log(`${grown.toFixed(1)} MB`);
  t.true(grown < 200, `${grown} MB`);
});

test.serial("200 models, each trained once, settle", async (t) => {
  const [x, y] = [random.uniform([64, 20]), random.uniform([64, 1])];
  const once = async () => {
    const inputs = Input({ shape: [20] });
    const model = Model(inputs, layers.Dense(1)(layers.Dense(32, { activation: "relu" })(inputs)));
    model.compile({ optimizer: "adam", loss: "mse" });
    await model.fit(x, y, { verbose: 0 });
  };
  for (let i = 0; i < 50; i++) await once();
  const before = megabytes();
  for (let i = 0; i < 200; i++) await once();
  const grown = megabytes() - before;
  t.log(`${grown.toFixed(1)} MB`);
  t.true(grown < 50, `${grown} MB`);
});
