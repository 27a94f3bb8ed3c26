#include "engine/play/network_player.h"

#include <utility>

#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "mcts/run_search.h"

namespace hod::engine {

NetworkPlayer::NetworkPlayer(PlayableNetwork network, const env::Game& game, int player,
                             std::optional<mcts::SearchOptions> search, uint64_t seed)
    : network_(std::move(network)),
      game_(game),
      player_(player),
      options_(std::move(search)),
      planning_game_(options_ ? std::optional(mcts::PlanningGame(game, *options_)) : std::nullopt),
      rng_(seed) {}

const env::ActionDistribution& NetworkPlayer::NextAction(const env::State& state) {
  if (decided_) return distribution_;
  decided_ = true;
  if (status_.ok()) status_ = options_ ? DecideBySearch(state) : Decide(state);
  if (!status_.ok()) distribution_ = {{0, 1.0f}};
  return distribution_;
}

absl::Status NetworkPlayer::Decide(const env::State& state) {
  env::ValidActions(game_, state, player_, network_.line_of_sight, valid_);
  const mcts::Position position = {&game_, &state, player_, valid_, memory_};
  RETURN_IF_ERROR(network_.evaluator->Evaluate({&position, 1}, absl::MakeSpan(&evaluation_, 1)));
  distribution_.clear();
  for (size_t i = 0; i < valid_.size(); ++i) {
    if (evaluation_.policy[i] > 0) distribution_.emplace_back(valid_[i], evaluation_.policy[i]);
  }
  next_memory_ = evaluation_.memory;
  return absl::OkStatus();
}

absl::Status NetworkPlayer::DecideBySearch(const env::State& state) {
  search_.Start(*options_, &*planning_game_, state, player_, Rng(rng_()), memory_);
  RETURN_IF_ERROR(mcts::RunSearch(search_, *network_.evaluator, {}));
  distribution_ = search_.result().policy;
  next_memory_ = search_.root().memory;
  return absl::OkStatus();
}

void NetworkPlayer::Observe(const env::State& before, int32_t) {
  // Where the caller did not ask, the memory has to move on all the same.
  if (network_.remembers) NextAction(before);
  memory_ = std::move(next_memory_);
  decided_ = false;
}

}  // namespace hod::engine
