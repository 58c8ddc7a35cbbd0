const u64 = (x: bigint): bigint => BigInt.asUintN(64, x);
const rotated = (x: bigint, by: bigint): bigint => u64(x << by) | (x >> (64n - by));

/** SipHash-2-4 (Aumasson and Bernstein): 64 bits that depend on bytes and a key of two words. Behind TensorFlow's strong hash buckets. */
export function siphash(bytes: Uint8Array, key: readonly [bigint, bigint]): bigint {
  const [k0, k1] = [u64(key[0]), u64(key[1])];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = u64(v0 + v1);
      v1 = rotated(v1, 13n) ^ v0;
      v0 = rotated(v0, 32n);
      v2 = u64(v2 + v3);
      v3 = rotated(v3, 16n) ^ v2;
      v0 = u64(v0 + v3);
      v3 = rotated(v3, 21n) ^ v0;
      v2 = u64(v2 + v1);
      v1 = rotated(v1, 17n) ^ v2;
      v2 = rotated(v2, 32n);
    }
  };
  const whole = bytes.length - (bytes.length % 8);
  const padded = new DataView(new ArrayBuffer(8));
  bytes.subarray(whole).forEach((byte, i) => {
    padded.setUint8(i, byte);
  });
  padded.setUint8(7, bytes.length & 0xff);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at <= whole; at += 8) {
    const word = at < whole ? view.getBigUint64(at, true) : padded.getBigUint64(0, true);
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}
