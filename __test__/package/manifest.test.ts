import { existsSync, readdirSync, readFileSync } from "node:fs";
import test from "ava";

interface Manifest {
  name: string;
  version: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  license: string;
  main: string;
  os: string[];
  cpu: string[];
}

const read = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8"));
const manifest = read("package.json");

test("installing the package runs no script", (t) => {
  for (const name of ["preinstall", "install", "postinstall", "prepare", "prepublish"]) {
    t.is(manifest.scripts?.[name], undefined, name);
  }
});

test("every dependency is pinned exactly", (t) => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    t.regex(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test("no dependency of the lock file has an install script or names where it was fetched", (t) => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  for (const [path, entry] of Object.entries<Record<string, unknown>>(lock.packages)) {
    t.is(entry.hasInstallScript, undefined, path);
    t.is(entry.resolved, undefined, path);
  }
});

test("each platform's package matches the main one", (t) => {
  const triples = readdirSync("npm");
  t.true(triples.includes("linux-x64-gnu") && triples.length >= 5);
  for (const triple of triples) {
    const platform = read(`npm/${triple}/package.json`);
    t.is(platform.name, `@kerosene/${triple}`);
    t.is(platform.version, manifest.version);
    t.is(platform.license, manifest.license);
    t.is(platform.main, `kerosene.${triple}.node`);
    const [os, cpu] = triple.replace("cuda-", "").split("-");
    t.deepEqual([platform.os, platform.cpu], [[os], [cpu]]);
    t.is(platform.scripts, undefined);
  }
});

test("the licence texts are there", (t) => {
  for (const file of ["LICENSE", "LICENSE-MIT", "LICENSE-APACHE"]) t.true(existsSync(file), file);
});
