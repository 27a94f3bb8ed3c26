// The number format networks compute in, and where.
#pragma once

namespace hod::models {

// kBfloat16 doubles the rate of convolutions where the processor multiplies bfloat16 itself
// (AVX-512 BF16), for a relative error of about 1e-2 in the outputs.
enum class Precision { kFloat32, kBfloat16 };

// The faster one on this processor.
Precision FastestPrecision();

enum class Device { kCpu, kCuda };

}  // namespace hod::models
