#include "models/network/precision.h"

namespace hod::models {

Precision FastestPrecision() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16")) return Precision::kBfloat16;
#endif
  return Precision::kFloat32;
}

}  // namespace hod::models
