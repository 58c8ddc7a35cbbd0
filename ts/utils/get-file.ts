import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { crypto, stream } from "../engine/builtins.js";
import { KeroseneError, ValueError } from "../errors.js";
import { partOf, removeAbandoned } from "../saving/write-whole.js";
import { DownloadBar } from "./download-bar.js";
import { type ArchiveFormat, extractArchive } from "./extract-archive.js";
import { kerasHome } from "./keras-home.js";

/** Options of {@link getFile}. */
export interface GetFileOptions {
  /** The name to keep the file under. Default: the last part of `origin`'s path. No folders. */
  fname?: string | null;
  /** The address to download from (http or https). */
  origin?: string | null;
  /** The hash the file must have, in hexadecimal: sha256 (64 digits) or md5 (32). Default: any file is accepted. */
  fileHash?: string | null;
  /** What kind of hash it is. Default `"auto"`: by its length. */
  hashAlgorithm?: "auto" | "sha256" | "md5";
  /** The folder under `cacheDir`, or an absolute one. Default `"datasets"`. */
  cacheSubdir?: string;
  /** Default: `$KERAS_HOME`, else `~/.keras`, as in Keras: the two share their downloads. */
  cacheDir?: string | null;
  /** Download even where the file is there. Default `false`. */
  forceDownload?: boolean;
  /**
   * Whether the file is an archive to unpack (`.tar`, `.tar.gz`, `.zip`). The result is then the path of the folder, as Keras lays it out:
   * `datasets/zoo` beside `datasets/zoo_archive` for a name without a dot, `datasets/zoo_extracted` for `zoo.tar.gz`. Default `false`.
   */
  extract?: boolean;
  /** Keras's older name of `extract`, for tar archives. */
  untar?: boolean;
  /** Which archives are tried. Default `"auto"`: tar, then zip. */
  archiveFormat?: ArchiveFormat;
  /** Keras's older name of an md5 `fileHash`. */
  md5Hash?: string | null;
  /** Stops the download. */
  signal?: AbortSignal;
}

/**
 * Downloads a file unless it is in the cache already, and returns its path.
 *
 * The download goes to a temporary file beside its place, is checked against `fileHash`, and only then takes its name: what stands
 * under the name is always whole. A cached file with another hash is downloaded again. Progress is shown on stderr where that is a
 * terminal.
 *
 * @example const path = await keras.utils.getFile("zoo.csv", "https://example.com/zoo.csv", { fileHash: "…" });
 * @throws ValueError for a missing address, a name with folders in it, a malformed hash or what cannot be unpacked; KeroseneError when the
 *   download fails or its hash differs (the cache is then as it was).
 * Source: `keras.utils.get_file`.
 */
export function getFile(options: GetFileOptions): Promise<string>;
export function getFile(fname: string | null, origin: string, options?: GetFileOptions): Promise<string>;
export async function getFile(
  first: GetFileOptions | string | null,
  second?: string,
  third: GetFileOptions = {},
): Promise<string> {
  const options = typeof first === "object" && first !== null ? first : { ...third, fname: first, origin: second };
  const extract = options.extract === true || options.untar === true;
  const origin = checkOrigin(options.origin);
  const fname = checkName(options.fname ?? basename(decodeURIComponent(origin.pathname)));
  const old = options.fileHash == null && options.md5Hash != null;
  const expected = checkHash(
    options.fileHash ?? options.md5Hash ?? null,
    old ? "md5" : (options.hashAlgorithm ?? "auto"),
  );
  const folder = resolve(options.cacheDir ?? kerasHome(), options.cacheSubdir ?? "datasets");
  if (!extract) return fetched(origin, folder, fname, expected, options);
  const dot = options.fname == null ? -1 : fname.indexOf(".");
  const archive = await fetched(origin, folder, dot < 0 ? `${fname}_archive` : fname, expected, options);
  const unpacked = join(folder, dot < 0 ? fname : `${fname.slice(0, dot)}_extracted`);
  const format = options.untar ? "tar" : options.archiveFormat === undefined ? "auto" : options.archiveFormat;
  if (!(await extractArchive(archive, unpacked, format))) {
    throw new ValueError(
      `getFile: ${archive} is no archive that can be unpacked here: expected .tar, .tar.gz or .zip.`,
    );
  }
  return unpacked;
}

