import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import * as keras from "kerosene";

const BODY = Buffer.alloc(300_000, "the same words again ");
const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");
const HASH = sha256(BODY);
const { getFile } = keras.utils;

let server: Server;
let origin: string;
const home = mkdtempSync(join(tmpdir(), "kerosene-get-file-"));
const asked: string[] = [];
const times = (path: string): number => asked.filter((url) => url.startsWith(path)).length;

test.before(async () => {
  process.env.KERAS_HOME = home;
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    if (path.startsWith("/good")) response.setHeader("content-length", BODY.length).end(BODY);
    else if (path === "/moved") response.writeHead(302, { location: "/good" }).end();
    else if (path === "/chunked") {
      response.write(BODY.subarray(0, 1000));
      response.end(BODY.subarray(1000));
    } else if (path === "/cut") {
      response.setHeader("content-length", BODY.length);
      response.write(BODY.subarray(0, 1000), () => response.destroy());
    } else if (path === "/slow") {
      response.setHeader("content-length", BODY.length);
      response.write(BODY.subarray(0, 1000));
    } else response.writeHead(404).end("nothing here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

test.after.always(() => {
  server.closeAllConnections();
  server.close();
  rmSync(home, { recursive: true, force: true });
});

/** A cache folder of its own, and what lies in its `datasets`. */
function folder(name: string): { cacheDir: string; files: () => string[] } {
  const cacheDir = join(home, name);
  const datasets = join(cacheDir, "datasets");
  mkdirSync(datasets, { recursive: true });
  return { cacheDir, files: () => readdirSync(datasets).sort() };
}

test("downloads once, into Keras's cache layout, under the address's name", async (t) => {
  const path = await getFile({ origin: `${origin}/good.bin?x=1`, fileHash: HASH });
  t.is(path, join(home, "datasets", "good.bin"));
  t.is(sha256(readFileSync(path)), HASH);
  t.is(await getFile("good.bin", `${origin}/good.bin?x=1`, { fileHash: HASH.toUpperCase() }), path);
  t.is(times("/good.bin"), 1);
  await getFile("good.bin", `${origin}/good.bin?x=1`, { forceDownload: true });
  t.is(times("/good.bin"), 2);
});

test("follows redirects, takes bodies of unknown length, an md5 hash and another folder", async (t) => {
  const { cacheDir } = folder("others");
  const path = await getFile("a", `${origin}/moved`, { cacheDir, cacheSubdir: "deep/models", fileHash: HASH });
  t.is(path, join(cacheDir, "deep/models", "a"));
  const md5 = createHash("md5").update(BODY).digest("hex");
  t.is(sha256(readFileSync(await getFile("b", `${origin}/chunked`, { cacheDir, fileHash: md5 }))), HASH);
});

test("a download with another hash is refused and leaves nothing", async (t) => {
  const { cacheDir, files } = folder("mismatch");
  const error = await t.throwsAsync(getFile("a", `${origin}/good`, { cacheDir, fileHash: "0".repeat(64) }));
  t.regex(error?.message ?? "", /corrupted.*expected 0{64}/s);
  t.true(error instanceof keras.errors.KeroseneError);
  t.deepEqual(files(), []);
});

test("a missing page, a body that breaks off and a dead server are errors that leave nothing", async (t) => {
  const { cacheDir, files } = folder("broken");
  await t.throwsAsync(getFile("a", `${origin}/missing`, { cacheDir }), { message: /404/ });
  await t.throwsAsync(getFile("a", `${origin}/cut`, { cacheDir }), { message: /could not download/ });
  await t.throwsAsync(getFile("a", "http://127.0.0.1:1/x", { cacheDir }), { message: /could not download/ });
  t.deepEqual(files(), []);
});

test("a failed download keeps the file that was there", async (t) => {
  const { cacheDir, files } = folder("kept");
  writeFileSync(join(cacheDir, "datasets", "a"), "older");
  await t.throwsAsync(getFile("a", `${origin}/cut`, { cacheDir, forceDownload: true }));
  t.deepEqual(files(), ["a"]);
  t.is(readFileSync(join(cacheDir, "datasets", "a"), "utf8"), "older");
});

test("a cached file with another hash is downloaded again", async (t) => {
  const { cacheDir } = folder("outdated");
  writeFileSync(join(cacheDir, "datasets", "a"), "half of i");
  const path = await getFile("a", `${origin}/good`, { cacheDir, fileHash: HASH });
  t.is(sha256(readFileSync(path)), HASH);
});

test("what a dead process left is removed, what a living one writes is not", async (t) => {
  const { cacheDir, files } = folder("leftovers");
  const old = join(cacheDir, "datasets", "a.1-00.part");
  writeFileSync(old, "");
  utimesSync(old, new Date(0), new Date(0));
  writeFileSync(join(cacheDir, "datasets", "a.2-00.part"), "");
  await getFile("a", `${origin}/good`, { cacheDir });
  t.deepEqual(files(), ["a", "a.2-00.part"]);
});

test("a signal stops the download", async (t) => {
  const { cacheDir, files } = folder("stopped");
  const reason = new Error("enough");
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 50);
  const error = await t.throwsAsync(getFile("a", `${origin}/slow`, { cacheDir, signal: stop.signal }));
  t.is(error, reason);
  t.deepEqual(files(), []);
});

test("bad arguments are refused before anything is asked for", async (t) => {
  const bad: [string | null, string, object][] = [
    ["../a", `${origin}/good/never`, {}],
    ["a/b", `${origin}/good/never`, {}],
    ["..", `${origin}/good/never`, {}],
    [null, `${origin}/`, {}],
    ["a", "file:///etc/passwd", {}],
    ["a", "no address", {}],
    ["a", `${origin}/good/never`, { fileHash: "abc" }],
    ["a", `${origin}/good/never`, { fileHash: "z".repeat(64) }],
  ];
  for (const [name, address, options] of bad) {
    await t.throwsAsync(getFile(name, address, options), { instanceOf: keras.errors.ValueError }, `${name} ${address}`);
  }
  await t.throwsAsync(getFile({}), { instanceOf: keras.errors.ValueError });
  t.is(times("/good/never"), 0);
});
