#include "env/houses/transforms/components.h"

#include <cstdlib>

namespace hod::env {
namespace {

std::vector<Cell> Neighbours(int connectivity) {
  const int max_steps = connectivity == 6 ? 1 : connectivity == 18 ? 2 : 3;
  std::vector<Cell> neighbours;
  for (int x = -1; x <= 1; ++x) {
    for (int y = -1; y <= 1; ++y) {
      for (int z = -1; z <= 1; ++z) {
        const int steps = std::abs(x) + std::abs(y) + std::abs(z);
        if (steps >= 1 && steps <= max_steps) neighbours.push_back({x, y, z});
      }
    }
  }
  return neighbours;
}

}  // namespace

Components LabelComponents(const WorldSize& size, const std::vector<uint8_t>& mask,
                           int connectivity) {
  const std::vector<Cell> neighbours = Neighbours(connectivity);
  Components result;
  result.labels.assign(mask.size(), 0);
  std::vector<int> open;
  for (int first = 0; first < size.Volume(); ++first) {
    if (!mask[first] || result.labels[first] != 0) continue;
    result.labels[first] = ++result.count;
    open.push_back(first);
    while (!open.empty()) {
      const Cell cell = size.At(open.back());
      open.pop_back();
      for (const Cell& step : neighbours) {
        const Cell next = cell + step;
        if (!size.Contains(next)) continue;
        const int i = size.Index(next);
        if (!mask[i] || result.labels[i] != 0) continue;
        result.labels[i] = result.count;
        open.push_back(i);
      }
    }
  }
  return result;
}

}  // namespace hod::env