/** The path of the file in the cache, downloaded if need be. */
async function fetched(
  origin: URL,
  folder: string,
  fname: string,
  expected: ExpectedHash | null,
  options: GetFileOptions,
): Promise<string> {
  const path = join(folder, fname);
  if (!options.forceDownload && (await isFile(path))) {
    if (expected === null || (await hashFile(path, expected.algorithm)) === expected.hash) return path;
    console.warn(
      `A local file was found, but it seems to be incomplete or outdated: its ${expected.algorithm} hash is not ${expected.hash}. Downloading it again.`,
    );
  }
  await mkdir(folder, { recursive: true });
  await removeAbandoned(path);
  const part = partOf(path);
  try {
    const hash = await download(origin, part, expected?.algorithm ?? "sha256", options.signal);
    if (expected !== null && hash !== expected.hash) {
      throw new KeroseneError(
        `getFile: incomplete or corrupted file from ${origin.href}: its ${expected.algorithm} hash is ${hash}, expected ${expected.hash}. Nothing was kept.`,
      );
    }
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  return path;
}

/** Whether the file at `path` is there with this sha256. */
export async function hasHash(path: string, sha256: string): Promise<boolean> {
  return (await isFile(path)) && (await hashFile(path, "sha256")) === sha256;
}

function checkOrigin(origin: string | null | undefined): URL {
  const url = typeof origin === "string" && URL.canParse(origin) ? new URL(origin) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new ValueError(`getFile: expected \`origin\` to be an http or https address, got ${JSON.stringify(origin)}.`);
  }
  return url;
}

function checkName(fname: string): string {
  if (fname === "" || fname === "." || fname === ".." || /[/\\\0]/.test(fname)) {
    throw new ValueError(
      `getFile: expected \`fname\` to be a file's name without folders, got ${JSON.stringify(fname)}. Use \`cacheDir\` and \`cacheSubdir\` to choose the folder.`,
    );
  }
  return fname;
}

interface ExpectedHash {
  algorithm: "sha256" | "md5";
  hash: string;
}

function checkHash(hash: string | null, asked: "auto" | "sha256" | "md5"): ExpectedHash | null {
  if (hash === null) return null;
  const algorithm = asked === "auto" ? (hash.length === 64 ? "sha256" : "md5") : asked;
  if (!/^[0-9a-f]+$/i.test(hash) || hash.length !== (algorithm === "sha256" ? 64 : 32)) {
    throw new ValueError(`getFile: ${JSON.stringify(hash)} is not a ${algorithm} hash in hexadecimal.`);
  }
  return { algorithm, hash: hash.toLowerCase() };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function hashFile(path: string, algorithm: string): Promise<string> {
  const hash = crypto().createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Streams the address into a new file and returns its hash. */
async function download(origin: URL, path: string, algorithm: string, signal?: AbortSignal): Promise<string> {
  const hash = crypto().createHash(algorithm);
  try {
    const response = await fetch(origin, signal ? { signal } : {});
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    }
    // An encoded body's declared length is not that of what arrives here.
    const declared = response.headers.get("content-encoding") ? null : response.headers.get("content-length");
    const bar = new DownloadBar(origin.href, declared === null ? null : Number(declared));
    let received = 0;
    const count = new (stream().Transform)({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        received += chunk.length;
        bar.update(received);
        done(null, chunk);
      },
    });
    await stream().promises.pipeline(response.body, count, createWriteStream(path, { flags: "wx" }), { signal });
    if (declared !== null && received !== Number(declared)) {
      throw new Error(`${received} of ${declared} bytes came`);
    }
    bar.finish();
    return hash.digest("hex");
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const { message, cause } = error as Error;
    const detail =
      cause instanceof Error ? `${message} (${cause.message || (cause as NodeJS.ErrnoException).code})` : message;
    throw new KeroseneError(`getFile: could not download ${origin.href}: ${detail}. Nothing was kept.`, {
      cause: error,
    });
  }
}
