#include "engine/play/episode.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod::engine {

Episode::Episode(EpisodeSetup setup)
    : game_(std::move(setup.game), std::move(setup.goal.blocks), setup.global_timestep),
      goal_name_(std::move(setup.goal.name)),
      rng_(Rng(setup.seed).Fork(0)) {}

absl::StatusOr<std::unique_ptr<Episode>> Episode::Create(EpisodeSetup setup) {
  const std::vector<Seat> seats = std::move(setup.seats);
  const size_t players = setup.game.players.size();
  if (seats.empty() || seats.size() > players) {
    return absl::InvalidArgumentError(absl::StrCat("an episode has ", seats.size(),
                                                   " seats, expected 1 to ", players,
                                                   ", the players of its game"));
  }
  setup.game.players.resize(seats.size());
  const Rng streams(setup.seed);
  const std::string trace = std::move(setup.trace);
  const int64_t trace_seed = setup.trace_seed;
  std::vector<env::Block> world = std::move(setup.world);
  std::unique_ptr<Episode> episode(new Episode(std::move(setup)));
  Rng start = streams.Fork(1);
  episode->state_ = episode->game_.Reset(start);
  if (!world.empty()) {
    episode->state_.blocks = std::move(world);
    episode->state_ = episode->game_.Begin(std::move(episode->state_));
  }
  for (int player = 0; player < static_cast<int>(seats.size()); ++player) {
    RETURN_IF_ERROR(episode->Take(player, seats[player], streams.Fork(2 + player)()));
  }
  if (!trace.empty()) {
    ASSIGN_OR_RETURN(env::TraceRecorder recorder,
                     env::TraceRecorder::Create(trace, &episode->game_, episode->state_,
                                                episode->goal_name_, trace_seed));
    episode->trace_.emplace(std::move(recorder));
  }
  return episode;
}

absl::Status Episode::Take(int player, const Seat& seat, uint64_t seed) {
  players_.emplace_back();
  if (const auto* factory = std::get_if<PlayerFactory>(&seat)) {
    ASSIGN_OR_RETURN(players_.back(), (*factory)(game_, player, seed));
    return absl::OkStatus();
  }
  if (asker_) {
    return absl::InvalidArgumentError(absl::StrCat("players ", *asker_, " and ", player,
                                                   " ask for evaluations, expected one at most"));
  }
  asker_ = player;
  if (const auto* belief = std::get_if<BeliefPlay>(&seat)) {
    if (game_.config().abilities.teleportation) {
      return absl::InvalidArgumentError(
          "a belief: abilities.teleportation is true, expected false: it walks");
    }
    believer_.emplace(game_, player, *belief, seed);
    return absl::OkStatus();
  }
  searcher_.emplace(game_, player, std::get<SearchPlay>(seat));
  return absl::OkStatus();
}

absl::StatusOr<const mcts::Position*> Episode::NextLeaf() {
  while (!done_) {
    if (const mcts::Position* leaf = NextQuestion()) return leaf;
    if (searcher_) {
      const mcts::SearchResult result = searcher_->Result();
      RETURN_IF_ERROR(Play(&result));
    } else {
      RETURN_IF_ERROR(Play(nullptr));
    }
  }
  return nullptr;
}

absl::Status Episode::Deliver(const mcts::Evaluation& evaluation) {
  ++num_evaluations_;
  if (searcher_) return searcher_->Deliver(evaluation);
  believer_->Deliver(evaluation);
  return absl::OkStatus();
}

const mcts::Position* Episode::NextQuestion() {
  if (searcher_) return searcher_->NextLeaf(state_, rng_);
  return believer_ ? believer_->NextLeaf(state_) : nullptr;
}

absl::Status Episode::Play(const mcts::SearchResult* search) {
  std::vector<int32_t> ids;
  std::vector<env::Action> actions;
  std::vector<env::ActionDistribution> policies(players_.size());
  for (size_t i = 0; i < players_.size(); ++i) {
    if (env::Player* const player = players_[i].get()) {
      policies[i] = player->NextAction(state_);
      ids.push_back(env::Sample(policies[i], rng_));
      RETURN_IF_ERROR(player->status());
    } else if (believer_) {
      ids.push_back(game_.actions().Flatten(believer_->Act(state_)));
      policies[i] = {{ids.back(), 1.0f}};
    } else {
      ids.push_back(searcher_->Act(state_, *search, rng_));
    }
    actions.push_back(game_.actions().Unflatten(ids.back()));
  }

  for (EpisodeObserver* observer : observers_) {
    RETURN_IF_ERROR(observer->BeforeMove(state_));
  }
  for (size_t i = 0; i < players_.size(); ++i) {
    if (players_[i] != nullptr) players_[i]->Observe(state_, ids[i]);
  }
  const env::StepOutcome outcome = game_.Step(state_, actions);
  done_ = outcome.done();
  const Move move = {actions,  ids,    outcome,
                     policies, search, searcher_ && searcher_->full_search()};
  for (EpisodeObserver* observer : observers_) {
    RETURN_IF_ERROR(observer->AfterMove(move, state_));
  }
  if (!trace_) return absl::OkStatus();
  RETURN_IF_ERROR(trace_->Step(actions, outcome, state_));
  return done_ ? trace_->Finish() : absl::OkStatus();
}

}  // namespace hod::engine
