// The kernels of each instruction set, for the file that chooses.
#pragma once

#include "models/backends/kernels.h"

namespace hod::models {

extern const Kernels kBaselineFloat, kBaselineBfloat16, kBaselineInt8;
extern const Kernels kEmulatedTilesBfloat16, kEmulatedTilesInt8;
#ifdef __x86_64__
extern const Kernels kAvx2Float, kAvx2Bfloat16, kAvx2Int8;
extern const Kernels kAvx512Float, kAvx512Bfloat16, kAvx512Int8;
extern const Kernels kAmxBfloat16, kAmxInt8;
#endif

}  // namespace hod::models
