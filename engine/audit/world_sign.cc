#include "engine/audit/world_sign.h"

#include <algorithm>

namespace hod::engine {

int NumSigns(const env::WorldSize& size) { return 1 << std::min(size.w, kMaxSignBits); }

void WriteSign(const env::WorldSize& size, int sign, std::vector<env::Block>& blocks) {
  for (int x = 0; x < size.w; ++x) {
    const bool one = x < kMaxSignBits && (sign >> x & 1) != 0;
    blocks[size.Index({x, 1, 0})] = one ? env::kWool : env::kStonebrick;
  }
}

std::optional<int> ReadSign(const env::WorldSize& size, const std::vector<env::Block>& blocks) {
  int sign = 0;
  for (int x = 0; x < size.w; ++x) {
    const env::Block block = blocks[size.Index({x, 1, 0})];
    if (block != env::kWool && block != env::kStonebrick) return std::nullopt;
    if (block != env::kWool) continue;
    if (x >= kMaxSignBits) return std::nullopt;
    sign |= 1 << x;
  }
  return sign;
}

}  // namespace hod::engine
