import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The cases that `docs/parity.md` names under a heading, each with its reason. */
export function exceptions(heading: string): Map<string, string> {
  const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "parity.md"), "utf8");
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const rows = section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm);
  return new Map([...rows].map(([, id, reason]) => [id!, reason!]));
}
