#include "mcts/human_sampling.h"

#include <Eigen/Core>
#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace hod::mcts {
namespace {

// Entries summed at a time: most of a distribution is skipped by whole blocks.
constexpr size_t kBlock = 256;

double BlockSum(absl::Span<const float> block) {
  return Eigen::Map<const Eigen::ArrayXf>(block.data(), static_cast<Eigen::Index>(block.size()))
      .sum();
}

}  // namespace

void DrawActions(absl::Span<const float> probabilities, int count, env::Rng& rng,
                 std::vector<int32_t>& draws) {
  double sum = 0;
  for (size_t at = 0; at < probabilities.size(); at += kBlock) {
    sum += BlockSum(probabilities.subspan(at, kBlock));
  }
  absl::InlinedVector<double, 128> points(count);
  for (double& point : points) point = rng.Uniform() * sum;
  std::sort(points.begin(), points.end());

  const size_t begin = draws.size();
  size_t next = 0;
  int32_t possible = 0;  // The last action seen with a positive probability.
  double before_block = 0;
  for (size_t at = 0; at < probabilities.size() && next < points.size(); at += kBlock) {
    const absl::Span<const float> block = probabilities.subspan(at, kBlock);
    const double after_block = before_block + BlockSum(block);
    double cumulative = before_block;
    if (points[next] < after_block) {
      for (size_t i = 0; i < block.size(); ++i) {
        if (block[i] <= 0) continue;
        possible = static_cast<int32_t>(at + i);
        cumulative += block[i];
        for (; next < points.size() && points[next] < cumulative; ++next) draws.push_back(possible);
      }
      // Rounding may leave a point between the two sums of the block.
      for (; next < points.size() && points[next] < after_block; ++next) draws.push_back(possible);
    }
    before_block = after_block;
  }

  for (size_t i = draws.size() - begin; i > 1; --i) {  // Fisher-Yates.
    std::swap(draws[begin + i - 1], draws[begin + rng.Below(static_cast<int>(i))]);
  }
}

}  // namespace hod::mcts
