// Metal's shading language. NaN and infinities count, and each operation rounds by itself.
#include <metal_stdlib>
#pragma METAL fp math_mode(safe)
#pragma METAL fp contract(off)
using namespace metal;
#define INLINE static inline

typedef char i8;
typedef uchar u8;
typedef short i16;
typedef ushort u16;
typedef int i32;
typedef uint u32;
typedef long i64;
typedef ulong u64;
typedef float f32;

INLINE f32 as_f32(u32 bits) { return as_type<float>(bits); }
INLINE u32 as_u32(f32 x) { return as_type<uint>(x); }

// There is no float64 to round once from.
template <typename F>
INLINE f32 odd(F x) {
  return f32(x);
}

// What Metal lacks. Sources: crates/kernels/src/math, whose functions of float32 these are.
INLINE f32 log1p(f32 x) {
  const f32 sum = 1.0f + x;
  const f32 lost = (x - (sum - 1.0f)) / sum;
  const f32 y = x == -1.0f ? -INFINITY : log(sum) + lost;
  return x < INFINITY && x != 0.0f ? y : x;
}

INLINE f32 expm1(f32 x) {
  const f32 n = rint(min(max(x, -30.0f), 88.0f) * 1.44269504f);
  const f32 r = fma(n, 2.12194440e-4f, fma(n, -0.693359375f, x < -30.0f ? -30.0f : x > 88.0f ? 88.0f : x));
  f32 p = 1.9875691e-4f;
  p = fma(p, r, 1.3981999e-3f);
  p = fma(p, r, 8.333452e-3f);
  p = fma(p, r, 4.1665796e-2f);
  p = fma(p, r, 1.6666665e-1f);
  p = fma(p, r, 5e-1f);
  const f32 m = fma(p, r * r, r);
  const f32 scale = exp2(n);
  const f32 y = x > 40.0f ? exp(x) : fma(m, scale, scale - 1.0f);
  return x != x || x == 0.0f ? x : y;
}

INLINE f32 erf(f32 x) {
  f32 s = x * x;
  f32 p = -5.967617e-4f;
  p = fma(p, s, 4.991194e-3f);
  p = fma(p, s, -2.6768135e-2f);
  p = fma(p, s, 1.1281992e-1f);
  p = fma(p, s, -3.7612534e-1f);
  p = fma(p, s, 1.2837917e-1f);
  const f32 inner = fma(p, x, x);
  // From 4 on, erf is 1 in float32.
  const f32 t = fabs(x) < 4.0f ? fabs(x) : 4.0f;
  s = t * t;
  f32 q = fma(-1.7285347e-5f, t, 3.8319713e-4f);
  q = fma(q, s, fma(-3.8839644e-3f, t, 2.4254622e-2f));
  q = fma(q, t, -1.0677788e-1f);
  q = fma(q, t, -6.348467e-1f);
  q = fma(q, t, -1.2871751e-1f);
  const f32 outer = copysign(1.0f - exp(fma(q, t, -t)), x);
  return x != x ? x : t > 0.9277344f ? outer : inner;
}
