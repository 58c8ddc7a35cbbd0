import { toSnakeCase } from "../engine/config.js";
import { ValueError } from "../errors.js";
import type { AnyClass } from "./registry.js";

/**
 * A table from the names that `get()` accepts to classes: the class names, their snake_case, and the aliases.
 *
 * @example identifiers({ GlorotUniform, Zeros }, { zero: Zeros })
 */
export function identifiers<C extends AnyClass>(
  classes: Readonly<Record<string, C>>,
  aliases: Readonly<Record<string, C>> = {},
): ReadonlyMap<string, C> {
  const table = new Map<string, C>();
  for (const [name, type] of Object.entries(classes)) table.set(name, type).set(toSnakeCase(name), type);
  for (const [name, type] of Object.entries(aliases)) table.set(name, type);
  return table;
}

/** The error for a name that `get()` does not know: it offers the closest names, or all of them. */
export function unknownIdentifier(kind: string, identifier: unknown, known: Iterable<string>): ValueError {
  const all = [...known];
  const shown = typeof identifier === "string" ? JSON.stringify(identifier) : String(identifier);
  const close = typeof identifier === "string" ? closest(identifier, all) : [];
  const hint =
    close.length > 0 ? ` Did you mean ${close.map((name) => `"${name}"`).join(" or ")}?` : ` Known: ${all.join(", ")}.`;
  return new ValueError(`Could not interpret ${kind} identifier: ${shown}.${hint}`);
}

/** The known names within two or so edits of a name, nearest first. */
export function closest(name: string, known: Iterable<string>): string[] {
  const limit = Math.max(2, Math.floor(name.length / 3));
  const wanted = name.toLowerCase();
  const scored = [...new Set(known)].map((candidate) => {
    const other = candidate.toLowerCase();
    return { candidate, distance: other.startsWith(`${wanted}_`) ? 1 : editDistance(wanted, other) };
  });
  const near = scored.filter(({ distance }) => distance <= limit).sort((a, b) => a.distance - b.distance);
  // Classes have two spellings: of "Zeros" and "zeros" the one that is written like the name is offered.
  const upper = (text: string): boolean => /[A-Z]/.test(text);
  const alike = near.filter(({ candidate }) => upper(candidate) === upper(name));
  return (alike.length > 0 ? alike : near).slice(0, 3).map(({ candidate }) => candidate);
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replace, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
