import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import * as keras from "kerosene";
import { layers } from "kerosene";
import { hasGolden } from "../golden.js";
import { readZipMember } from "../models/zip.js";

const root = join("..", "shared", "golden", "models");
const folder = mkdtempSync(join(tmpdir(), "kerosene-plot-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** Keras's keyword arguments as ours: `show_shapes=True, rankdir='LR'`. */
function optionsOf(title: string): keras.utils.ModelToDotOptions {
  const options: Record<string, unknown> = {};
  for (const [, name, value] of title.matchAll(/(\w+)=(\w+|'\w+')/g)) {
    const camel = name!.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    options[camel] = value === "True" ? true : value!.replaceAll("'", "");
  }
  return options;
}

/**
 * What Keras wrote, without quotes round names that need none, and without arrows from boxes that do not exist: in sequential models with
 * masks they come from the ops that compute masks, which are none of the layers (graphviz would draw them as empty boxes).
 */
function meant(dot: string): string {
  const boxes = new Set(Array.from(dot.matchAll(/^(n\d+) \[/gm), ([, id]) => id));
  const lines = dot.replace(/^label="(\w+)";$/gm, "label=$1;").split("\n");
  return lines
    .filter((line) => {
      const from = /^(n\d+) -> /.exec(line)?.[1];
      return from === undefined || boxes.has(from);
    })
    .join("\n");
}

for (const name of hasGolden ? readdirSync(root).sort() : []) {
  const path = join(root, name, "dot.txt");
  if (!existsSync(path)) continue;
  const config = readZipMember(join(root, name, "model.keras"), "config.json").toString("utf8");
  test(`${name}: as Keras describes it`, (t) => {
    const model = keras.models.modelFromJson(config);
    for (const section of readFileSync(path, "utf8")
      .split(/^#### /m)
      .slice(1)) {
      const end = section.indexOf("\n");
      t.is(
        keras.utils.modelToDot(model, optionsOf(section.slice(0, end))).trim(),
        meant(section.slice(end).trim()),
        section.slice(0, end),
      );
    }
  });
}

function tiny(): keras.Model {
  const inputs = keras.Input({ shape: [8], name: "img" });
  return keras.Model(inputs, layers.Dense(3, { name: "out", activation: "relu" })(inputs), { name: "tiny" });
}

test("a class with a call is one box", (t) => {
  class Two extends keras.Model {
    first = layers.Dense(3);
    override call(x: keras.Tensor): keras.Tensor {
      return this.first(x);
    }
  }
  const model = new Two({ name: "two" });
  t.throws(() => keras.utils.modelToDot(model), { name: "StateError", message: /"two" has not yet been built/ });
  model(keras.ops.zeros([1, 4]));
  const dot = keras.utils.modelToDot(model);
  t.regex(dot, /<b>two<\/b> \(Two\)/);
  t.notRegex(dot, /->/);
});

test("names may hold any character", async (t) => {
  const inputs = keras.Input({ shape: [2], name: 'a<b>&"c"' });
  const model = keras.Model(inputs, layers.Dense(1, { name: "größe ≥ 層" })(inputs), { name: "odd" });
  const whole = keras.Sequential([keras.Input([2]), keras.Model(inputs, model(inputs), { name: 'say "hi"\\' })]);
  const dot = keras.utils.modelToDot(whole, { expandNested: true });
  t.true(dot.includes('subgraph "cluster_say \\"hi\\"\\\\" {'));
  const path = join(folder, "odd.svg");
  await keras.utils.plotModel(whole, path, { expandNested: true, showLayerNames: true });
  const svg = readFileSync(path, "utf8");
  t.true(svg.includes("a&lt;b&gt;&amp;&quot;c&quot;") && svg.includes("größe ≥ 層"));
});

test("a subgraph is a cluster", (t) => {
  const lines = keras.utils.modelToDot(tiny(), { subgraph: true }).split("\n");
  t.deepEqual(lines.slice(0, 4), ["subgraph cluster_tiny {", "style=dashed;", "label=tiny;", "labeljust=l;"]);
});

test("plotModel writes what the ending says, and names only where they are asked for", async (t) => {
  const path = (name: string): string => join(folder, name);
  await keras.utils.plotModel(tiny(), path("m.dot"), { rankdir: "LR", dpi: 72, splines: "curved" });
  const dot = readFileSync(path("m.dot"), "utf8");
  t.regex(dot, /^digraph G \{\nrankdir=LR;\nconcentrate=true;\ndpi=72;\nsplines=curved;/);
  t.true(dot.includes("<b>Dense</b>") && !dot.includes("out"));
  await keras.utils.plotModel(tiny(), { toFile: path("m.svg"), showLayerNames: true, showLayerActivations: true });
  const svg = readFileSync(path("m.svg"), "utf8");
  t.regex(svg, /<svg width="(\d+)pt" height="(\d+)pt"\s+viewBox="0 0 \1 \2"[\s\S]*>out<[\s\S]*>relu</);
  t.regex(svg, /<text xml:space="preserve" [^>]*> \(Dense\)</);
  await keras.utils.plotModel(tiny(), path("m.png"), { dpi: 100 });
  await keras.utils.plotModel(tiny(), path("m"), { dpi: 200 });
  const [small, large] = ["m.png", "m"].map((name) => readFileSync(path(name)));
  for (const png of [small!, large!]) t.is(png.subarray(1, 4).toString("latin1"), "PNG");
  // Twice the dots per inch are twice the pixels, a pixel's rounding apart.
  for (const at of [16, 20]) t.true(Math.abs(large!.readUInt32BE(at) - 2 * small!.readUInt32BE(at)) <= 2);
  t.deepEqual(
    readdirSync(folder).filter((name) => name.includes("part")),
    [],
  );
});

/** What is warned of meanwhile. */
async function warned(t: ExecutionContext, work: () => Promise<unknown>): Promise<unknown[]> {
  const texts: unknown[] = [];
  const { warn } = console;
  t.teardown(() => {
    console.warn = warn;
  });
  console.warn = (text: unknown) => texts.push(text);
  await work();
  console.warn = warn;
  return texts;
}

test("a picture holds letters, on a machine with no fonts too", async (t) => {
  // a and e are as wide: pictures of one size, which differ in their letters alone.
  const [a, e] = await Promise.all(
    ["aaaaaaaaaa", "eeeeeeeeee"].map(async (name) => {
      const inputs = keras.Input({ shape: [2], name });
      const path = join(folder, `${name}.png`);
      await keras.utils.plotModel(keras.Model(inputs, inputs), path, { showLayerNames: true });
      return readFileSync(path);
    }),
  );
  t.deepEqual(a!.subarray(0, 24), e!.subarray(0, 24));
  t.true(!a!.equals(e!));
});

test.serial("pictures have at most 32767 pixels a side", async (t) => {
  const path = join(folder, "long.png");
  const texts = await warned(t, () => keras.utils.plotModel(residual(12), path, { dpi: 1000, rankdir: "LR" }));
  t.regex(String(texts), /too large, so it is scaled by 0\.\d+/);
  const png = readFileSync(path);
  t.is(png.readUInt32BE(16), 32767);
  t.true(png.readUInt32BE(20) < 32767);
});

/** A chain of blocks, each with a way round it. */
function residual(blocks: number): keras.Model {
  const inputs = keras.Input([4]);
  let x: keras.KerasTensor = inputs;
  for (let i = 0; i < blocks; i++) x = layers.add([x, layers.Dense(4)(layers.Dense(4, { activation: "relu" })(x))]);
  return keras.Model(inputs, x);
}

test.serial("large models are drawn, with other edges where right angles are too much", async (t) => {
  const boxes = async (blocks: number): Promise<number> => {
    const path = join(folder, `${blocks}.svg`);
    await keras.utils.plotModel(residual(blocks), path, { showShapes: true });
    return readFileSync(path, "utf8").match(/class="node"/g)!.length;
  };
  t.deepEqual(await warned(t, async () => t.is(await boxes(40), 121)), []);
  const texts = await warned(t, async () => t.is(await boxes(400), 1201));
  t.regex(String(texts), /too large for edges with right angles.*polylines/);
});

const bad: [string, () => unknown, RegExp][] = [
  ["another ending", () => keras.utils.plotModel(tiny(), "m.pdf"), /"m.pdf".*\.png, \.svg or \.dot/],
  ["an unknown option", () => keras.utils.plotModel(tiny(), "m.png", { shapes: true } as never), /`shapes`/],
  ["another direction", () => keras.utils.plotModel(tiny(), "m.png", { rankdir: "XY" as never }), /TB, LR, BT, RL/],
  ["dpi of zero", () => keras.utils.plotModel(tiny(), "m.png", { dpi: 0 }), /dpi.*positive/],
  ["a range", () => keras.utils.plotModel(tiny(), "m.png", { layerRange: ["a", "b"] as never }), /no longer supported/],
  ["no model", () => keras.utils.plotModel(layers.Dense(1) as never, "m.png"), /expected a model/],
];
for (const [name, call, message] of bad) {
  test(`bad arguments: ${name}`, async (t) => {
    await t.throwsAsync(async () => call(), { name: "ValueError", message });
    t.false(existsSync("m.png"));
  });
}

test("a folder that is not there: the error names it, and nothing is left", async (t) => {
  const path = join(folder, "nowhere", "m.svg");
  await t.throwsAsync(keras.utils.plotModel(tiny(), path), { code: "ENOENT", message: /nowhere/ });
});
