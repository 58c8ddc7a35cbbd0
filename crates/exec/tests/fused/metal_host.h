// What stands for Metal's library: its names for this machine's functions. A kernel is a function that is called for one thread
// after the other.
#include <algorithm>
#include <cmath>
#include <cstring>
#define kernel extern "C"
#define device
#define constant const
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
namespace metal {
using std::acos, std::acosh, std::asin, std::asinh, std::atan, std::atan2, std::atanh, std::ceil, std::copysign, std::cos,
    std::cosh, std::exp, std::exp2, std::fabs, std::floor, std::fma, std::fmax, std::fmin, std::log, std::log10, std::log2, std::max,
    std::min, std::pow, std::rint, std::signbit, std::sin, std::sinh, std::sqrt, std::tan, std::tanh, std::trunc;
template <typename T, typename F>
T as_type(F from) { T to; memcpy(&to, &from, sizeof to); return to; }
}
#define AT(t)
#define THREAD(t) , unsigned(t)
