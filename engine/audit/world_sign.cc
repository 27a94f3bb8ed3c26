#include "engine/audit/world_sign.h"

#include <algorithm>

namespace hod::engine {

int NumSigns(const env::WorldSize& size) { return 1 << std::min(size.w, 20); }

void WriteSign(const env::WorldSize& size, int sign, std::vector<env::Block>& blocks) {
  for (int x = 0; x < size.w; ++x) {
    const bool one = x < 20 && (sign >> x & 1) != 0;
    blocks[size.Index({x, 1, 0})] = one ? env::kWool : env::kStonebrick;
  }
}

}  // namespace hod::engine
