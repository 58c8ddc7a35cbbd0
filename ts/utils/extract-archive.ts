import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { crypto, stream } from "../engine/builtins.js";
import { ValueError } from "../errors.js";
import { type ArchiveEntry, isTar, tarEntries } from "./tar.js";
import { isZip, zipEntries } from "./zip.js";

/** Which archives are tried: one kind, several, both (`"auto"`), or none. */
export type ArchiveFormat = "auto" | "tar" | "zip" | readonly ("tar" | "zip")[] | null;

const KINDS = {
  tar: { is: isTar, entries: tarEntries },
  zip: { is: isZip, entries: zipEntries },
} as const;

/**
 * Unpacks an archive into a folder. Each file is written under another name first, so that what stands under its own is always whole; one that
 * is there with the archive's size and time is left as it is.
 *
 * Members whose path leads out of the folder, links and devices are skipped with a warning.
 *
 * @returns Whether the file was an archive of one of the formats.
 * @throws ValueError for a broken archive and an unknown format; NotImplementedError for what cannot be unpacked here.
 */
export async function extractArchive(path: string, folder: string, format: ArchiveFormat = "auto"): Promise<boolean> {
  const formats =
    format === "auto" ? (["tar", "zip"] as const) : typeof format === "string" ? [format] : (format ?? []);
  for (const name of formats) {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    if (kind === undefined) {
      throw new ValueError(
        `Unknown \`archiveFormat\` ${JSON.stringify(name)}. Expected "auto", "tar", "zip", a list of these or null.`,
      );
    }
    if (!(await kind.is(path))) continue;
    await mkdir(folder, { recursive: true });
    for await (const entry of kind.entries(path)) await unpack(entry, folder);
    return true;
  }
  return false;
}

async function unpack(entry: ArchiveEntry, folder: string): Promise<void> {
  const target = resolve(folder, entry.name);
  const within = relative(folder, target);
  const outside = isAbsolute(within) || within.split(sep)[0] === ".." || entry.name.includes("\0");
  if (entry.kind === "other" || outside) {
    process.emitWarning(`Skipping invalid path during archive extraction: '${entry.name}'.`);
    return;
  }
  if (entry.kind === "folder" || within === "") {
    await mkdir(target, { recursive: true });
    return;
  }
  if (await isThere(target, entry)) return;
  await mkdir(dirname(target), { recursive: true });
  const part = join(
    dirname(target),
    `.${within.split(sep).at(-1)}.${process.pid}-${crypto().randomBytes(4).toString("hex")}.part`,
  );
  try {
    await stream().promises.pipeline(stream().Readable.from(entry.content()), createWriteStream(part, { flags: "wx" }));
    if (entry.modified !== null) await utimes(part, entry.modified, entry.modified);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

/** Whether a file with this size and time is there: one that was being written when its program died has another time. */
async function isThere(path: string, { size, modified }: ArchiveEntry): Promise<boolean> {
  if (modified === null) return false;
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile() || found.size !== size) return false;
  return Math.trunc(found.mtimeMs / 1000) === Math.trunc(modified.getTime() / 1000);
}
