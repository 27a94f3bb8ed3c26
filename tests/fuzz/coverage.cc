#include "tests/fuzz/coverage.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace hod::fuzz {
namespace {

constexpr uint32_t kSize = 1 << 16;
uint8_t taken[kSize];  // How often, up to 255, by hash of a branch's two ends.
uint8_t seen[kSize];   // Highest order of two seen of each, plus 1.
uintptr_t previous = 0;

}  // namespace

void StartCoverage() {
  std::memset(taken, 0, sizeof(taken));
  previous = 0;
}

bool FoundNewCoverage() {
  bool found = false;
  for (uint32_t i = 0; i < kSize; ++i) {
    const auto order = static_cast<uint8_t>(std::bit_width(taken[i]));
    if (order <= seen[i]) continue;
    seen[i] = order;
    found = true;
  }
  return found;
}

extern "C" void __sanitizer_cov_trace_pc() {
  const auto here = reinterpret_cast<uintptr_t>(__builtin_return_address(0));
  const uintptr_t mixed = here * 0x9E3779B97F4A7C15u >> 40;
  uint8_t& count = taken[(mixed ^ previous) % kSize];
  count = static_cast<uint8_t>(count + (count < 255));
  previous = mixed >> 1;
}

}  // namespace hod::fuzz
