#include "env/houses/house.h"

#include <algorithm>

namespace hod::env {

House AirHouse(const WorldSize& size) { return {size, std::vector<Block>(size.Volume(), kAir)}; }

Bounds SolidBounds(const House& house, int lowest) {
  Cell low{house.size.w, house.size.h, house.size.d}, high{-1, -1, -1};
  for (int i = 0; i < house.size.Volume(); ++i) {
    const Cell c = house.size.At(i);
    if (c.y < lowest || house.blocks[i] == kAir) continue;
    low = {std::min(low.x, c.x), std::min(low.y, c.y), std::min(low.z, c.z)};
    high = {std::max(high.x, c.x), std::max(high.y, c.y), std::max(high.z, c.z)};
  }
  return {low, high};
}

House Cropped(const House& house) {
  auto [low, high] = SolidBounds(house);
  low.y = 0;
  House cropped = AirHouse({high.x - low.x + 1, high.y + 1, high.z - low.z + 1});
  for (int i = 0; i < cropped.size.Volume(); ++i) {
    cropped.blocks[i] = house.At(cropped.size.At(i) + low);
  }
  return cropped;
}

}  // namespace hod::env
