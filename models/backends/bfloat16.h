// bfloat16, the upper half of a float.
#pragma once

#include <cstdint>
#include <cstring>

namespace hod::models {

// The nearest; ties go to even.
inline uint16_t ToBfloat16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

}  // namespace hod::models
