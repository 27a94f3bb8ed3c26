#include "env/houses/generator/facade.h"

namespace hod::env {

std::vector<Facade> FacadesOf(const Region& inside, int direction) {
  const Cell outward = kHorizontal[direction];
  const Cell along = outward.x != 0 ? Cell{0, 0, 1} : Cell{1, 0, 0};
  const auto faces = [&](Cell c) {
    return inside.Has(c.x, c.z) && !inside.Has(c.x + outward.x, c.z + outward.z);
  };
  std::vector<Facade> facades;
  for (int x = 0; x < inside.w(); ++x) {
    for (int z = 0; z < inside.d(); ++z) {
      const Cell first{x, 0, z};
      if (!faces(first) || faces(first + -1 * along)) continue;
      Facade facade{first, along, outward, 1};
      while (faces(facade.Column(facade.length))) ++facade.length;
      if (facade.length >= 3) facades.push_back(facade);
    }
  }
  return facades;
}

}  // namespace hod::env
