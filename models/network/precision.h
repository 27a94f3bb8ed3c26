// The number format networks compute in, and where.
#pragma once

namespace hod::models {

// kBfloat16 doubles the rate of convolutions where the processor multiplies bfloat16 itself
// (AVX-512 BF16), for a relative error of about 1e-2 in the outputs. kInt8 doubles it with AVX2 and
// does more with AVX-512 VNNI, for an error several times that (docs/performance.md).
enum class Precision { kFloat32, kBfloat16, kInt8 };

// The faster one of float32 and bfloat16 on this processor.
Precision FastestPrecision();

enum class Device { kCpu, kCuda };

}  // namespace hod::models
