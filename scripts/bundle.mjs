// Writes dist/kerosene.js: the modules of dist/ in one file. Loading two hundred small files is most of what an import costs.
// Tests of the inner rooms load the modules themselves, by the condition "kerosene-modules" of package.json.
import { join } from "node:path";
import { rolldown } from "rolldown";
import { root } from "./ensure.mjs";

const bundle = await rolldown({ input: join(root, "dist", "index.js"), platform: "node", external: [/^node:/] });
await bundle.write({
  file: join(root, "dist", "kerosene.js"),
  format: "esm",
  comments: false,
  // Classes keep their names: Keras names layers, losses and metrics after them.
  keepNames: true,
  // An import is mostly parsing, so what is only written for people goes.
  minify: { compress: false, mangle: true, codegen: { removeWhitespace: true } },
});
