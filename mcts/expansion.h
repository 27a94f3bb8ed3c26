// What an evaluation makes of a leaf: a node with actions, beliefs and expectations.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "mcts/belief_value.h"
#include "mcts/evaluator.h"
#include "mcts/expected_reward.h"
#include "mcts/options.h"
#include "mcts/tree.h"

namespace hod::mcts {

// What the player may do in a tree: flat ids of valid actions, ascending, less those that
// respect_removals forbids. Replaces the contents of `ids`.
void FindActions(const SearchOptions& options, const env::Game& game, const env::State& state,
                 int player, std::vector<int32_t>& ids);

absl::Status NotFinite(const char* what);

// Memory is kept between calls.
class Expansion {
 public:
  // An evaluation of another shape than the position's, or of a value that is not finite, is an
  // error.
  static absl::Status Check(const Position& position, const Evaluation& evaluation);

  // Gives `node`, which stands for `position`, its value, its valid actions with their priors, its
  // belief about what they change, and what it expects of the human. Requires that Check() is ok.
  // An error if probabilities or the logits needed are not finite or negative, or no valid action
  // has prior mass.
  absl::Status operator()(const SearchOptions& options, const Position& position,
                          const Evaluation& evaluation, Tree& tree, Node& node);

 private:
  float ValueOf(const SearchOptions& options, const Position& position,
                const Evaluation& evaluation);
  absl::Status SetPriors(const SearchOptions& options, const Position& position,
                         const Evaluation& evaluation, Tree& tree, Node& node);
  absl::Status StoreTargets(const SearchOptions& options, const Position& position,
                            const Evaluation& evaluation, Tree& tree, Node& node);

  ExpectedRewards pricing_;
  BeliefValue belief_value_;
  std::vector<float> rewards_;
  std::vector<uint8_t> is_target_;  // [volume]
};

}  // namespace hod::mcts
