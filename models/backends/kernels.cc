#include "models/backends/kernels.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/backends/amx.h"
#include "models/backends/kernels_by_set.h"

namespace hod::models {

std::string FullName(const Kernels& kernels) {
  return absl::StrCat(Name(kernels.precision), ", ", kernels.name);
}

absl::Span<const Kernels* const> RunnableKernels() {
  static const std::vector<const Kernels*> runnable = [] {
    std::vector<const Kernels*> kernels;
#ifdef __x86_64__
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    const bool bfloat16 = __builtin_cpu_supports("avx512bf16");
    if (bfloat16 && MayUseAmx()) kernels.insert(kernels.end(), {&kAmxBfloat16, &kAmxInt8});
    if (bfloat16) kernels.push_back(&kAvx512Bfloat16);
    if (__builtin_cpu_supports("avx512vnni")) kernels.push_back(&kAvx512Int8);
    if (__builtin_cpu_supports("avx512f")) kernels.push_back(&kAvx512Float);
    if (avx2) kernels.insert(kernels.end(), {&kAvx2Float, &kAvx2Int8, &kAvx2Bfloat16});
#endif
    kernels.insert(kernels.end(), {&kBaselineFloat, &kBaselineInt8, &kBaselineBfloat16,
                                   &kEmulatedTilesInt8, &kEmulatedTilesBfloat16});
    return kernels;
  }();
  return runnable;
}

const Kernels& FastestKernels(Precision precision) {
  const absl::Span<const Kernels* const> runnable = RunnableKernels();
  return **std::find_if(runnable.begin(), runnable.end(),
                        [&](const Kernels* kernels) { return kernels->precision == precision; });
}

const Kernels& BaselineKernels(Precision precision) {
  if (precision == Precision::kInt8) return kBaselineInt8;
  return precision == Precision::kBfloat16 ? kBaselineBfloat16 : kBaselineFloat;
}

}  // namespace hod::models
