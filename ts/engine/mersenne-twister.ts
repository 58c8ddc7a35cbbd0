import { ValueError } from "../errors.js";

const N = 624;
const M = 397;

/** A sequence of numbers that can be set in place. */
interface Writable<T> {
  readonly length: number;
  [index: number]: T;
}

/**
 * The Mersenne Twister MT19937, which NumPy's `RandomState` and Python's `random` use: with it, what Keras shuffles by a seed is shuffled the
 * same way here.
 *
 * Source: Matsumoto & Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform pseudorandom number generator" (1998).
 */
class MersenneTwister {
  readonly #state = new Uint32Array(N);
  #at = N;

  /** Fills the state from one number. */
  static ofNumber(seed: number): MersenneTwister {
    const made = new MersenneTwister();
    made.#fill(seed);
    return made;
  }

  /** Fills the state from a list of 32-bit numbers. */
  static ofArray(key: readonly number[]): MersenneTwister {
    const made = new MersenneTwister();
    made.#fill(19650218);
    const state = made.#state;
    let [i, j] = [1, 0];
    const wrapped = () => {
      if (i < N) return;
      state[0] = state[N - 1] as number;
      i = 1;
    };
    const previous = () => (state[i - 1] as number) ^ ((state[i - 1] as number) >>> 30);
    for (let k = Math.max(N, key.length); k > 0; k--) {
      state[i] = ((state[i] as number) ^ Math.imul(previous(), 1664525)) + (key[j] as number) + j;
      i++;
      j = (j + 1) % key.length;
      wrapped();
    }
    for (let k = N - 1; k > 0; k--) {
      state[i] = ((state[i] as number) ^ Math.imul(previous(), 1566083941)) - i;
      i++;
      wrapped();
    }
    state[0] = 0x80000000;
    return made;
  }

  #fill(seed: number): void {
    const state = this.#state;
    state[0] = seed;
    for (let i = 1; i < N; i++) {
      const before = state[i - 1] as number;
      state[i] = Math.imul(1812433253, before ^ (before >>> 30)) + i;
    }
    this.#at = N;
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < N; i++) {
      const y = ((state[i] as number) & 0x80000000) | ((state[(i + 1) % N] as number) & 0x7fffffff);
      state[i] = (state[(i + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }

  /** The next number from 0 to 2^32 - 1. */
  next(): number {
    if (this.#at >= N) this.#twist();
    let y = this.#state[this.#at++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }
}

function shuffle<T>(list: Writable<T>, upTo: (most: number) => number): void {
  for (let last = list.length - 1; last > 0; last--) {
    const other = upTo(last);
    const kept = list[last] as T;
    list[last] = list[other] as T;
    list[other] = kept;
  }
}

/** Shuffles in place as `numpy.random.RandomState(seed).shuffle(list)`. @throws ValueError unless the seed is from 0 to 2^32 - 1. */
export function numpyShuffle<T>(list: Writable<T>, seed: number): void {
  numpyShuffler(seed)(list);
}

/** Shuffles list after list, as one `RandomState` does. @throws ValueError unless the seed is from 0 to 2^32 - 1. */
export function numpyShuffler(seed: number): <T>(list: Writable<T>) => void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new ValueError(`Expected \`seed\` to be a whole number from 0 to 2^32 - 1, got ${String(seed)}.`);
  }
  const random = MersenneTwister.ofNumber(seed);
  const upTo = (most: number): number => {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const value = (random.next() & mask) >>> 0;
      if (value <= most) return value;
    }
  };
  return (list) => shuffle(list, upTo);
}

/** Shuffles in place as `random.seed(seed); random.shuffle(list)` of Python. @throws ValueError unless the seed is a whole number. */
export function pythonShuffle<T>(list: Writable<T>, seed: number): void {
  if (!Number.isSafeInteger(seed)) throw new ValueError(`Expected \`seed\` to be a whole number, got ${String(seed)}.`);
  const size = Math.abs(seed);
  const high = Math.floor(size / 2 ** 32);
  const random = MersenneTwister.ofArray(high > 0 ? [size >>> 0, high] : [size]);
  shuffle(list, (most) => {
    const bits = 32 - Math.clz32(most + 1);
    for (;;) {
      const value = random.next() >>> (32 - bits);
      if (value <= most) return value;
    }
  });
}
