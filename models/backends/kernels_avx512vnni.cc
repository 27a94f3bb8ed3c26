// Kernels for AVX-512 with VNNI.
#include <immintrin.h>

#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 64;
#include "models/backends/kernels.inc"

}  // namespace

const Kernels kAvx512Int8 = KernelsOf<Int8, Float>("AVX-512 VNNI");

}  // namespace hod::models
