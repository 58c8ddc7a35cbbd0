// `npm run coverage:api [-- --write]`: what Keras exports beside what this package exports: names, parameters and defaults.
// The list of Keras's names lies beside the checkout on the project's machines. With --write the result becomes docs/api-coverage.md.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parametersOf, readDeclarations } from "./coverage/declarations.mjs";
import { differingDefaults } from "./coverage/defaults.mjs";
import { reason, renamed } from "./coverage/out-of-scope.mjs";
import { ensure, root } from "./ensure.mjs";

const golden = join(root, "..", "shared", "golden", "api.json");
if (!existsSync(golden)) {
  console.log(`${golden} is not here: there is nothing to compare with.`);
  process.exit(0);
}
ensure();
const api = JSON.parse(readFileSync(golden, "utf8"));
const dist = join(root, "dist");
const keras = await import(pathToFileURL(join(dist, "index.js")).href);
const { snakeToCamel } = await import(pathToFileURL(join(dist, "engine", "config.js")).href);
const declarations = readDeclarations(dist);

/** Names of classes and constants stay, others change their case. `KerasTensor` is no snake_case. */
const ours = (name) => (/^[A-Z]/.test(name) ? name : snakeToCamel(name));
/** Where a module of Keras's is. */
const folders = { top: keras, backend: keras.backend ?? keras.config };
const moduleOf = (name) => folders[name] ?? name.split(".").reduce((at, part) => at?.[snakeToCamel(part)], keras);

const emptyResult = (module) => ({
  module,
  have: [],
  missing: [],
  out: [],
  parameters: [],
  missingParameters: [],
  defaults: [],
  compared: 0,
});

function compareModule(module, entries) {
  const result = emptyResult(module);
  const own = moduleOf(module);
  for (const [name, entry] of entries) {
    const why = reason(module, name);
    if (why !== undefined) {
      result.out.push({ name, why });
      continue;
    }
    const value = own?.[ours(name)];
    if (value === undefined) {
      result.missing.push(ours(name));
      continue;
    }
    result.have.push(ours(name));
    if (entry?.kind === "module") {
      for (const part of entry.names) {
        if (value[ours(part)] === undefined) result.missing.push(`${ours(name)}.${ours(part)}`);
        else result.have.push(`${ours(name)}.${ours(part)}`);
      }
    }
    if (entry?.parameters !== undefined) compareParameters(result, module, name, entry, value);
  }
  return result;
}

function compareParameters(result, module, name, entry, value) {
  const known = parametersOf(declarations, value.name ?? "", entry.kind, module.replace(".", "/"));
  if (known === null) return;
  const given = entry.parameters.filter((p) => !p.name.startsWith("*"));
  for (const [place, { name: parameter }] of given.entries()) {
    if (reason(module, name, parameter) !== undefined) continue;
    const there =
      known.has(renamed[`${module}.${name}.${parameter}`] ?? snakeToCamel(parameter)) ||
      known.has(parameter.toLowerCase());
    // Arguments that must be given are known by their places, whatever they are called.
    const positional = entry.kind === "function" && place < value.length;
    if (there || positional) result.parameters.push(`${ours(name)}.${snakeToCamel(parameter)}`);
    else result.missingParameters.push(`${ours(name)}.${snakeToCamel(parameter)}`);
  }
  if (entry.kind !== "class" || typeof value.fromConfig !== "function") return;
  const differing = differingDefaults(
    keras,
    name,
    value,
    given.filter((p) => reason(module, name, p.name) === undefined),
  );
  if (differing === null) return;
  result.compared++;
  result.defaults.push(...differing.map((d) => ({ ...d, name: ours(name) })));
}

/** Layer and Model: their methods and properties. */
function compareMembers(module, names) {
  const Class = keras[module];
  const result = emptyResult(`${module} (members)`);
  const instance = module === "Layer" ? new Class() : keras.Sequential();
  for (const name of names) {
    const why = reason(module, name);
    if (why !== undefined) result.out.push({ name, why });
    else if (ours(name) in Class.prototype || ours(name) in instance || ours(name) in Class)
      result.have.push(ours(name));
    else result.missing.push(ours(name));
  }
  return result;
}

const results = Object.entries(api).flatMap(([module, entries]) => {
  if (module === "Layer" || module === "Model") return [compareMembers(module, Object.keys(entries))];
  if (Array.isArray(entries))
    return [
      compareModule(
        module,
        entries.map((name) => [name, null]),
      ),
    ];
  return typeof entries === "object" ? [compareModule(module, Object.entries(entries))] : [];
});

// ---- the page ----

const percent = (have, all) => (all === 0 ? "–" : `${Math.floor((100 * have) / all)} %`);
const sum = (list, pick) => list.reduce((total, r) => total + pick(r).length, 0);
const row = (title, list) => {
  const [have, missing, out] = [sum(list, (r) => r.have), sum(list, (r) => r.missing), sum(list, (r) => r.out)];
  const [given, lacking] = [sum(list, (r) => r.parameters), sum(list, (r) => r.missingParameters)];
  const names = `${have} of ${have + missing} | ${percent(have, have + missing)}`;
  return `| ${title} | ${names} | ${given} of ${given + lacking} | ${percent(given, given + lacking)} | ${out} |`;
};
const lines = [
  "# What of Keras's API is here",
  "",
  `Written by \`npm run coverage:api -- --write\` against the names, parameters and defaults of Keras ${api.keras_version}. Functions and`,
  "options are camelCase here. A parameter counts as there when the declaration of the function, or of its options, names it. Defaults",
  "are compared by making each class with and without Keras's default and comparing the configs; those of functions are held by the",
  "golden cases.",
  "",
  "| module | names | | parameters | | out of scope |",
  "|---|---|---|---|---|---|",
  ...results.map((r) => row(`\`${r.module}\``, [r])),
  row("**all**", results),
  "",
];
const section = (title, list) => {
  if (list.length > 0) lines.push(`## ${title}`, "", ...list, "");
};
section(
  "Missing names",
  results
    .filter((r) => r.missing.length > 0)
    .map((r) => `- \`${r.module}\`: ${r.missing.map((name) => `\`${name}\``).join(", ")}`),
);
section(
  "Missing parameters",
  results
    .filter((r) => r.missingParameters.length > 0)
    .map((r) => `- \`${r.module}\`: ${r.missingParameters.map((name) => `\`${name}\``).join(", ")}`),
);
section(
  "Differing defaults",
  results.flatMap((r) =>
    r.defaults.map(({ name, parameter, keras: value, error }) => {
      const what = error === undefined ? "is another here" : `cannot be given (${error})`;
      return `- \`${r.module}.${name}\`: Keras's \`${parameter}=${JSON.stringify(value)}\` ${what}`;
    }),
  ),
);
section(
  "Out of scope",
  results.flatMap((r) => r.out.map(({ name, why }) => `- \`${r.module}.${name}\`: ${why}`)),
);
const page = `${lines.join("\n").trimEnd()}\n`;
console.log(page);
console.log(`Defaults compared for ${results.reduce((total, r) => total + r.compared, 0)} classes.`);
if (process.argv.includes("--write")) writeFileSync(join(root, "docs", "api-coverage.md"), page);
