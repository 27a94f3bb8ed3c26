#include "engine/live/mind.h"

#include <utility>
#include <variant>

#include "env/base/clock.h"
#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::engine {
namespace {

ExplainedMoment MomentOf(const env::Game& game, const env::State& state) {
  return {game,
          {state, {}},
          env::kHuman,
          env::kAssistant,
          std::vector<std::optional<env::Action>>(game.num_players())};
}

}  // namespace

Mind::Mind(const env::Game& game, std::shared_ptr<mcts::Evaluator> evaluator, uint64_t seed)
    : game_(game), evaluator_(std::move(evaluator)), rng_(seed) {}

absl::StatusOr<std::unique_ptr<Mind>> Mind::Create(const SeatedAssistant& assistant,
                                                   const env::Game& game, uint64_t seed) {
  std::unique_ptr<Mind> mind(new Mind(game, assistant.evaluator, seed));
  const Seat& seat = *assistant.seat;
  const uint64_t own_seed = Rng(seed).Fork(1)();
  if (const auto* factory = std::get_if<PlayerFactory>(&seat)) {
    ASSIGN_OR_RETURN(mind->player_, (*factory)(game, env::kAssistant, own_seed));
  } else if (const auto* belief = std::get_if<BeliefPlay>(&seat)) {
    mind->believer_.emplace(game, env::kAssistant, *belief, own_seed);
  } else {
    mind->searcher_.emplace(game, env::kAssistant, std::get<SearchPlay>(seat));
  }
  return mind;
}

absl::StatusOr<Thought> Mind::Think(const env::State& state, absl::Duration budget, bool explain) {
  if (searcher_) return Search(state, budget, explain);
  if (believer_) return CarryOutBelief(state, explain);
  const int32_t action = env::Sample(player_->NextAction(state), rng_);
  RETURN_IF_ERROR(player_->status());
  player_->Observe(state, action);
  return Thought{game_.actions().Unflatten(action), std::nullopt};
}

absl::StatusOr<Thought> Mind::Search(const env::State& state, absl::Duration budget, bool explain) {
  const Stopwatch watch;
  std::optional<mcts::Evaluation> root;
  mcts::Evaluation evaluation;
  while (const mcts::Position* leaf = searcher_->NextLeaf(state, rng_)) {
    RETURN_IF_ERROR(evaluator_->Evaluate({leaf, 1}, {&evaluation, 1}));
    RETURN_IF_ERROR(searcher_->Deliver(evaluation));
    if (!root) root = evaluation;
    if (watch.Elapsed() >= budget) searcher_->Stop();
  }
  Thought thought;
  if (explain) {
    thought.explanation =
        Explain(MomentOf(game_, state), searcher_->search(), *root, watch.Elapsed());
  }
  const int32_t action = searcher_->Act(state, searcher_->Result(), rng_);
  thought.action = game_.actions().Unflatten(action);
  return thought;
}

absl::StatusOr<Thought> Mind::CarryOutBelief(const env::State& state, bool explain) {
  while (const mcts::Position* leaf = believer_->NextLeaf(state)) {
    mcts::Evaluation evaluation;
    RETURN_IF_ERROR(evaluator_->Evaluate({leaf, 1}, {&evaluation, 1}));
    believer_->Deliver(evaluation);
  }
  Thought thought;
  thought.action = believer_->Act(state);
  if (explain) {
    ASSIGN_OR_RETURN(thought.explanation, ExplainNetwork(state));
  }
  return thought;
}

absl::StatusOr<Explanation> Mind::ExplainNetwork(const env::State& state) {
  const Stopwatch watch;
  mcts::SearchOptions options;
  options.num_simulations = 1;
  options.noise_weight = 0;
  const env::Game planning = mcts::PlanningGame(game_, options);
  mcts::Search search;
  search.Start(options, &planning, state, env::kAssistant, Rng(0));
  mcts::Evaluation root;
  while (const mcts::Position* leaf = search.NextLeaf()) {
    RETURN_IF_ERROR(evaluator_->Evaluate({leaf, 1}, {&root, 1}));
    RETURN_IF_ERROR(search.Deliver(root));
  }
  return Explain(MomentOf(game_, state), search, root, watch.Elapsed());
}

}  // namespace hod::engine
