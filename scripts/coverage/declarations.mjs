// Names of parameters, read from the package's type declarations: a function's own ones, and the fields of the options objects among them.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The text from an opening bracket to its partner. */
function bracketed(text, from) {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if ("({[<".includes(text[at])) depth++;
    // The arrow of a function type closes nothing.
    else if (")}]>".includes(text[at]) && text[at - 1] !== "=" && --depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
}

const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

/** Every declaration of a built package by its name: `{ file, kind, text }`, where text is a parameter list, a body or a type. */
export function readDeclarations(dist) {
  const found = new Map();
  const add = (name, declaration) => found.set(name, [...(found.get(name) ?? []), declaration]);
  for (const path of readdirSync(dist, { recursive: true })) {
    if (!path.endsWith(".d.ts")) continue;
    const text = withoutComments(readFileSync(join(dist, path), "utf8"));
    const file = relative(dist, join(dist, path)).replaceAll("\\", "/");
    for (const match of text.matchAll(
      /^(?:export )?(?:declare )?(?:abstract )?(function|class|interface|type|const) (\w+)/gm,
    )) {
      const [, kind, name] = match;
      const rest = text.slice(match.index + match[0].length);
      const head = rest.slice(0, /[({]|=(?!>)|;\n/.exec(rest)?.index ?? 0);
      if (kind === "function") {
        const generic = rest.startsWith("<") ? bracketed(rest, 0).length : 0;
        add(name, { file, kind, text: bracketed(rest, generic) });
      } else if (kind === "class" || kind === "interface") {
        const open = rest.search(/\{\n|\{\}/);
        add(name, { file, kind, head: rest.slice(0, open), text: bracketed(rest, open) });
      } else {
        add(name, { file, kind, text: rest.slice(head.length, rest.search(/;\n/)) });
      }
    }
  }
  return found;
}

/** The parameters that a value of this name in this module takes, options included; `null` when its declaration is not found. */
export function parametersOf(declarations, name, kind, folder) {
  const all = (declarations.get(name) ?? []).filter((d) =>
    kind === "class" ? d.kind === "class" : ["function", "const"].includes(d.kind),
  );
  const near = all.filter(({ file }) => file.startsWith(`${folder}/`));
  const chosen = near.length > 0 ? near : all;
  if (chosen.length === 0) return null;
  const names = new Set();
  const seen = new Set();

  const fields = (text) => {
    for (const [, field] of text.matchAll(/(?:^|[\s,({;])(?:readonly )?(\w+)\??:/g)) names.add(field);
    for (const [word] of text.matchAll(/\b[A-Z]\w+/g)) visit(word);
  };
  const visit = (word) => {
    if (seen.has(word)) return;
    seen.add(word);
    for (const d of declarations.get(word) ?? []) {
      if (d.kind === "interface" && /(Options?|Arguments?|Base)$/.test(word)) fields(`${d.text} ${d.head}`);
      else if (d.kind === "type" && /(Options?|Arguments?)$/.test(word)) fields(d.text);
    }
  };
  const constructorOf = (d) => {
    const made = [...d.text.matchAll(/\bconstructor(?=\()/g)].map(({ index }) =>
      bracketed(d.text, index + "constructor".length),
    );
    const parent = /extends (\w+)/.exec(d.head)?.[1];
    if (made.length > 0) made.forEach(fields);
    else for (const base of declarations.get(parent) ?? []) if (base.kind === "class") constructorOf(base);
  };
  for (const d of chosen) d.kind === "class" ? constructorOf(d) : fields(d.text);
  return names;
}
