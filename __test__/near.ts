import type { ExecutionContext } from "ava";

type Nested = number | readonly Nested[];

/** Nested numbers that are the same within a small tolerance; NaN is NaN. */
export function near(t: ExecutionContext, got: Nested, want: Nested, what = "", tolerance = 2e-5): void {
  if (typeof want === "number" || typeof got === "number") {
    const [a, b] = [Number(got), Number(want)];
    const same = Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * (1 + Math.abs(b));
    t.true(same, `${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
    return;
  }
  t.is(got.length, want.length, `${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(want)}`);
  want.forEach((part, index) => void near(t, got[index] as Nested, part, `${what}[${index}]`, tolerance));
}
