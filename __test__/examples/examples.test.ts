import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { node, tsc } from "../package/run.js";

/** A figure that an example must print, as the table of examples/README.md has it. */
interface Expected {
  figure: string;
  relation: string;
  bound: number;
}

const table = new Map<string, Expected[]>();
for (const line of readFileSync("examples/README.md", "utf8").split("\n")) {
  const [, example = "", figure = "", reduced = ""] =
    /^\| \[([\w-]+)\]\([\w-]+\.ts\) \| .* \| (.+) \| [≥≤] .* \| (.*) \|$/.exec(line) ?? [];
  if (example === "") continue;
  const [, relation = "", bound = ""] = /^([≥≤]) ([\d.]+)/.exec(reduced) ?? [];
  table.set(example, [...(table.get(example) ?? []), { figure, relation, bound: Number(bound) }]);
}

const script = (name: string) => import(pathToFileURL(resolve("scripts", name)).href);

test.before("the examples compile", (t) => {
  const { status, stdout } = tsc("examples");
  t.is(status, 0, stdout);
});

test.serial("every example stands in the table of the README, and has a bound", async (t) => {
  const { names } = (await script("example.mjs")) as { names: () => string[] };
  t.deepEqual([...table.keys()].sort(), names().sort());
  for (const { relation, bound } of [...table.values()].flat()) t.true(/[≥≤]/.test(relation) && bound > 0);
});

for (const [name, figures] of table) {
  test.serial(
    `examples/${name}.ts at its reduced size: ${figures.map(({ figure }) => figure).join(", ")}`,
    async (t) => {
      t.timeout(180_000);
      const { fetchFor } = (await script("example.mjs")) as { fetchFor: (name: string) => Promise<void> };
      await fetchFor(name);
      const { status, stdout, stderr } = node([join(".cache", "examples", `${name}.js`), "--small"]);
      t.is(status, 0, stderr);
      for (const { figure, relation, bound } of figures) {
        const printed = stdout.split("\n").find((line) => line.startsWith(`${figure}: `));
        const value = Number(printed?.slice(figure.length + 2));
        t.true(
          relation === "≥" ? value >= bound : value <= bound,
          `${figure}: ${value}, expected ${relation} ${bound}\n${stdout.slice(-600)}`,
        );
      }
    },
  );
}
