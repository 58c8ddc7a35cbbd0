// The modules of dist/ as their syntax shows them: what each declares, hands on from others, imports and registers.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAst } from "rolldown/parseAst";

/** Every node of a syntax tree. */
function nodes(tree, all = []) {
  if (tree?.type !== undefined) all.push(tree);
  for (const part of Object.values(tree ?? {})) if (typeof part === "object") nodes(part, all);
  return all;
}

/** The members that a module uses of a namespace that it imports as `local`; `"*"` where it uses the namespace as a whole. */
function membersOf(all, local) {
  const members = new Set();
  let uses = -1; // the import itself
  for (const node of all) {
    if (node.type === "Identifier" && node.name === local) uses++;
    if (node.type !== "MemberExpression" || node.computed || node.object.name !== local) continue;
    members.add(node.property.name);
    uses--;
  }
  return uses === 0 ? members : ["*"];
}

/** The classes a module registers: the keys of `registerModule`'s tables. */
function registered(all) {
  const tables = new Map();
  for (const { type, id, init } of all) if (type === "VariableDeclarator") tables.set(id.name, init);
  const keys = (table) =>
    table.type === "Identifier"
      ? keys(tables.get(table.name))
      : table.properties.flatMap(({ type, key, argument }) => (type === "SpreadElement" ? keys(argument) : key.name));
  const calls = all.filter(({ type, callee }) => type === "CallExpression" && callee.name === "registerModule");
  return calls.flatMap(({ arguments: [, table] }) => keys(table));
}

function read(path) {
  const source = readFileSync(path, "utf8");
  const { body } = parseAst(source);
  const all = nodes(body);
  const fromHere = ({ source }) => (source?.value?.startsWith(".") ? join(dirname(path), source.value) : undefined);
  const module = {
    path,
    /** Its source without what it hands on. */
    own: source,
    /** The names it exports and has itself, and those of them that are functions. */
    declares: new Set(),
    functions: new Set(),
    /** The names it hands on, one by one, all of a module's, and as namespaces. */
    handsOn: new Map(),
    stars: [],
    spaces: new Map(),
    /** By module: the names it imports; `"*"` where a namespace is used as a whole. */
    imports: new Map(),
    /** The modules that it imports when it needs them. */
    later: all.filter(({ type }) => type === "ImportExpression").flatMap((node) => fromHere(node) ?? []),
    registers: registered(all),
  };
  for (const node of body.toReversed()) {
    const from = fromHere(node);
    if (node.type === "ImportDeclaration" && from !== undefined) {
      const names = module.imports.get(from) ?? new Set();
      module.imports.set(from, names);
      for (const { type, imported, local } of node.specifiers) {
        for (const name of type === "ImportSpecifier" ? [imported.name] : membersOf(all, local.name)) names.add(name);
      }
    } else if (node.type === "ExportAllDeclaration" || (node.type === "ExportNamedDeclaration" && node.source)) {
      module.own = module.own.slice(0, node.start) + module.own.slice(node.end);
      if (node.exported) module.spaces.set(node.exported.name, from);
      else if (node.type === "ExportAllDeclaration") module.stars.push(from);
      for (const { local, exported } of node.specifiers ?? []) {
        module.handsOn.set(exported.name, { from, name: local.name });
      }
    } else if (node.type === "ExportNamedDeclaration") {
      for (const { exported } of node.specifiers) module.declares.add(exported.name);
      const { type, id, declarations } = node.declaration ?? {};
      for (const declared of declarations ?? (id ? [{ id }] : [])) module.declares.add(declared.id.name);
      if (type === "FunctionDeclaration") module.functions.add(id.name);
    }
  }
  return module;
}

/** The modules under a folder, and what their names lead to. */
export class Modules {
  #modules;

  constructor(folder) {
    const files = readdirSync(folder, { recursive: true }).filter(
      (name) => /\.js$/.test(name) && !/^kerosene/.test(name),
    );
    this.#modules = new Map(files.map((name) => [join(folder, name), read(join(folder, name))]));
  }

  get(path) {
    return this.#modules.get(path);
  }

  has(path) {
    return this.#modules.has(path);
  }

  paths() {
    return [...this.#modules.keys()];
  }

  /** All that modules hand on as namespaces. */
  namespaces() {
    return new Set([...this.#modules.values()].flatMap(({ spaces }) => [...spaces.values()]));
  }

  /** The names that a module exports. */
  names(path) {
    const { declares, handsOn, spaces, stars } = this.get(path);
    return new Set([
      ...declares,
      ...handsOn.keys(),
      ...spaces.keys(),
      ...stars.flatMap((from) => [...this.names(from)]),
    ]);
  }

  /** Where an exported name comes from: `{ path, name }`, or `{ space }` for a namespace. */
  home(path, name) {
    const { declares, handsOn, spaces, stars } = this.get(path);
    if (declares.has(name)) return { path, name };
    if (spaces.has(name)) return { space: spaces.get(name) };
    const given = handsOn.get(name);
    if (given !== undefined) return this.home(given.from, given.name);
    const star = stars.find((from) => this.names(from).has(name));
    if (star === undefined) throw new Error(`${path} exports no ${name}.`);
    return this.home(star, name);
  }

  /** The names that a module imports from another: `"*"` is all of them. */
  imported(path, from) {
    const names = this.get(path).imports.get(from);
    return names.has("*") ? this.names(from) : names;
  }

  /** What these names of a module lead to, namespaces opened: `{ path, name }` each. */
  homes(path, names = this.names(path)) {
    const homes = [...names].map((name) => this.home(path, name));
    return homes.flatMap((home) => (home.space === undefined ? [home] : this.homes(home.space)));
  }

  /** What a module needs: `{ path, name }` each, without a name where a module is only to be run. */
  needs(path) {
    return [...this.get(path).imports].flatMap(([from, { size }]) =>
      size === 0 ? [{ path: from }] : this.homes(from, this.imported(path, from)),
    );
  }

  /** These modules and all that they need, as far as `within` says. */
  closure(paths, within) {
    const closure = new Set(paths);
    for (const path of closure) for (const next of this.needs(path)) if (within(next.path)) closure.add(next.path);
    return closure;
  }
}
