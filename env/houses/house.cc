#include "env/houses/house.h"

#include <algorithm>

namespace hod::env {

House AirHouse(const WorldSize& size) { return {size, std::vector<Block>(size.Volume(), kAir)}; }

House Cropped(const House& house) {
  Cell low{house.size.w, 0, house.size.d}, high{-1, -1, -1};
  for (int i = 0; i < house.size.Volume(); ++i) {
    if (house.blocks[i] == kAir) continue;
    const Cell c = house.size.At(i);
    low = {std::min(low.x, c.x), 0, std::min(low.z, c.z)};
    high = {std::max(high.x, c.x), std::max(high.y, c.y), std::max(high.z, c.z)};
  }
  House cropped = AirHouse({high.x - low.x + 1, high.y + 1, high.z - low.z + 1});
  for (int i = 0; i < cropped.size.Volume(); ++i) {
    cropped.blocks[i] = house.At(cropped.size.At(i) + low);
  }
  return cropped;
}

}  // namespace hod::env
