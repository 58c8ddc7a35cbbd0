import { ValueError } from "../errors.js";

/** The letter of each axis: of every operand, and of the result. Axes under an ellipsis are named `...0`, `...1` from the right. */
export interface Notation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/**
 * Reads Einstein's notation for operands of these ranks.
 *
 * @throws ValueError when it is malformed or does not fit the ranks.
 */
export function parseEinsum(subscripts: string, ranks: readonly number[]): Notation {
  const fail = (why: string): never => {
    throw new ValueError(`einsum: "${subscripts}" ${why}.`);
  };
  const text = subscripts.replaceAll(" ", "");
  const sides = text.split("->");
  const terms = (sides[0] as string).split(",");
  if (sides.length > 2 || !/^[A-Za-z.,]*$/.test(sides.join(""))) fail('is not of the form "ij,jk->ik"');
  if (terms.length !== ranks.length) fail(`names ${terms.length} operands, but ${ranks.length} were given`);
  let widest = 0;
  const inputs = terms.map((term, i) => {
    const [before, after] = halves(term, fail);
    const letters = before.length + (after?.length ?? 0);
    const rank = ranks[i] as number;
    const dots = after === null ? 0 : rank - letters;
    if (after === null ? rank !== letters : dots < 0) {
      fail(`names ${letters} axes of operand ${i}, which has ${rank}`);
    }
    widest = Math.max(widest, dots);
    return [...before, ...(after === null ? [] : [...ellipsis(dots), ...after])];
  });
  if (sides.length === 2) {
    const [before, after] = halves(sides[1] as string, fail);
    const output = [...before, ...(after === null ? [] : [...ellipsis(widest), ...after])];
    const all = new Set(inputs.flat());
    const strange = output.find((label) => !all.has(label));
    if (strange !== undefined) fail(`has ${strange} in the result but in no operand`);
    if (new Set(output).size !== output.length) fail("has an axis twice in the result");
    if (after === null && widest > 0) fail('has "..." in the operands but not in the result');
    return { inputs, output };
  }
  const letters = inputs.flat().filter((label) => label.length === 1);
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label)).sort();
  return { inputs, output: [...ellipsis(widest), ...once] };
}

const ellipsis = (n: number): string[] => Array.from({ length: n }, (_, i) => `...${n - 1 - i}`);

/** The letters before and after the ellipsis; `null` after where there is none. */
function halves(term: string, fail: (why: string) => never): [string[], string[] | null] {
  const parts = term.split("...");
  if (parts.length > 2 || parts.some((p) => p.includes("."))) fail('may have one "..." in each term and no other dots');
  return [[...(parts[0] as string)], parts.length === 2 ? [...(parts[1] as string)] : null];
}
