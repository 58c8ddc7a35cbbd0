// Built-in classes are written as a user writes one: they compile against the declarations without what is marked @internal, and what they
// import from outside their room is exported by kerosene, or plain (in a file without state that itself imports only such things).
//
// Built in are the layers, losses, metrics, optimizers, schedules, initializers, regularizers, constraints and callbacks. What they are made
// of is not: the base classes below (they are the public API), and index.ts and get.ts, which register and find them.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { root, tool } from "./ensure.mjs";

const rooms = ["layers", "losses", "metrics", "optimizers", "initializers", "regularizers", "constraints", "callbacks"];
/** Base classes, and what they consist of. */
const bases = [
  /^layers\/[^/]+$/,
  /^layers\/core\/input-layer$/,
  /^(losses\/loss|metrics\/metric|initializers\/initializer|regularizers\/regularizer|constraints\/constraint|callbacks\/callback)$/,
  /^optimizers\/(optimizer|optimizer-state|schedules\/learning-rate-schedule)$/,
  /(^|\/)(index|get)$/,
];
/** Files with state that users reach too: keras.config, keras.backend.getUid. `dtype` remembers how much memory there is. */
const reachable = ["engine/config", "engine/messages", "engine/names", "engine/dtype"];

const slashes = (path) => path.split(sep).join("/");

/** The built-in files of a folder, as `layers/core/dense`. */
function builtIns(folder, ending) {
  return rooms.flatMap((room) =>
    readdirSync(join(folder, room), { recursive: true })
      .map((file) => `${room}/${slashes(file)}`)
      .filter((file) => file.endsWith(ending) && !file.endsWith(".d.ts"))
      .map((file) => file.slice(0, -ending.length))
      .filter((file) => !bases.some((base) => base.test(file))),
  );
}

// ---- without what is internal ----

function compile() {
  const out = join(root, ".cache", "built-ins");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const shared = {
    extends: "../../tsconfig.json",
    compilerOptions: {
      rootDir: "../../ts",
      outDir: "ts",
      incremental: false,
      emitDeclarationOnly: true,
      stripInternal: true,
    },
    include: ["../../ts"],
  };
  writeFileSync(join(out, "tsconfig.json"), JSON.stringify(shared));
  tool("tsc", ["-p", join(out, "tsconfig.json")]);
  for (const file of builtIns(join(root, "ts"), ".ts")) {
    cpSync(join(root, "ts", `${file}.ts`), join(out, "ts", `${file}.ts`));
    rmSync(join(out, "ts", `${file}.d.ts`));
  }
  symlinkSync(join(root, "native"), join(out, "native"), "junction");
  const options = { rootDir: ".", outDir: "js", incremental: false, declaration: false, noEmit: true };
  writeFileSync(
    join(out, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions: options, include: ["ts"] }),
  );
  tool("tsc", ["-p", join(out, "tsconfig.json")]);
}

// ---- what is imported ----

const dist = join(root, "dist");
const load = (file) => import(pathToFileURL(join(dist, `${file}.js`)).href);

/** Everything that kerosene exports. A class that needs no `new` is a proxy round the real one: they share the prototype. */
function exported(namespace, found = new Set()) {
  for (const value of Object.values(namespace)) {
    if (value === null || (typeof value !== "object" && typeof value !== "function") || found.has(value)) continue;
    found.add(value);
    if (value[Symbol.toStringTag] === "Module") exported(value, found);
    else if (typeof value === "function" && value.prototype) found.add(value.prototype);
  }
  return found;
}

const texts = new Map();
const text = (file) => {
  if (!texts.has(file)) texts.set(file, readFileSync(join(dist, `${file}.js`), "utf8"));
  return texts.get(file);
};

/** The imports of a compiled file, from which types are gone: `{ from, names }`. */
function importsOf(file) {
  const statements = text(file).matchAll(/^(?:import|export) (?:(\*)(?: as \w+)?|\{([^}]*)\}) from "(\.[^"]+)\.js";/gm);
  return [...statements].map(([, star, names = "", path]) => ({
    from: slashes(relative(dist, resolve(dist, dirname(file), path))),
    names: star
      ? ["*"]
      : names
          .split(",")
          .map((name) => name.trim().split(" as ")[0])
          .filter(Boolean),
  }));
}

const hasState = (file) =>
  !reachable.includes(file) && /^(export )?(let |const \w+ = (\[\]|new (Weak)?(Map|Set)\(\));)/m.test(text(file));

const api = exported(await load("index"));
const isPublic = (value) => api.has(value) || (typeof value === "function" && api.has(value.prototype));

/** Why a file is not plain: the way to what is neither plain nor public. `null` if it is. */
const answers = new Map();
async function notPlain(file) {
  if (answers.has(file)) return answers.get(file);
  answers.set(file, null); // files that import each other are as plain as the rest of what they import
  let why = hasState(file) ? `${file} (which holds state)` : null;
  for (const { from, names } of why === null ? importsOf(file) : []) why ??= await beyond(from, names, file);
  answers.set(file, why);
  return why;
}

async function beyond(from, names, file) {
  const module = await load(from);
  for (const name of names) {
    if (isPublic(name === "*" ? module : module[name])) continue;
    const why = await notPlain(from);
    if (why !== null) return `${file} → ${name} of ${why}`;
  }
  return null;
}

async function imports() {
  const wrong = [];
  for (const file of builtIns(dist, ".js")) {
    const room = file.split("/")[0];
    for (const { from, names } of importsOf(file)) {
      if (from.split("/")[0] === room) continue;
      const why = await beyond(from, names, file);
      if (why !== null) wrong.push(why);
    }
  }
  return wrong;
}

compile();
const wrong = await imports();
if (wrong.length > 0) {
  console.error(`Built-in classes reach past the public API:\n  ${wrong.join("\n  ")}`);
  console.error("Use what kerosene exports, or make public what a user would need too.");
  process.exit(1);
}
