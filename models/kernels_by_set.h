// The kernels of each instruction set, for the file that chooses.
#pragma once

#include "models/kernels.h"

namespace hod::models {

extern const Kernels kBaselineFloat, kBaselineBfloat16;
#ifdef __x86_64__
extern const Kernels kAvx2Float, kAvx2Bfloat16, kAvx512Float, kAvx512Bfloat16;
#endif

}  // namespace hod::models
