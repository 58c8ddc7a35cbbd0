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

test("classes of rooms that nobody has entered are found by their names", (t) => {
  const program = `
    import { layers } from "kerosene";
    console.log(layers.deserialize({ module: "keras.layers", class_name: "Rescaling", config: { scale: 2 } }).getConfig().scale);`;
  const { stdout, stderr } = node(["--input-type=module", "-e", program]);
  t.is(stdout.trim(), "2", stderr);
});
