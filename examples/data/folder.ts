import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where `scripts/fetch-data.mjs` puts a file of a data set; the examples run in the repository's folder. */
export function dataFile(name: string, file: string): string {
  const path = join(".cache", "data", name, file);
  if (existsSync(path)) return path;
  throw new Error(`There is no ${path}. Fetch it with: node scripts/fetch-data.mjs ${name}`);
}
