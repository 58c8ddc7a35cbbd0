// CUDA C++ as NVRTC takes it: no headers.
#define INLINE static inline __device__

typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
typedef float f32;
typedef double f64;

INLINE f32 as_f32(u32 bits) { return __uint_as_float(bits); }
INLINE u32 as_u32(f32 x) { return __float_as_uint(x); }
INLINE f64 as_f64(u64 bits) { return __longlong_as_double(i64(bits)); }

// x as a float32, or of the two beside it the one that ends in 1.
INLINE f32 odd(f64 x) {
  const f32 near = f32(x);
  const u32 inward = as_u32(near) - u32(fabs(f64(near)) > fabs(x));
  return f64(near) == x || x != x ? near : as_f32(inward | 1);
}
