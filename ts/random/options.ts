import type { Seed } from "../engine/seed.js";

/** What every random function takes last. */
export interface RandomOptions {
  /** Default float32 (`randint`: int32). */
  dtype?: string;
  /** A whole number gives the same tensor at every call; a `SeedGenerator` goes on from call to call; default: the global generator. */
  seed?: Seed;
}
