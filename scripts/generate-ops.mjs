// Writes ts/ops/generated.ts: one TypeScript function for each op of the Rust registry, with its documentation.
//
//   node scripts/generate-ops.mjs            write the file
//   node scripts/generate-ops.mjs --check    fail when the file is not what would be written
//   node scripts/generate-ops.mjs --from f   read the registry's JSON from a file instead of the built addon
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, "ts", "ops", "generated.ts");

/** The registry as the addon describes it: `[{ name, doc, inputs, params: [{ name, ty, default, doc }] }]`. */
function readRegistry() {
  const from = process.argv.indexOf("--from");
  if (from > 0) return JSON.parse(readFileSync(process.argv[from + 1], "utf8"));
  const folder = join(root, "native");
  const file = existsSync(folder) && readdirSync(folder).find((name) => name.endsWith(".node"));
  if (!file) throw new Error("There is no addon in native/. Build it first: npm run build.");
  return JSON.parse(createRequire(import.meta.url)(join(folder, file)).registry());
}

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
const pascal = (name) => camel(name).replace(/^./, (c) => c.toUpperCase());

/** JavaScript keeps this word for itself; it is exported under its right name all the same. */
const reserved = new Set(["var"]);

/** Keras's class names for ops whose wire name is another word. */
const classNames = { abs: "Absolute", asin: "Arcsin", acos: "Arccos", atan: "Arctan", gather: "Take" };

/** The TypeScript types of attributes as users may write them. */
const types = {
  "number | number[] | null": "Axis",
  "number[]": "readonly number[]",
  "number[] | null": "readonly number[] | null",
  "number | number[]": "number | readonly number[]",
  "string | [number, number][]": "string | readonly (readonly [number, number])[]",
};

const type = (ty) =>
  types[ty] ?? (ty.endsWith("[]") ? `readonly ${ty.replace("[number, number]", "(readonly [number, number])")}` : ty);

/** How one attribute is written into the JSON that goes over the wire. */
function encoded({ name, ty }, inner) {
  if (/^number \| number\[\]/.test(ty)) return `"${name}":\${axes(${inner})}`;
  if (ty === "boolean") return `"${name}":\${${inner}}`;
  return `"${name}":\${json(${inner})}`;
}

function comment(op) {
  const lines = op.doc.trim().split("\n");
  const about = op.params.map(
    (p) => ` @param options.${camel(p.name)} ${p.doc}${p.default === "" ? "" : ` Default ${p.default}.`}`,
  );
  if (lines.length === 1 && about.length === 0) return `/** ${lines[0]} */`;
  return [
    "/**",
    ...[...lines.map((line) => ` ${line}`), ...(about.length > 0 ? ["", ...about] : [])].map((line) =>
      ` *${line}`.trimEnd(),
    ),
    " */",
  ].join("\n");
}

function generate(op) {
  const name = camel(op.name);
  const local = reserved.has(name) ? `${name}_` : name;
  const letters = op.inputs.map((_, i) => `T${i}`);
  const inputs = op.inputs.map((input, i) => {
    const bare = camel(input.replace(/^\.\.\./, "").replace(/\?$/, ""));
    if (input.startsWith("...")) return { param: `${bare}: readonly ${letters[i]}[]`, use: `...${bare}` };
    if (input.endsWith("?"))
      return { param: `${bare}?: ${letters[i]}`, use: `...(${bare} === undefined ? [] : [${bare}])` };
    return { param: `${bare}: ${letters[i]}`, use: bare };
  });
  const generics = letters.length === 0 ? "" : `<${letters.map((t) => `${t} extends Operand`).join(", ")}>`;
  const result = letters.length === 0 ? "Tensor" : `Result<${letters.slice(0, 3).join(", ")}>`;
  const params = inputs.map((input) => input.param);
  let body = `"{}"`;
  let unpack = "";
  if (op.params.length > 0) {
    const required = op.params.some((p) => p.default === "");
    const fields = op.params.map((p) => `${camel(p.name)}${p.default === "" ? "" : "?"}: ${type(p.ty)}`);
    params.push(`options: { ${fields.join("; ")} }${required ? "" : " = {}"}`);
    const names = op.params.map((p) => (p.default === "" ? camel(p.name) : `${camel(p.name)} = ${p.default}`));
    unpack = `  const { ${names.join(", ")} } = options;\n`;
    body = `\`{${op.params.map((p) => encoded(p, camel(p.name))).join(",")}}\``;
  }
  const className = classNames[op.name] ?? pascal(op.name);
  const call = `apply("${op.name}", [${inputs.map((input) => input.use).join(", ")}], ${body}, "${className}") as ${result}`;
  const text = `${comment(op)}\n${local === name ? "export " : ""}function ${local}${generics}(${params.join(", ")}): ${result} {\n${unpack}  return ${call};\n}`;
  return local === name ? text : `${text}\nexport { ${local} as ${name} };`;
}

// A loop's body is a piece of a trace, which ts/ops/scan.ts records: no user writes one down.
const ops = readRegistry().filter((op) => !op.params.some(({ ty }) => ty === "Body"));
const body = ops.map(generate).join("\n\n");
const used = (word) => new RegExp(`\\b${word}\\b`).test(body);
const typeImport = (names, from) => {
  const found = names.filter(used);
  return found.length === 0 ? "" : `import type { ${found.join(", ")} } from "${from}";\n`;
};
const attrs = ["axes", "json"].filter((name) => body.includes(`\${${name}(`));
const text = `// Generated from the registry of the Rust core by scripts/generate-ops.mjs. Do not edit: change the op's own file there.
import { apply } from "../engine/dispatch.js";
${typeImport(["DType"], "../engine/dtype.js")}${typeImport(["Axis", "Operand", "Result"], "../engine/operand.js")}${typeImport(["Shape"], "../engine/shape.js")}${typeImport(["Tensor"], "../engine/tensor.js")}${attrs.length === 0 ? "" : `import { ${attrs.join(", ")} } from "./attrs.js";\n`}
${body}
`;

if (process.argv.includes("--check")) {
  if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
    console.error("ts/ops/generated.ts differs from the registry. Run: npm run generate");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
