// What makes of CUDA C++ a C++ for this machine: a kernel is a function that is called for one thread after the other.
#include <cmath>
#include <cstring>
using namespace std;
#define __global__
#define __device__
static struct { unsigned x; } blockIdx, blockDim, threadIdx;
static float __uint_as_float(unsigned bits) { float x; memcpy(&x, &bits, 4); return x; }
static unsigned __float_as_uint(float x) { unsigned bits; memcpy(&bits, &x, 4); return bits; }
static double __longlong_as_double(long long bits) { double x; memcpy(&x, &bits, 8); return x; }
#define AT(t) blockDim.x = 256, blockIdx.x = unsigned((t) / 256), threadIdx.x = unsigned((t) % 256)
#define THREAD(t)
