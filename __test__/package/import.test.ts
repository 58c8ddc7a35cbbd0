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
