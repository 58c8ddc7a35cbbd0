// Which file of the bundle each module of dist/ belongs to: the core, which is loaded at once, or a room, which is loaded when a name of
// its is first looked up in a namespace.
import { basename, dirname, join, relative, sep } from "node:path";
import { root } from "./ensure.mjs";
import { Modules } from "./modules.mjs";

export const dist = join(root, "dist");
export const at = (name) => join(dist, `${name}.js`);
export const modules = new Modules(dist);
export const index = modules.get(at("index"));

/** The core enters these rooms by calling functions of these modules. */
const DOORS = {
  "callbacks/history-plot": "callbacks",
  "losses/get": "losses",
  "metrics/get": "metrics",
  "models/summary": "models",
  "optimizers/get": "optimizers",
  "saving/op-table": "op-table",
};
export const doors = new Map(Object.entries(DOORS).map(([door, room]) => [at(door), room]));

/** The core: what `index` exports by name, what that needs, and `ops/index`, which gives tensors their methods. */
export const core = modules.closure(
  [index.path, at("ops/index"), ...modules.homes(index.path, index.handsOn.keys()).map(({ path }) => path)],
  (path) => !doors.has(path),
);
/** These modules and what they need beyond the core. */
const late = (paths) => modules.closure(paths, (path) => !core.has(path));

const namespaces = modules.namespaces();
const nameOf = (path) => relative(dist, path).replaceAll(sep, "-").replace(/\.js$/, "");

/** The folder that makes a module's room: one of the first rank, one of layers, or a namespace. */
function folderOf(path) {
  const folder = dirname(path);
  if (folder === dist) return nameOf(path);
  const isRoom = dirname(folder) === dist || nameOf(folder).startsWith("layers-");
  return isRoom || namespaces.has(join(folder, "index.js")) ? nameOf(folder) : folderOf(folder);
}

/** The rooms that most programs enter. */
const LAYERS = [
  ...["layers-activations", "layers-attention", "layers-convolutional", "layers-core", "layers-merging"],
  ...["layers-normalization", "layers-pooling", "layers-recurrent", "layers-regularization", "layers-reshaping"],
];
const OTHERS = ["losses", "metrics", "optimizers"];
/** What each of them needs; what the others need is theirs. */
const needsOf = [...LAYERS, ...OTHERS].map((room) => {
  const own = modules.paths().filter((path) => folderOf(path) === room && !core.has(path));
  const others = OTHERS.filter((other) => other !== room);
  return { room, needs: modules.closure(own, (path) => !core.has(path) && !others.includes(folderOf(path))) };
});

/** The room of a module. */
export function roomOf(path) {
  if (core.has(path)) return "core";
  if (doors.has(path)) return doors.get(path);
  const folder = folderOf(path);
  // What one of the popular rooms needs is in that room; what several need, in the one that hardly a model is without.
  const users = needsOf.filter(({ needs }) => needs.has(path)).map(({ room }) => room);
  if (users.length === 1) return users[0];
  if (users.length > 1) return "layers-core";
  if (namespaces.has(path) && basename(path) !== "index.js") return nameOf(path);
  if (folder !== "utils") return folder;
  // The utilities have little in common but their folder: those with the same needs share a room.
  const needs = new Set([...late([path])].map(folderOf));
  needs.delete(folder);
  return [folder, ...[...needs].sort()].join("-");
}
