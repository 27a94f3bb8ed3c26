// Kernels for what every processor of its kind has.
#include "models/backends/kernels_by_set.h"

namespace hod::models {
namespace {

constexpr int kVectorBytes = 16;
#include "models/backends/kernels.inc"

}  // namespace

const Kernels kBaselineFloat = KernelsOf<Float>("baseline", /*for_comparisons=*/true);
const Kernels kBaselineBfloat16 =
    KernelsOf<Bfloat16>("baseline, emulated", /*for_comparisons=*/true);
const Kernels kBaselineInt8 =
    KernelsOf<Int8, Float>("baseline, emulated", /*for_comparisons=*/true);

}  // namespace hod::models
