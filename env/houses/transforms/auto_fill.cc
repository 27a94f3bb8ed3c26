#include "env/houses/transforms/auto_fill.h"

#include <array>

namespace hod::env {
namespace {

Block MostFrequentNeighbour(const House& house, Cell cell) {
  std::array<int, kNumBlocks> counts{};
  for (int x = -1; x <= 1; ++x) {
    for (int y = -1; y <= 1; ++y) {
      for (int z = -1; z <= 1; ++z) {
        const Block block = house.At(cell + Cell{x, y, z});
        if (block != kAuto) ++counts[block];
      }
    }
  }
  Block best = kAir;
  for (Block block = kAir + 1; block < kNumBlocks; ++block) {
    if (counts[block] > 0 && (best == kAir || counts[block] >= counts[best])) best = block;
  }
  return best;
}

}  // namespace

void FillAuto(House& house) {
  for (int i = 0; i < house.size.Volume(); ++i) {
    if (house.blocks[i] == kAuto) {
      house.blocks[i] = MostFrequentNeighbour(house, house.size.At(i));
    }
  }
}

}  // namespace hod::env
