import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { crypto } from "../engine/builtins.js";

/** A part that nobody has written to for this long was left by a process that died. */
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * Writes a file under another name beside it and renames that: whoever reads it finds the old file or the new one, never a part. Old parts of
 * it that processes left when they died go.
 */
export async function writeWhole(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const part = partOf(path);
  try {
    await write(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
  await removeAbandoned(path);
}

/** A name for a part of a file, which no other process and no other call has. */
export const partOf = (path: string): string =>
  `${path}.${process.pid}-${crypto().randomBytes(4).toString("hex")}.part`;

/** Removes the parts of a file that are so old that nobody can be writing them. */
export async function removeAbandoned(path: string): Promise<void> {
  const [folder, begin] = [dirname(path), `${basename(path)}.`];
  // a folder that may be written but not read keeps them
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(begin) || !name.endsWith(".part")) continue;
    const left = join(folder, name);
    const found = await stat(left).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(left, { force: true });
  }
}
