import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import test from "ava";
import { node } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "kerosene-pack-"));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

const npm = (...args: string[]): string => {
  const options = { encoding: "utf8", shell: process.platform === "win32" } as const;
  const { status, stdout, stderr } = spawnSync("npm", args, options);
  if (status !== 0) throw new Error(`npm ${args.join(" ")}: ${stderr}`);
  return stdout;
};

test("the package holds what it needs and no more, and works where it is unpacked", (t) => {
  const [packed] = JSON.parse(npm("pack", "--json", "--ignore-scripts", "--pack-destination", folder)) as [
    { filename: string; unpackedSize: number; files: { path: string }[] },
  ];
  const files = packed.files.map(({ path }) => path);
  for (const path of [
    "package.json",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "dist/kerosene.js",
    "dist/kerosene.cjs",
    "dist/kerosene.layers.cjs",
    "dist/index.d.ts",
    "native/binding.d.ts",
    "assets/fonts/arimo-latin-400.ttf",
    "assets/fonts/arimo-latin-700.ttf",
    "assets/fonts/OFL.txt",
  ]) {
    t.true(files.includes(path), path);
  }
  const strangers = files.filter(
    (path) =>
      !/^(dist\/kerosene[^/]*\.c?js$|dist\/.+\.d\.ts$|native\/binding\.d\.ts$|assets\/fonts\/|[A-Z-]+(\.md)?$|package\.json$)/.test(
        path,
      ),
  );
  t.deepEqual(strangers, []);
  t.true(packed.unpackedSize < 5e6, `${packed.unpackedSize} bytes`);

  // As npm lays it out for a user: the package, and beside it the addon's own package.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "kerosene"), { recursive: true });
  const tar = ["-xzf", join(folder, packed.filename), "-C", join(modules, "kerosene"), "--strip-components=1"];
  t.is(spawnSync("tar", tar).status, 0);
  const addon = readdirSync("native").find((name) => /^kerosene\..+\.node$/.test(name)) as string;
  const triple = addon.slice("kerosene.".length, -".node".length);
  cpSync(join("npm", triple), join(modules, "@kerosene", triple), { recursive: true });
  copyFileSync(join("native", addon), join(modules, "@kerosene", triple, addon));
  const program = 'import * as keras from "kerosene"; console.log(keras.tensor([1, 2]).add(1).tolist().join())';
  const run = node(["--input-type=module", "-e", program], { cwd: folder });
  t.is(run.stdout.trim(), "2,3", run.stderr);

  // Its types, checked as strictly as a user can.
  const options = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    noEmit: true,
    module: "nodenext",
    target: "es2023",
    types: ["node"],
    typeRoots: [resolve("node_modules/@types")],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["use.mts"] }));
  writeFileSync(join(folder, "use.mts"), 'import * as keras from "kerosene";\nkeras.tensor([1]).add(1);\n');
  const check = node([resolve("node_modules/typescript/bin/tsc"), "-p", folder]);
  t.is(check.status, 0, check.stdout);
});

test("a machine without an addon is told so, and what to do", (t) => {
  const bare = mkdtempSync(join(tmpdir(), "kerosene-bare-")); // apart from the folder above, which has an addon
  t.teardown(() => rmSync(bare, { recursive: true, force: true }));
  cpSync("dist", join(bare, "dist"), { recursive: true });
  copyFileSync("package.json", join(bare, "package.json"));
  t.false(existsSync(join(bare, "native")));
  const program = 'import { tensor } from "./dist/kerosene.js"; tensor([1, 2]).add(1)';
  const { status, stderr } = node(["--input-type=module", "-e", program], { cwd: bare });
  t.not(status, 0);
  t.regex(stderr, /native addon was not found for .*Reinstall/s);
});
