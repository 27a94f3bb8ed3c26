// Kernels for AVX-512.
#include <immintrin.h>

#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 64;
#include "models/backends/kernels.inc"

}  // namespace

const Kernels kAvx512Float = KernelsOf<Float>("AVX-512");

}  // namespace hod::models
