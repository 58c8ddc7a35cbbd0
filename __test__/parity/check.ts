import { isDeepStrictEqual } from "node:util";
import type * as keras from "kerosene";

/** Accepted where |got − want| ≤ atol + rtol · |want|, element by element. */
export interface Tolerance {
  rtol: number;
  atol: number;
}

/** One golden case that can be run. */
export interface ParityCase {
  kind: string;
  className: string;
  id: string;
  /** @throws Mismatch for a result that is not Keras's, Unsupported for what is not there. */
  run(check: Check): void | Promise<void>;
}

/** A result that is not Keras's. */
export class Mismatch extends Error {}

/** What the case needs is not there. */
export class Unsupported extends Error {}

/** Compares and keeps the largest deviation seen, in units of the tolerance. */
export class Check {
  worst = 0;
  /** What of a case was not taken at its word. */
  readonly notes: string[] = [];

  number(got: number, want: number, { rtol, atol }: Tolerance, what: string): void {
    if (Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))) return;
    const deviation = Math.abs(got - want) / (atol + rtol * Math.abs(want));
    if (!(deviation <= 1)) {
      this.worst = Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : Math.max(this.worst, deviation);
      throw new Mismatch(`${what} is ${got}, expected ${want}`);
    }
    this.worst = Math.max(this.worst, deviation);
  }

  tensor(got: keras.Tensor | undefined, want: keras.Tensor, tolerance: Tolerance, what: string): void {
    if (got === undefined || got === null) throw new Mismatch(`${what} is not there`);
    if (got.shape.join() !== want.shape.join())
      throw new Mismatch(`${what}: shape [${got.shape}], expected [${want.shape}]`);
    const [a, b] = [got.dataSync(), want.dataSync()];
    for (let i = 0; i < b.length; i++)
      this.number(Number(a[i]), Number(b[i]), tolerance, `${what}: element ${i} of [${want.shape}]`);
  }

  /** Plain data, the same. */
  equal(got: unknown, want: unknown, what: string): void {
    if (isDeepStrictEqual(got, want)) return;
    throw new Mismatch(
      `${what} is ${JSON.stringify(got)?.slice(0, 300)}, expected ${JSON.stringify(want)?.slice(0, 300)}`,
    );
  }

  true(condition: boolean, what: string): void {
    if (!condition) throw new Mismatch(what);
  }
}

/** How a case ended. */
export interface Outcome {
  case: ParityCase;
  status: "passed" | "failed" | "not supported";
  message: string;
  worst: number;
  notes: readonly string[];
}

/** Errors by which the library says that it does not have something. */
const missing = /Could not locate|Could not interpret|Unknown (loss|metric|optimizer)|not supported|is not a function/;

/** Runs a case to its end, whatever happens. */
export async function runCase(parityCase: ParityCase): Promise<Outcome> {
  const check = new Check();
  const done = (status: Outcome["status"], message = ""): Outcome => ({
    case: parityCase,
    status,
    message,
    worst: check.worst,
    notes: check.notes,
  });
  try {
    await parityCase.run(check);
    return done("passed");
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof Mismatch) return done("failed", message);
    const name = error instanceof Error ? error.name : "";
    if (error instanceof Unsupported || name === "NotImplementedError" || missing.test(message))
      return done("not supported", message);
    return done("failed", `threw ${name}: ${message}`);
  }
}
