// An assistant that knows every goal there may be: it weighs them by what the human builds and
// carries out what they agree on. What it saves bounds what can be known of goals from a known set.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "env/players/belief_walker.h"
#include "env/players/player.h"

namespace hod::env {

// The probability of each of some goals, given the edits of a human. The human is taken to make
// any of the edits that bring the world nearer to its goal, each as likely, and now and then
// another edit instead.
class GoalPosterior {
 public:
  // At least one goal, each [volume]; all as likely before the human has done anything.
  explicit GoalPosterior(std::shared_ptr<const std::vector<std::vector<Block>>> goals);

  // The human has made the voxel at `location` `after`; `before` is the world before that.
  void Observe(const std::vector<Block>& before, int location, Block after);

  const std::vector<double>& probabilities() const { return probabilities_; }  // Sum to 1.
  // The log of the probability that the goal has a block in a voxel, [kNumBlocks][volume].
  std::vector<float> Logits() const;

 private:
  const std::shared_ptr<const std::vector<std::vector<Block>>> goals_;
  std::vector<double> probabilities_;
};

class PosteriorWalker final : public Player {
 public:
  // `game` is borrowed; its goal is not looked at. See BeliefWalker for `threshold`.
  PosteriorWalker(const Game& game, int player,
                  std::shared_ptr<const std::vector<std::vector<Block>>> goals, double threshold);

  const ActionDistribution& NextAction(const State& state) override;
  void Observe(const State&, int32_t) override { decided_ = false; }

 private:
  const Game& game_;
  const int player_;
  GoalPosterior posterior_;
  BeliefWalker walker_;
  std::vector<Block> seen_;  // The world at the last timestep; empty before the first.
  ActionDistribution distribution_;
  bool decided_ = false;  // distribution_ is that of the present timestep.
};

}  // namespace hod::env
