// Writes what `import "kerosene"` loads. Loading hundreds of small files is most of what an import costs, and parsing is the rest: so the
// modules of dist/ become one file, dist/kerosene.cjs with its core, and beside it one for each room: modules whose names users may look up
// in a namespace and that the core does without. A room is read when a name of its is first looked up. All are CommonJS, which can be
// loaded without a promise. dist/kerosene.js gives their names to `import`.
// Tests of the inner rooms load the modules themselves, by the condition "kerosene-modules" of package.json.
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { at, core, dist, doors, index, modules, roomOf } from "./rooms.mjs";

/** A file of the bundle: what it exports to users, and to other files. */
class Room {
  names = new Map();
  /** The files that must be there before it. */
  needed = new Set();
  #keys = new Map();

  constructor(name, number) {
    this.name = name;
    this.variable = `room${number}`;
    this.file = name === "core" ? "./kerosene.cjs" : `./kerosene.${name}.cjs`;
  }

  /** The name it exports something by that users look up by this name: the same, unless another namespace has another thing of this name. */
  publish(name, home) {
    const { path, name: own } = this.names.get(name) ?? home;
    if (path !== home.path || own !== home.name) return this.publish(`${name}_`, home);
    this.names.set(name, home);
    return name;
  }

  /** The name it exports something by to other files. */
  keyOf(home) {
    const id = `${home.path} ${home.name}`;
    if (!this.#keys.has(id)) this.#keys.set(id, [`i${this.#keys.size}`, home]);
    return this.#keys.get(id)[0];
  }

  /** Takes something from another file. */
  needs({ path, name }) {
    if (!core.has(path)) this.needed.add(room(path));
    if (name !== undefined) room(path).keyOf({ path, name });
  }

  get exports() {
    return [...this.names, ...this.#keys.values()];
  }
}
const rooms = new Map();
/** The room that a module is in. */
function room(path) {
  const name = roomOf(path);
  if (!rooms.has(name)) rooms.set(name, new Room(name, rooms.size));
  return rooms.get(name);
}
room(index.path);

// ---- what there is besides the modules of dist/ ----

const quoted = JSON.stringify;
const reexport = (name, home, from = home.path) => `export { ${home.name} as ${name} } from ${quoted(from)};`;

/** The source of a namespace: an object that has what the core has, and rooms in the place of what these have. */
function namespace(path) {
  const imports = [];
  const value = (path, name) => {
    const home = modules.home(path, name);
    if (home.space !== undefined) return object(home.space);
    const from = room(home.path);
    const key = core.has(home.path) ? undefined : from.publish(name, home);
    imports.push(
      key === undefined
        ? `import { ${home.name} as v${imports.length} } from ${quoted(home.path)};`
        : `import { ${from.variable} as v${imports.length} } from "late";`,
    );
    return `v${imports.length - 1}${key === undefined || key === name ? "" : `.as(${quoted(key)})`}`;
  };
  const object = (path) => {
    const names = [...modules.names(path)].sort();
    return `late({ ${names.map((name) => `${name}: ${value(path, name)}`).join(", ")} })`;
  };
  const made = object(path);
  return [`import { late } from "late";`, ...imports, `export default ${made};`].join("\n");
}
const namespaces = [...index.spaces].map(([name, path]) => [`namespace:${name}`, namespace(path)]);

/** The functions of a module, as ones that enter its room. */
function door(path) {
  const functions = [...modules.get(path).functions].map((name) => [name, room(path).keyOf({ path, name })]);
  const enter = `enter(${quoted(room(path).name)})`;
  const entering = functions.map(([name, key]) => `export const ${name} = (...given) => ${enter}.${key}(...given);`);
  return [`import { enter } from "late";`, ...entering].join("\n");
}

/** What the core and rooms do to be entered late. */
const late = () => `
import { createRequire } from "node:module";
import { registerLater } from ${quoted(at("saving/registry"))};
const require = createRequire(import.meta.url);
export const enter = (room) => require("./kerosene." + room + ".cjs");
class Room {
  constructor(name, classes) {
    this.name = name;
    this.classes = classes;
  }
  as(key) {
    return Object.assign(Object.create(this), { key });
  }
}
${lateRooms.map((room) => `export const ${room.variable} = new Room(${quoted(room.name)}, ${quoted(hidden(room))});`).join("\n")}
const rooms = [${lateRooms.map(({ variable }) => variable).join(", ")}];
registerLater((name) => {
  for (const room of rooms) if (name === undefined || room.classes.includes(name)) enter(room.name);
});
export function late(all) {
  const namespace = Object.create(null);
  for (const name in all) {
    let value = all[name];
    if (value instanceof Room) {
      const room = value;
      room.classes.push(name);
      const get = () => {
        value = enter(room.name)[room.key ?? name];
        Object.defineProperty(namespace, name, { enumerable: true, value });
        return value;
      };
      Object.defineProperty(namespace, name, { configurable: true, enumerable: true, get });
    } else Object.defineProperty(namespace, name, { enumerable: true, value });
  }
  return namespace;
}`;

// ---- what the files want of each other, which must be known before any is written ----

const published = [...rooms.values()].flatMap(({ names }) => [...names.values()].map(({ path }) => path));
const used = new Set([...core, ...published]);
const enters = (path, next) => core.has(path) && doors.has(next);
for (const path of used) {
  const later = [...modules.get(path).later];
  for (const home of modules.needs(path)) {
    used.add(home.path);
    if (enters(path, home.path)) later.push(home.path);
    else if (room(home.path) !== room(path)) room(path).needs(home);
  }
  for (const path of later) {
    used.add(path);
    door(path);
  }
}
const lateRooms = [...rooms.values()].filter(({ name }) => name !== "core");

/** A file is whole before one that needs it begins. */
function checkOrder(room, on = []) {
  if (on.includes(room))
    throw new Error(`Rooms need each other: ${[...on, room].map(({ name }) => name).join(" → ")}.`);
  for (const next of room.needed) checkOrder(next, [...on, room]);
}
for (const room of lateRooms) checkOrder(room);

/** The classes of a room that configs name and namespaces do not. */
function hidden(room) {
  const registers = [...used]
    .filter((path) => roomOf(path) === room.name)
    .flatMap((path) => modules.get(path).registers);
  return registers.filter((name) => !room.names.has(name));
}

/** The exports of a file. */
function entry({ name, exports }) {
  const own = exports.map(([name, home]) => reexport(name, home));
  if (name !== "core") return own.join("\n");
  return [
    ...namespaces.map(([id]) => reexport(id.slice("namespace:".length), { name: "default" }, id)),
    ...[...index.handsOn.keys()].map((name) => reexport(name, modules.home(index.path, name))),
    `export { enter } from "late";`,
    ...[at("ops/index"), index.path].map((path) => `import ${quoted(path)};`),
    ...own,
  ].join("\n");
}

// ---- the files ----

/** Gives the modules of a file what they import: each name from where it comes from, be it a module, a door or another file. */
function plugin(here) {
  const give = (importer, from, names) => {
    const given = [...names].map((name) => {
      const home = modules.home(from, name);
      if (home.space !== undefined) return `export * as ${name} from ${quoted(`all:${home.space}`)};`;
      if (enters(importer, home.path)) return reexport(name, home, `door:${home.path}`);
      if (room(home.path) === here) return reexport(name, home);
      return reexport(name, { name: room(home.path).keyOf(home) }, room(home.path).file);
    });
    return given.join("\n");
  };
  /** The source of a module, which enters rooms where it imports modules when it needs them. */
  const own = (path) => {
    const { own, later } = modules.get(path);
    const from = (path) => quoted(room(path) === here ? path : `door:${path}`);
    const imports = later.map((path, i) => `import * as later${i} from ${from(path)};`);
    const name = (_, from) => `Promise.resolve(later${later.indexOf(join(dirname(path), from))})`;
    return [...imports, own.replace(/\bimport\("(\.[^"]+)"\)/g, name)].join("\n");
  };
  /** What a module sees of another, which it may import only for it to be run. */
  const seen = (by, path) => {
    const names = modules.imported(by, path);
    return names.size > 0 ? give(by, path, names) : `import ${quoted(room(path) === here ? path : room(path).file)};`;
  };
  const made = {
    all: (path) => give("", path, modules.names(path)),
    door,
    entry: () => entry(here),
    late,
    ...Object.fromEntries(namespaces.map(([id, source]) => [id, () => source])),
  };
  return {
    name: "rooms",
    resolveId(id, importer) {
      if (modules.has(id)) return id;
      if (id.startsWith("./kerosene.")) return { id, external: true };
      if (id === "late" && here.name !== "core") return { id: room(index.path).file, external: true };
      if (id in made || /^(all|door):/.test(id)) return `\0${id}`;
      return id.startsWith(".") && modules.has(importer) ? `\0seen:${join(dirname(importer), id)}|${importer}` : null;
    },
    load(id) {
      if (modules.has(id)) return own(id);
      const name = id.slice(1);
      if (name in made) return made[name]();
      const [, kind, path, by] = /^(all|door|seen):([^|]*)\|?(.*)$/.exec(name) ?? [];
      if (kind === "seen") return seen(by, path);
      return kind === undefined ? null : made[kind](path);
    },
  };
}

for (const name of readdirSync(dist)) if (/^kerosene\b.*\.c?js$/.test(name)) rmSync(join(dist, name));
for (const room of rooms.values()) {
  const bundle = await rolldown({
    input: "entry",
    platform: "node",
    external: [/^node:/],
    onLog(level, log, handle) {
      if (level === "warn") throw new Error(log.message);
      handle(level, log);
    },
    plugins: [plugin(room)],
  });
  const { output } = await bundle.generate({
    format: "cjs",
    codeSplitting: false,
    comments: false,
    // Classes keep their names: Keras names layers, losses and metrics after them.
    keepNames: true,
    // An import is mostly parsing, so what is only written for people goes.
    minify: { compress: false, mangle: true, codegen: { removeWhitespace: true } },
  });
  // V8 reads plain ASCII faster than anything else.
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  writeFileSync(join(dist, room.file), output[0].code.replace(/[^\0-\x7f]/g, escaped));
}
// `function` is no name that a declaration may have.
const pairs = [...index.spaces.keys(), ...index.handsOn.keys()].map((name, i) => [name, `e${i}`]);
writeFileSync(
  join(dist, "kerosene.js"),
  `import { createRequire } from "node:module";
const { ${pairs.map((pair) => pair.join(": ")).join(", ")} } = createRequire(import.meta.url)("./kerosene.cjs");
export { ${pairs.map(([name, local]) => `${local} as ${name}`).join(", ")} };
`,
);
