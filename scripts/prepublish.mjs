// Readies the packages for publishing: `node scripts/prepublish.mjs ARTIFACTS`, where ARTIFACTS is a folder that holds
// kerosene.<triple>.node of every platform. Copies each addon into its package under npm/ and writes the packages, pinned
// to this version, into package.json as optionalDependencies. They are not kept there in between, because a version that is not
// published yet would break `npm ci`. The change to package.json is not to be committed.
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "./ensure.mjs";

const artifacts = process.argv[2];
if (!artifacts) {
  console.error("usage: node scripts/prepublish.mjs ARTIFACTS");
  process.exit(2);
}
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const write = (path, content) => writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);

const path = join(root, "package.json");
const main = read(path);
main.optionalDependencies = {};
for (const triple of readdirSync(join(root, "npm")).sort()) {
  const folder = join(root, "npm", triple);
  const manifest = read(join(folder, "package.json"));
  const addon = join(artifacts, manifest.main);
  if (!existsSync(addon)) {
    console.error(`${addon} is missing: build the addon for ${triple} first.`);
    process.exit(1);
  }
  copyFileSync(addon, join(folder, manifest.main));
  for (const licence of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, licence), join(folder, licence));
  write(join(folder, "package.json"), { ...manifest, version: main.version });
  // Who has a GPU asks for its package.
  if (!triple.startsWith("cuda-")) main.optionalDependencies[manifest.name] = main.version;
}
write(path, main);
