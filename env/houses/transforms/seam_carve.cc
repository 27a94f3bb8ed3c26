#include "env/houses/transforms/seam_carve.h"

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace hod::env {
namespace {

std::array<int, 3> Extents(const WorldSize& size) { return {size.w, size.h, size.d}; }
int Coordinate(Cell c, int axis) { return axis == 0 ? c.x : axis == 1 ? c.y : c.z; }

double RelativePosition(size_t i, size_t n) {
  return n > 1 ? static_cast<double>(i) / static_cast<double>(n - 1) : 0.0;
}

// Mean square distance of the slices, now `positions.size()` evenly spaced ones, from where they
// were, as if slice `without` were gone; -1 leaves none out.
double MeanSquareMove(const std::vector<double>& positions, int without) {
  const size_t n = positions.size() - (without >= 0);
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const size_t source = without >= 0 && i >= static_cast<size_t>(without) ? i + 1 : i;
    const double move = positions[source] - RelativePosition(i, n);
    sum += move * move;
  }
  return sum / static_cast<double>(n);
}

// The share of solid cells in every slice of an axis.
std::vector<double> SliceDensities(const House& house, int axis) {
  const int slices = Extents(house.size)[axis];
  std::vector<double> densities(slices, 0.0);
  const double share = static_cast<double>(slices) / house.size.Volume();
  for (int i = 0; i < house.size.Volume(); ++i) {
    if (house.blocks[i] != kAir) densities[Coordinate(house.size.At(i), axis)] += share;
  }
  return densities;
}

House WithoutSlice(const House& house, int axis, int slice) {
  std::array<int, 3> extents = Extents(house.size);
  --extents[axis];
  House result = AirHouse({extents[0], extents[1], extents[2]});
  for (int i = 0; i < result.size.Volume(); ++i) {
    Cell c = result.size.At(i);
    if (Coordinate(c, axis) >= slice) c = c + Cell{axis == 0, axis == 1, axis == 2};
    result.blocks[i] = house.At(c);
  }
  return result;
}

}  // namespace

House SeamCarved(const House& house, const WorldSize& size, double position, double density) {
  House result = house;
  std::array<std::vector<double>, 3> positions;
  for (int axis = 0; axis < 3; ++axis) {
    const auto n = static_cast<size_t>(Extents(house.size)[axis]);
    for (size_t i = 0; i < n; ++i) positions[axis].push_back(RelativePosition(i, n));
  }
  for (;;) {
    std::array<double, 3> moves;
    for (int axis = 0; axis < 3; ++axis) moves[axis] = MeanSquareMove(positions[axis], -1);
    const double sum = moves[0] + moves[1] + moves[2], before = std::sqrt(sum / 3);
    double best_cost = std::numeric_limits<double>::infinity();
    int best_axis = -1, best_slice = 0;
    for (int axis = 0; axis < 3; ++axis) {
      if (Extents(result.size)[axis] <= Extents(size)[axis]) continue;
      const std::vector<double> densities = SliceDensities(result, axis);
      for (int slice = 0; slice < static_cast<int>(densities.size()); ++slice) {
        const double moved = sum - moves[axis] + MeanSquareMove(positions[axis], slice);
        const double cost = density * densities[slice] + position * (std::sqrt(moved / 3) - before);
        if (cost >= best_cost) continue;
        best_cost = cost;
        best_axis = axis;
        best_slice = slice;
      }
    }
    if (best_axis < 0) return result;
    result = WithoutSlice(result, best_axis, best_slice);
    positions[best_axis].erase(positions[best_axis].begin() + best_slice);
  }
}

}  // namespace hod::env
