import test from "ava";
import { node } from "./run.js";

test("importing does not load the addon", (t) => {
  const program = `
    await import("kerosene");
    const addons = process.report.getReport().sharedObjects.filter((path) => /kerosene.*\\.node$/.test(path));
    console.log(JSON.stringify(addons));`;
  const { status, stdout, stderr } = node(["--input-type=module", "-e", program]);
  t.is(status, 0, stderr);
  t.deepEqual(JSON.parse(stdout), []);
});

test("require works, and gives what import gives", (t) => {
  const program = `
    const required = require("kerosene");
    import("kerosene").then((imported) => {
      const same = Object.keys(imported).every((name) => imported[name] === required[name]);
      console.log(same && required.tensor([1, 2]).add(1).tolist().join());
    });`;
  const { status, stdout, stderr } = node(["-e", program]);
  t.is(status, 0, stderr);
  t.is(stdout.trim(), "2,3");
});

test("importing prints nothing", (t) => {
  const { stdout, stderr } = node(["--input-type=module", "-e", 'import "kerosene"']);
  t.deepEqual([stdout, stderr], ["", ""]);
});

test("what is loaded late has its names from the beginning, and is there", (t) => {
  const program = `
    const keras = await import("kerosene");
    const isRoom = (value) => typeof value === "object" && Object.getPrototypeOf(value) !== Map.prototype;
    const names = (value) => Object.fromEntries(Object.keys(value).sort().map((name) =>
      [name, isRoom(value[name]) && value[name] !== null ? names(value[name]) : typeof value[name]]));
    console.log(JSON.stringify(names(keras)));`;
  const [bundle, modules] = [[], ["--conditions=kerosene-modules"]].map((flags) => {
    const { stdout, stderr } = node([...flags, "--input-type=module", "-e", program]);
    t.is(stderr, "");
    return JSON.parse(stdout);
  });
  t.deepEqual(bundle, modules);
  t.is(bundle.layers.Rescaling, "function");
});

/** What a program prints, whose `entered()` are the bundle's files that were read since it was last called. */
function print(program: string): unknown {
  const { stdout, stderr } = node([
    "--input-type=module",
    "-e",
    `import { createRequire } from "node:module";
    import * as keras from "kerosene";
    const { cache } = createRequire(import.meta.resolve("kerosene"));
    const before = new Set();
    const entered = () => Object.keys(cache).flatMap((path) =>
      before.has(path) ? [] : (before.add(path), /kerosene\\.([^/\\\\]*)\\.cjs$/.exec(path)?.[1] ?? []));
    entered();
    ${program}`,
  ]);
  return stdout === "" ? stderr : JSON.parse(stdout);
}

test("classes of rooms that nobody has entered are found by their names, and only their rooms are entered", (t) => {
  const program = `
    const config = { module: "keras.layers", class_name: "Dropout", config: { rate: 0.25 } };
    const { rate } = keras.layers.deserialize(config).getConfig();
    console.log(JSON.stringify([rate, entered().sort()]));`;
  t.deepEqual(print(program), [0.25, ["layers", "layers-core", "layers-regularization"]]);
});

test("classes that only configs name are found too", (t) => {
  const module = "keras.src.applications.inception_resnet_v2";
  const program = `
    const config = { module: "${module}", class_name: "CustomScaleLayer", config: { scale: 0.5 } };
    console.log(JSON.stringify(keras.layers.deserialize(config).getConfig().scale));`;
  t.is(print(program), 0.5);
});

test("a name that several rooms know means the same whichever was entered first", (t) => {
  const program = (first: string) => `
    keras.${first}.Hinge;
    const found = keras.saving.deserializeKerasObject({ class_name: "Hinge", config: {} });
    console.log(JSON.stringify(found instanceof keras.losses.Hinge));`;
  t.deepEqual([print(program("losses")), print(program("metrics"))], [true, true]);
});

test("every class that configs can name is found in the bundle before its room is entered", (t) => {
  const found = `
    import * as keras from "kerosene";
    const spaces = ["constraints", "initializers", "layers", "losses", "metrics", "optimizers", "regularizers"];
    const names = spaces.flatMap((space) => Object.keys(keras[space]).map((name) => [space, name]));
    const isFound = ([space, name]) => {
      try {
        keras.saving.deserializeKerasObject({ module: "keras." + space, class_name: name, config: {} });
      } catch (error) {
        return !error.message.includes("Could not locate class");
      }
      return true;
    };`;
  const run = (flags: string[], program: string) =>
    JSON.parse(node([...flags, "--input-type=module", "-e", `${found}\n${program}`]).stdout);
  const names = run(["--conditions=kerosene-modules"], "console.log(JSON.stringify(names.filter(isFound)));");
  t.true(names.length > 200);
  t.deepEqual(run([], `console.log(JSON.stringify(${JSON.stringify(names)}.filter((name) => !isFound(name))));`), []);
});

test("a class of a user's is sought nowhere", (t) => {
  const program = `
    class Mine extends keras.layers.Layer {}
    const { class_name } = keras.saving.serializeKerasObject(new Mine());
    console.log(JSON.stringify([class_name, entered()]));`;
  t.deepEqual(print(program), ["Mine", []]);
});

test("a model that is compiled by names enters no more than it needs", (t) => {
  const program = `
    const model = keras.Sequential([keras.Input({ shape: [2] }), keras.layers.Dense(1)]);
    model.compile({ optimizer: "adam", loss: "mse" });
    model.getConfig();
    console.log(JSON.stringify(entered().sort()));`;
  t.deepEqual(print(program), ["layers-core", "losses", "optimizers"]);
});
