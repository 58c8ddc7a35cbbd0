/**
 * FarmHash's `Fingerprint64` (Geoff Pike, Google; variant "na"): the hash behind TensorFlow's fast hash buckets, so that categories fall
 * into the same bins as in Keras. Arithmetic is modulo 2^64.
 */

const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;

const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const mixed = (x: bigint): bigint => x ^ (x >> 47n);
const rotated = (x: bigint, by: bigint): bigint => u64((u64(x) >> by) | (u64(x) << (64n - by)));

/** Two words into one. */
function merged(u: bigint, v: bigint, mul: bigint): bigint {
  const a = mixed(u64((u64(u) ^ u64(v)) * mul));
  const b = mixed(u64((u64(v) ^ a) * mul));
  return u64(b * mul);
}

/** 64 bits that depend on bytes alone. */
export function fingerprint64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number): bigint => view.getBigUint64(at, true);
  const n = bytes.length;
  if (n <= 16) return upTo16(bytes, view);
  const mul = k2 + BigInt(n) * 2n;
  if (n > 64) return over64(word, n);

  const [a, b, c, d] = [u64(word(0) * (n <= 32 ? k1 : k2)), word(8), u64(word(n - 8) * mul), u64(word(n - 16) * k2)];
  const y = rotated(a + b, 43n) + rotated(c, 30n) + d;
  const z = merged(y, a + rotated(b + k2, 18n) + c, mul);
  if (n <= 32) return z;
  const [e, f] = [u64(word(16) * mul), word(24)];
  const [g, h] = [u64((y + word(n - 32)) * mul), u64((z + word(n - 24)) * mul)];
  return merged(rotated(e + f, 43n) + rotated(g, 30n) + h, e + rotated(f + a, 18n) + g, mul);
}

function upTo16(bytes: Uint8Array, view: DataView): bigint {
  const n = bytes.length;
  const mul = k2 + BigInt(n) * 2n;
  if (n >= 8) {
    const [a, b] = [view.getBigUint64(0, true) + k2, view.getBigUint64(n - 8, true)];
    return merged(rotated(b, 37n) * mul + a, (rotated(a, 25n) + b) * mul, mul);
  }
  if (n >= 4) {
    return merged(BigInt(n) + (BigInt(view.getUint32(0, true)) << 3n), BigInt(view.getUint32(n - 4, true)), mul);
  }
  if (n === 0) return k2;
  const [first, middle, last] = [bytes[0], bytes[n >> 1], bytes[n - 1]] as [number, number, number];
  return u64(mixed(u64((BigInt(first + (middle << 8)) * k2) ^ (BigInt(n + (last << 2)) * k0))) * k2);
}

type Pair = [bigint, bigint];

function over64(word: (at: number) => bigint, n: number): bigint {
  /** 32 bytes and two seeds into two words. */
  const weak = (at: number, seed1: bigint, seed2: bigint): Pair => {
    const a = seed1 + word(at);
    const last = word(at + 24);
    const sum = a + word(at + 8) + word(at + 16);
    return [u64(sum + last), u64(rotated(seed2 + a + last, 21n) + rotated(sum, 44n) + a)];
  };
  let [x, y] = [81n, u64(81n * k1 + 113n)];
  let z = u64(mixed(u64(y * k2 + 113n)) * k2);
  let [v, w]: [Pair, Pair] = [
    [0n, 0n],
    [0n, 0n],
  ];
  x = u64(x * k2 + word(0));
  /** One round over 64 bytes. */
  const round = (at: number, mul: bigint, scale: bigint): void => {
    x = u64(rotated(x + y + v[0] + word(at + 8), 37n) * mul);
    y = u64(rotated(y + v[1] + word(at + 48), 42n) * mul);
    x ^= u64(w[1] * scale);
    y = u64(y + v[0] * scale + word(at + 40));
    z = u64(rotated(z + w[0], 33n) * mul);
    v = weak(at, u64(v[1] * mul), u64(x + w[0]));
    w = weak(at + 32, u64(z + w[1]), u64(y + word(at + 16)));
    [z, x] = [x, z];
  };
  for (let at = 0; at + 64 < n; at += 64) round(at, k1, 1n);
  const mul = u64(k1 + ((z & 0xffn) << 1n));
  w[0] = u64(w[0] + BigInt((n - 1) & 63));
  v[0] = u64(v[0] + w[0]);
  w[0] = u64(w[0] + v[0]);
  round(n - 64, mul, 9n);
  return merged(merged(v[0], w[0], mul) + mixed(y) * k0 + z, merged(v[1], w[1], mul) + x, mul);
}

/** Two fingerprints into one, in which their order counts. */
export function concatenateFingerprints(first: bigint, second: bigint): bigint {
  const mul = 0xc6a4a7935bd1e995n;
  const result = u64((u64(first) ^ mul ^ u64(mixed(u64(second * mul)) * mul)) * mul);
  return mixed(u64(mixed(result) * mul));
}
