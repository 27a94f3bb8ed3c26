// The number format networks compute in, and where.
#pragma once

namespace hod::models {

// Where a processor multiplies bfloat16 itself (AVX-512 BF16), kBfloat16 is faster than float32 on
// some and slower on others (models/backends/measured_kernels.h), for a relative error of about
// 1e-2 in the outputs. kInt8 doubles the rate with AVX2 and does more with AVX-512 VNNI, for an
// error several times that (docs/performance.md).
enum class Precision { kFloat32, kBfloat16, kInt8 };

// "float32", "bfloat16" or "int8".
const char* Name(Precision precision);

// Whether this processor multiplies bfloat16 itself.
bool MultipliesBfloat16();

enum class Device { kCpu, kCuda };

}  // namespace hod::models
