// The number format networks compute in.
#pragma once

namespace hod::models {

// kBfloat16 halves the time of convolutions where the processor multiplies bfloat16 itself (AVX-512
// BF16), for a relative error of about 1e-2 in the outputs; elsewhere it is emulated and slow.
enum class Precision { kFloat32, kBfloat16 };

// The faster one on this processor.
Precision FastestPrecision();

}  // namespace hod::models
