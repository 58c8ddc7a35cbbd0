// What expressions of ops are written with, beside the functions of C++, in every dialect.

// A float in the range of T, without its fraction; 0 for NaN.
template <typename T, typename F>
INLINE T to_integer(F x) {
  const T low = T(-1) < T(0) ? T(u64(1) << (8 * sizeof(T) - 1)) : T(0);
  const T high = T(~low);
  return x != x ? T(0) : x <= F(low) ? low : x >= F(high) ? high : T(x);
}

// Floats of 16 bits are kept as their bits. See crates/ir/src/half.rs, which does the same.
INLINE f32 from_f16(u16 a) {
  const u32 sign = u32(a & 0x8000) << 16;
  const u32 rest = u32(a & 0x7fff) << 13;
  const u32 exponent = rest & 0x0f800000u;
  const u32 small = as_u32(as_f32(rest + 0x38800000u) - as_f32(0x38800000u));
  const u32 large = rest + (exponent == 0x0f800000u ? 0x70000000u : 0x38000000u);
  return as_f32(sign | (exponent == 0 ? small : large));
}

INLINE u16 to_f16(f32 x) {
  const u32 sign = as_u32(x) >> 16 & 0x8000;
  const u32 size = as_u32(x) & 0x7fffffff;
  const u32 small = as_u32(as_f32(size) + 0.5f) - 0x3f000000u;
  const u32 normal = (size - 0x38000000u + 0xfff + (size >> 13 & 1)) >> 13;
  const u32 large = size > 0x7f800000u ? 0x7e00 : 0x7c00;
  return u16(sign | (size < 0x38800000u ? small : size < 0x47800000u ? normal : large));
}

INLINE f32 from_bf16(u16 a) { return as_f32(u32(a) << 16); }

INLINE u16 to_bf16(f32 x) {
  const u32 bits = as_u32(x);
  return u16((bits & 0x7fffffff) > 0x7f800000u ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Of other types, by way of a float32 that leaves the rounding to the second step.
template <typename F>
INLINE u16 to_f16(F x) {
  return to_f16(odd(x));
}

template <typename F>
INLINE u16 to_bf16(F x) {
  return to_bf16(odd(x));
}

// Random words: see crates/kernels/src/philox.rs, which makes them 64 at a time, of sixteen blocks the first words, then the second ones…
INLINE u32 philox(u64 key, u64 batch, u32 word) {
  const u64 block = batch * 16 + word % 16;
  u32 c0 = u32(block), c1 = u32(block >> 32), c2 = 0, c3 = 0;
  u32 k0 = u32(key), k1 = u32(key >> 32);
  for (u32 round = 0; round < 10; round++) {
    const u64 a = u64(0xd2511f53u) * c0, b = u64(0xcd9e8d57u) * c2;
    c0 = u32(b >> 32) ^ c1 ^ k0;
    c1 = u32(b);
    c2 = u32(a >> 32) ^ c3 ^ k1;
    c3 = u32(a);
    k0 += 0x9e3779b9u;
    k1 += 0xbb67ae85u;
  }
  return word < 16 ? c0 : word < 32 ? c1 : word < 48 ? c2 : c3;
}

// The half word at a place: of 64 words the low halves, then the high ones.
INLINE u32 philox_half(u64 key, u64 i) {
  const u32 word = philox(key, i / 128, u32(i % 64));
  return i % 128 < 64 ? word & 0xffffu : word >> 16;
}

// The word at a place as a number in [0, 1).
INLINE f32 philox_unit(u64 key, u64 i) { return f32(i32(philox(key, i / 64, u32(i % 64)) >> 8)) * (1.0f / 16777216.0f); }
