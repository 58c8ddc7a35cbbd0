import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { type Finished, node, tsc } from "./run.js";

// The programs that fix the API lie beside the repository; a clone of it alone has none.
const programs = "../shared/programs";
const here = existsSync(programs) ? test : test.skip;

/** Compiles a program under `strict`, inside this package so that "kerosene" is this package, and returns where it went. */
function compile(t: { is: (a: unknown, b: unknown, message?: string) => unknown }, name: string, text: string): string {
  const folder = join(".cache", "programs", name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.mts`), text);
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    target: "es2023",
    module: "nodenext",
    types: ["node"],
    noImplicitOverride: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [`${name}.mts`] }));
  const { status, stdout } = tsc(folder);
  t.is(status, 0, stdout);
  return join(folder, `${name}.mjs`);
}

/** Runs a program where it lies, so that the pictures and files it writes stay there. */
const run = (file: string): Finished => node([resolve(file)], { cwd: dirname(file) });

/** The size of a PNG file, in pixels. */
function pngSize(path: string): { width: number; height: number } {
  const png = readFileSync(path);
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

here("seeds_fit.ts compiles under strict and runs as it stands", (t) => {
  const { status, stdout, stderr } = node([compile(t, "seeds_fit", readFileSync(`${programs}/seeds_fit.ts`, "utf8"))]);
  t.is(status, 0, stderr);
  t.regex(stdout, /'loss',\s+'output1_accuracy',\s+'output1_loss',\s+'output2_accuracy',\s+'output2_loss'/);
});

here("guide_mnist.ts compiles under strict and runs as it stands", (t) => {
  const file = compile(t, "guide_mnist", readFileSync(`${programs}/guide_mnist.ts`, "utf8"));
  const { status, stdout, stderr } = run(file);
  t.is(status, 0, stderr);
  const [plain, shapes] = ["", "_with_shape_info"].map((end) =>
    pngSize(join(dirname(file), `my_first_model${end}.png`)),
  );
  t.true(shapes!.width > plain!.width && shapes!.height > plain!.height);
  const accuracy = Number(/Test accuracy: (\S+)/.exec(stdout)?.[1]);
  t.true(accuracy > 0.94, stdout.slice(-300));
});

here("guide_autoencoder.ts compiles under strict and runs as it stands", (t) => {
  const text = readFileSync(`${programs}/guide_autoencoder.ts`, "utf8");
  const { status, stdout, stderr } = node([compile(t, "guide_autoencoder", text)]);
  t.is(status, 0, stderr);
  t.regex(stdout, /Model: "autoencoder"[\s\S]*\[ 4, 1 \]\s*$/);
});

here("guide_tickets.ts compiles under strict and runs as it stands", (t) => {
  const file = compile(t, "guide_tickets", readFileSync(`${programs}/guide_tickets.ts`, "utf8"));
  const { status, stdout, stderr } = run(file);
  t.is(status, 0, stderr);
  t.true(pngSize(join(dirname(file), "multi_input_and_output_model.png")).width > 1000);
  t.regex(stdout, /department_loss: \[ [\d.]+, [\d.]+ \][\s\S]*\[ 1280, 1 \] \[ 1280, 4 \]\s*$/);
});

here(
  "guide_resnet.ts compiles under strict and trains on the random pictures that stand in where CIFAR is not at hand",
  (t) => {
    // Nothing is downloaded here: the data set is looked for where it is not.
    const text = readFileSync(`${programs}/guide_resnet.ts`, "utf8");
    const file = compile(t, "guide_resnet", text.replace(".loadData()", '.loadData("nowhere/cifar-10")'));
    const { status, stdout, stderr } = run(file);
    t.is(status, 0, stderr);
    t.true(pngSize(join(dirname(file), "mini_resnet.png")).height > 2000);
    t.regex(stdout, /\[ 'acc', 'loss', 'val_acc', 'val_loss' \]/);
  },
);

here("guide_layers.ts compiles under strict and runs as it stands", (t) => {
  const { status, stdout, stderr } = run(
    compile(t, "guide_layers", readFileSync(`${programs}/guide_layers.ts`, "utf8")),
  );
  t.is(status, 0, stderr);
  t.regex(stdout, /\[ null, null, 128 \] \[ null, null, 128 \]\s+26\s+50\s+2762\s+\[ 1, 1 \]\s/);
});

here("seeds_custom_loop.ts compiles under strict and runs as it stands", (t) => {
  const text = readFileSync(`${programs}/seeds_custom_loop.ts`, "utf8");
  const file = compile(t, "seeds_custom_loop", text);
  // It asks for the loss to fall, and begins with random numbers: with these it does.
  const seed = join(dirname(file), "seed.mjs");
  writeFileSync(seed, 'import * as keras from "kerosene";\nkeras.utils.setRandomSeed(1);\n');
  const { status, stdout, stderr } = node(["--import", pathToFileURL(resolve(seed)).href, file]);
  t.is(status, 0, stderr);
  const [first, last] = stdout.trim().split(" ").map(Number) as [number, number];
  t.true(last < first && first < 0.1, stdout);
});
