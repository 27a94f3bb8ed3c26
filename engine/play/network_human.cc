#include "engine/play/network_human.h"

#include <utility>

#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "mcts/run_search.h"

namespace hod::engine {

NetworkHuman::NetworkHuman(std::shared_ptr<mcts::Evaluator> evaluator, const env::Game& game,
                           int player, std::optional<mcts::SearchOptions> search, uint64_t seed)
    : evaluator_(std::move(evaluator)),
      game_(game),
      player_(player),
      options_(std::move(search)),
      planning_game_(options_ ? std::optional(mcts::PlanningGame(game, *options_)) : std::nullopt),
      rng_(seed) {}

const env::ActionDistribution& NetworkHuman::NextAction(const env::State& state) {
  if (decided_) return distribution_;
  decided_ = true;
  if (status_.ok()) status_ = options_ ? DecideBySearch(state) : Decide(state);
  if (!status_.ok()) distribution_ = {{0, 1.0f}};
  return distribution_;
}

absl::Status NetworkHuman::Decide(const env::State& state) {
  env::ValidActions(game_, state, player_, /*line_of_sight=*/true, valid_);
  const mcts::Position position = {&game_, &state, player_, valid_};
  RETURN_IF_ERROR(evaluator_->Evaluate({&position, 1}, absl::MakeSpan(&evaluation_, 1)));
  distribution_.clear();
  for (size_t i = 0; i < valid_.size(); ++i) {
    if (evaluation_.policy[i] > 0) distribution_.emplace_back(valid_[i], evaluation_.policy[i]);
  }
  return absl::OkStatus();
}

absl::Status NetworkHuman::DecideBySearch(const env::State& state) {
  search_.Start(*options_, &*planning_game_, state, player_, Rng(rng_()));
  absl::Status status = mcts::RunSearch(search_, *evaluator_, {});
  if (status.ok()) distribution_ = search_.result().policy;
  return status;
}

void NetworkHuman::Observe(const env::State&, int32_t) { decided_ = false; }

}  // namespace hod::engine
