// Kernels for AVX2 with FMA.
#include <immintrin.h>

#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 32;
#include "models/backends/kernels.inc"

}  // namespace

const Kernels kAvx2Float = KernelsOf<Float>("AVX2");
const Kernels kAvx2Bfloat16 = KernelsOf<Bfloat16>("AVX2, emulated", /*for_comparisons=*/true);
const Kernels kAvx2Int8 = KernelsOf<Int8, Float>("AVX2");

}  // namespace hod::models
