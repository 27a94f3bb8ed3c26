// A network as a player: it acts by its policy, or by searches that start from it. With a policy
// learnt from people the latter is piKL (Jacob et al., "Modeling strong and human-like gameplay
// with KL-regularized search", ICML 2022).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "engine/play/playable_network.h"
#include "env/base/random.h"
#include "env/players/player.h"
#include "mcts/options.h"
#include "mcts/search.h"

namespace hod::engine {

// What plays one episode. Its distribution is the network's policy over the valid actions, or the
// search's.
class NetworkPlayer final : public env::Player {
 public:
  // `game` is borrowed; the network may play `player` in it (PlayableNetwork::Check). With `search`
  // every action is searched for, in a tree that sees the goal.
  NetworkPlayer(PlayableNetwork network, const env::Game& game, int player,
                std::optional<mcts::SearchOptions> search, uint64_t seed);

  // After an error of the network (its prediction is not finite), noops; the error is status().
  const env::ActionDistribution& NextAction(const env::State& state) override;
  void Observe(const env::State& before, int32_t action) override;
  absl::Status status() const override { return status_; }

 private:
  absl::Status Decide(const env::State& state);
  absl::Status DecideBySearch(const env::State& state);

  const PlayableNetwork network_;
  const env::Game& game_;
  const int player_;
  const std::optional<mcts::SearchOptions> options_;
  const std::optional<env::Game> planning_game_;  // Set if options_ is.
  Rng rng_;
  mcts::Search search_;
  bool decided_ = false;  // Whether distribution_ is of the present state.
  env::ActionDistribution distribution_;
  std::vector<int32_t> valid_;
  mcts::Evaluation evaluation_;
  mcts::Memory memory_;       // Covers the timesteps before the present one.
  mcts::Memory next_memory_;  // Covers the present one too, once decided.
  absl::Status status_;
};

}  // namespace hod::engine
