// What a position is worth to an assistant that acts on its present belief: a value for leaves that
// needs no learning and looks as far as the world reaches.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "mcts/evaluator.h"
#include "mcts/expected_reward.h"
#include "mcts/options.h"

namespace hod::mcts {

// In every voxel, the edit with the highest expected reward under `belief` is worth doing if that
// is positive. A relaxed plan does them one a timestep, the nearest first, as if walls, air without
// support and other players did not matter: the k-th edit, d steps away, is worth
// gamma^max(k, d) times its reward. The value is their sum, in blocks. Memory is kept between
// calls.
class BeliefValue {
 public:
  double operator()(const SearchOptions& options, const Position& position, Belief belief);

 private:
  Eigen::ArrayXXf goals_;  // [volume][kNumBlocks] probabilities.
  Eigen::ArrayXf scratch_;
  std::vector<std::vector<float>> by_distance_;
};

}  // namespace hod::mcts
