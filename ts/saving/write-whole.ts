import { rename, rm } from "node:fs/promises";

/** Writes a file under another name beside it and renames that: whoever reads it finds the old file or the new one, never a part. */
export async function writeWhole(path: string, write: (path: string) => Promise<void>): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await write(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
