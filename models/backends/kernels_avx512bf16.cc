// Kernels for AVX-512 with BF16.
#include <immintrin.h>

#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 64;
#include "models/backends/kernels.inc"

}  // namespace

const Kernels kAvx512Bfloat16 = KernelsOf<Bfloat16>("AVX-512 BF16");

}  // namespace hod::models
