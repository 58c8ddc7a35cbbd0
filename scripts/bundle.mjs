// Writes what `import "kerosene"` loads. Loading hundreds of small files is most of what an import costs, and parsing is the rest: so the
// modules of dist/ become one file, dist/kerosene.cjs, and beside it one for each of the rooms below, which is read when something of the
// room is first asked for. They are CommonJS, which can be loaded without a promise. dist/kerosene.js gives their names to `import`.
// Tests of the inner rooms load the modules themselves, by the condition "kerosene-modules" of package.json.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { root } from "./ensure.mjs";

const dist = join(root, "dist");
const at = (name) => join(dist, `${name}.js`);

/** Rooms that many programs never enter: the modules whose names HOSTS hand on. */
const ROOMS = {
  applications: ["applications/index"],
  callbacks: ["callbacks/index"],
  data: ["data/index"],
  datasets: ["datasets/index"],
  images: ["ops/image/index"],
  layers: ["layers/preprocessing/index"],
  preprocessing: ["preprocessing/index"],
  saving: ["saving/index"],
  utils: [
    ...[
      "audio-dataset",
      "feature-space",
      "get-file",
      "image",
      "image-arrays",
      "image-dataset",
      "load-img",
      "model-to-dot",
    ],
    ...["pad-sequences", "plot-model", "save-img", "split-dataset", "text-dataset", "timeseries-dataset"],
  ].map((name) => `utils/${name}`),
};
const HOSTS = ["index", "layers/index", "ops/index", "utils/index"].map(at);

const roomOf = new Map(Object.entries(ROOMS).flatMap(([room, names]) => names.map((name) => [at(name), room])));
const REEXPORT = /^export (?:\*(?: as (\w+))?|\{([^}]*)\}) from "(\..+)";$/gm;
const namesOf = async (path) => Object.keys(await import(pathToFileURL(path)));

/** By host: its source without the rooms, and their names by room, which its namespace looks up when they are asked for. */
const hosts = new Map();
for (const host of HOSTS) {
  const late = {};
  let source = readFileSync(host, "utf8");
  for (const [whole, space, list, from] of source.matchAll(REEXPORT)) {
    const path = join(dirname(host), from);
    const room = roomOf.get(path);
    if (room === undefined) continue;
    const names = list === undefined ? await namesOf(path) : list.split(",").map((name) => name.trim());
    if (space === undefined) late[room] = [...(late[room] ?? []), ...names];
    const instead = `export const ${space} = late({}, ${JSON.stringify({ [room]: names })});`;
    source = source.replace(whole, space === undefined ? "" : instead);
  }
  hosts.set(host, { source, late });
}
for (const host of HOSTS) {
  const entry = hosts.get(host);
  entry.source = entry.source.replace(REEXPORT, (whole, space, _, from) => {
    const inner = hosts.get(join(dirname(host), from));
    if (space === undefined || inner === undefined) return whole;
    return `import * as ${space}Now from "${from}"; export const ${space} = late(${space}Now, ${JSON.stringify(inner.late)});`;
  });
}

const LATE = `
import { createRequire } from "node:module";
import { registerLater } from ${JSON.stringify(at("saving/registry"))};
const require = createRequire(import.meta.url);
for (const room of ${JSON.stringify(Object.keys(ROOMS))}) registerLater(() => require("./kerosene." + room + ".cjs"));
export function late(now, rooms) {
  const all = Object.getOwnPropertyDescriptors(now);
  for (const [room, names] of Object.entries(rooms)) {
    for (const name of names) all[name] = { enumerable: true, get: () => require("./kerosene." + room + ".cjs")[name] };
  }
  return Object.create(null, Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))));
}`;

/** The modules that are loaded at once. */
const core = new Set([at("index")]);

const rooms = {
  name: "rooms",
  buildEnd() {
    for (const id of core) for (const next of this.getModuleInfo(id)?.importedIds ?? []) core.add(next);
  },
  resolveId: (id) => (id === "late" || id.startsWith("room:") ? `\0${id}` : null),
  load(id) {
    if (id === "\0late") return LATE;
    if (id.startsWith("\0room:")) {
      return ROOMS[id.slice(6)].map((name) => `export * from ${JSON.stringify(at(name))};`).join("\n");
    }
    const host = hosts.get(id);
    return host && `import { late } from "late";\n${host.source}`;
  },
};

for (const name of readdirSync(dist)) if (/^kerosene\b.*\.c?js$/.test(name)) rmSync(join(dist, name));
const bundle = await rolldown({
  input: {
    kerosene: at("index"),
    ...Object.fromEntries(Object.keys(ROOMS).map((room) => [`kerosene.${room}`, `room:${room}`])),
  },
  platform: "node",
  external: [/^node:/],
  onLog(level, log, handle) {
    // A room's name that code of the core uses.
    if (log.code === "IMPORT_IS_UNDEFINED") throw new Error(log.message);
    if (log.code !== "INEFFECTIVE_DYNAMIC_IMPORT") handle(level, log);
  },
  plugins: [rooms],
});
const { output } = await bundle.generate({
  format: "cjs",
  entryFileNames: "[name].cjs",
  chunkFileNames: "kerosene-[name].cjs",
  codeSplitting: { groups: [{ name: "core", test: (id) => core.has(id) || id.startsWith("\0rolldown") }] },
  comments: false,
  // Classes keep their names: Keras names layers, losses and metrics after them.
  keepNames: true,
  // An import is mostly parsing, so what is only written for people goes.
  minify: { compress: false, mangle: true, codegen: { removeWhitespace: true } },
});
for (const { fileName, code } of output) {
  // V8 reads plain ASCII faster than anything else.
  const ascii = code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  writeFileSync(join(dist, fileName), ascii);
}
const { exports } = output.find(({ fileName }) => fileName === "kerosene.cjs");
// `function` is no name that a declaration may have.
const pairs = exports.map((name, i) => [name, `e${i}`]);
writeFileSync(
  join(dist, "kerosene.js"),
  `import { createRequire } from "node:module";
const { ${pairs.map((pair) => pair.join(": ")).join(", ")} } = createRequire(import.meta.url)("./kerosene.cjs");
export { ${pairs.map(([name, local]) => `${local} as ${name}`).join(", ")} };
`,
);
