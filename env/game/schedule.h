// A value that changes over training: piecewise linear in the global timestep.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace hod::env {

class Schedule {
 public:
  Schedule(double constant = 0.0) : points_{{0, constant}} {}  // NOLINT: a number is a schedule.
  // `points` are (timestep, value), at least one, timesteps strictly increasing. Constant outside.
  explicit Schedule(std::vector<std::pair<int64_t, double>> points) : points_(std::move(points)) {}

  double At(int64_t timestep) const {
    if (timestep <= points_.front().first) return points_.front().second;
    for (size_t i = 1; i < points_.size(); ++i) {
      const auto [t1, v1] = points_[i];
      if (timestep >= t1) continue;
      const auto [t0, v0] = points_[i - 1];
      return v0 + (v1 - v0) * static_cast<double>(timestep - t0) / static_cast<double>(t1 - t0);
    }
    return points_.back().second;
  }
  const std::vector<std::pair<int64_t, double>>& points() const { return points_; }

 private:
  std::vector<std::pair<int64_t, double>> points_;
};

}  // namespace hod::env
