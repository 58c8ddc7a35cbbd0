import { ValueError } from "../errors.js";
import { apply } from "./dispatch.js";
import { autoName } from "./names.js";
import { Tensor, wrap } from "./tensor.js";
import { currentTrace } from "./trace.js";
import { Variable } from "./variable.js";

/**
 * What random functions take as `seed`: a number (the same result at every call), a generator, what a generator's `next()` gave (for several
 * calls with the same numbers), or nothing (the global generator).
 */
export type Seed = number | SeedGenerator | Tensor | null | undefined;

/** A pair of numbers as the random ops read them: the seed and how often it was used. */
const pair = (seed: number, counter: number): Uint32Array => Uint32Array.of(seed, counter);
const ONE_MORE = wrap("uint32", [2], Uint32Array.of(0, 1));

/**
 * Gives a new seed at every call, reproducibly. Its state is a variable, so a compiled train step draws new numbers at every step.
 *
 * @example const seeds = new keras.random.SeedGenerator(1337); keras.random.normal([2], { seed: seeds });
 */
export class SeedGenerator {
  readonly name: string;
  /** The seed it was made with; `null` for one from the global source. */
  private readonly initialSeed: number | null;
  /** uint32 (2,): the seed and the number of seeds drawn. */
  readonly state: Variable;

  /**
   * @param seed A whole number; by default one drawn from the global generator.
   * @throws ValueError for anything but a whole number from 0 to 2^53.
   */
  constructor(seed?: number | null, options: { name?: string } = {}) {
    this.name = options.name ?? autoName("SeedGenerator");
    this.initialSeed = seed ?? null;
    const start = checkSeed(seed ?? makeDefaultSeed(), "SeedGenerator");
    this.state = new Variable(wrap("uint32", [2], pair(low(start), 0)), {
      trainable: false,
      name: "seed_generator_state",
      path: `${this.name}/seed_generator_state`,
    });
    // Seeds beyond 32 bits start the counter elsewhere, so that they differ too.
    if (start > 0xffffffff) this.state.native.write(pair(low(start), high(start)));
  }

  /** The next seed: uint32 (2,). Inside a trace, drawing it is part of the recorded program. */
  next(): Tensor {
    const seed = this.state.value;
    if (currentTrace() !== null) {
      this.state.assign(apply("add", [seed, ONE_MORE]) as Tensor);
    } else {
      const [base = 0, counter = 0] = seed.storage as Uint32Array;
      this.state.native.write(pair(base, counter + 1));
    }
    return seed;
  }

  /** Starts over from a seed. */
  reset(seed: number): void {
    const start = checkSeed(seed, "setRandomSeed");
    this.state.native.write(pair(low(start), high(start)));
  }

  getConfig(): Record<string, unknown> {
    return { seed: this.initialSeed, name: this.name };
  }

  /** The generator of a config, at its beginning. */
  static fromConfig(config: Readonly<Record<string, unknown>>): SeedGenerator {
    const { seed = null, name } = config as { seed?: number | null; name?: string };
    return new SeedGenerator(seed, name === undefined ? {} : { name });
  }
}

const low = (seed: number): number => seed % 2 ** 32;
const high = (seed: number): number => Math.floor(seed / 2 ** 32);

function checkSeed(seed: unknown, who: string): number {
  if (typeof seed !== "number" || !Number.isSafeInteger(seed) || seed < 0) {
    throw new ValueError(`${who}: expected a seed that is a whole number from 0 to 2^53, got ${String(seed)}.`);
  }
  return seed;
}

let host = Math.floor(Math.random() * 2 ** 32);
let global: SeedGenerator | undefined;

/** A whole number from the global source of seeds (splitmix32), from 1 to 2^32 - 1. Layers and initializers without a seed take one. */
export function makeDefaultSeed(): number {
  host = (host + STRIDE) >>> 0;
  return mixed(host) || 1;
}

/** The step from one state of splitmix32 to the next. */
const STRIDE = 0x9e3779b9;

/** What splitmix32 gives for a state: from 0 to 2^32 - 1. */
function mixed(state: number): number {
  let z = state;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** Whole numbers below a bound, in a sequence that depends on the seed only: `const below = randomIntegers(7); below(10)`. */
export function randomIntegers(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + STRIDE) >>> 0;
    return Math.floor((mixed(state) / 2 ** 32) * bound);
  };
}

/** The generator used where no seed is given. Starts from entropy unless {@link setRandomSeed} was called. */
export function globalSeedGenerator(): SeedGenerator {
  global ??= new SeedGenerator(makeDefaultSeed(), { name: "global_seed_generator" });
  return global;
}

/** Starts everything random of this library from one seed: the global generator, initializers, shuffling. */
export function setRandomSeed(seed: number): void {
  // The state is changed in place: compiled steps that draw from the global generator keep reading the same variable.
  globalSeedGenerator().reset(seed);
  host = low(seed);
}

/** The seed tensor for one random op. */
export function drawSeed(seed: Seed, who = "random"): Tensor {
  if (seed instanceof SeedGenerator) return seed.next();
  if (seed === null || seed === undefined) return globalSeedGenerator().next();
  if (seed instanceof Tensor) {
    if (seed.dtype === "uint32" && seed.shape.length === 1 && seed.shape[0] === 2) return seed;
    throw new ValueError(
      `${who}: expected a seed that \`SeedGenerator.next()\` gave, got a tensor ${String(seed.spec)}.`,
    );
  }
  const start = checkSeed(seed, who);
  return wrap("uint32", [2], pair(low(start), high(start)));
}
