import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StateError } from "./errors.js";

/** The path of a file that comes with the package, under its folder `assets`. @throws StateError where it is missing. */
export function assetPath(name: string): string {
  // This module stands in `dist`, alone or as part of the bundle.
  const path = fileURLToPath(new URL(`../assets/${name}`, import.meta.url));
  if (existsSync(path)) return path;
  throw new StateError(`kerosene's file ${path} is missing. Reinstall the package.`);
}
