#include "engine/play/assisted_episode.h"

#include <utility>

#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::engine {

SearchPlay SelfPlaySearches(const RunConfig& config) {
  SearchPlay play;
  play.full = play.fast = config.search;
  play.fast.num_simulations = config.selfplay.fast_simulations;
  play.fast.noise_weight = 0;
  play.fast.gumbel_noise = false;
  // Gumbel noise has drawn already.
  play.greedy = config.search.selection == mcts::Selection::kGumbel;
  play.full_search_fraction = config.selfplay.full_search_fraction;
  play.reuse_tree = config.reuse_tree;
  return play;
}

SearchPlay EvaluationSearches(const RunConfig& config, int num_simulations) {
  SearchPlay play;
  play.full = config.search;
  play.full.num_simulations = num_simulations;
  play.full.noise_weight = 0;
  play.full.gumbel_noise = false;
  play.fast = play.full;
  play.greedy = config.evaluation.greedy;
  play.reuse_tree = config.reuse_tree;
  return play;
}

AssistedEpisode::AssistedEpisode(EpisodeSetup setup)
    : game_(std::move(setup.game), std::move(setup.goal.blocks), setup.global_timestep),
      goal_name_(std::move(setup.goal.name)),
      searches_(std::move(setup.builder ? setup.builder : setup.assistant)),
      searcher_(setup.builder ? env::kHuman : env::kAssistant),
      rng_(Rng(setup.seed).Fork(0)) {}

absl::StatusOr<std::unique_ptr<AssistedEpisode>> AssistedEpisode::Create(EpisodeSetup setup) {
  const PlayerFactory human = std::move(setup.human);
  const PlayerFactory assistant = std::move(setup.unsearched_assistant);
  const bool alone = setup.builder || (!setup.assistant && !assistant);
  // An idle body could stand where a block belongs.
  if (alone) setup.game.players.resize(env::kHuman + 1);
  const Rng streams(setup.seed);
  std::unique_ptr<AssistedEpisode> episode(new AssistedEpisode(std::move(setup)));
  Rng start = streams.Fork(1);
  episode->state_ = episode->game_.Reset(start);
  if (episode->searches_) {
    episode->planning_game_ = mcts::PlanningGame(episode->game_, episode->searches_->full);
  }
  if (episode->searches_ && episode->searcher_ == env::kHuman) return episode;
  ASSIGN_OR_RETURN(auto model, human(episode->game_, env::kHuman, streams.Fork(2)()));
  episode->human_ = std::move(model);
  if (assistant) {
    ASSIGN_OR_RETURN(auto made, assistant(episode->game_, env::kAssistant, streams.Fork(3)()));
    episode->unsearched_assistant_ = std::move(made);
  }
  return episode;
}

absl::StatusOr<const mcts::Position*> AssistedEpisode::NextLeaf() {
  while (!done_) {
    absl::Status status;
    if (!searches_) {
      status = Play(nullptr);
    } else {
      if (!searching_) StartSearch();
      if (const mcts::Position* leaf = search_.NextLeaf()) return leaf;
      searching_ = false;
      memory_ = search_.root().memory;
      const mcts::SearchResult result = search_.result();
      status = Play(&result);
    }
    if (!status.ok()) return status;
  }
  return nullptr;
}

void AssistedEpisode::StartSearch() {
  full_search_ = rng_.Chance(searches_->full_search_fraction);
  const mcts::SearchOptions& options = full_search_ ? searches_->full : searches_->fast;
  const Rng rng(rng_());
  if (searches_->reuse_tree && num_evaluations_ > 0) {
    search_.Advance(options, state_, rng, memory_);
  } else {
    search_.Start(options, &*planning_game_, state_, searcher_, rng, memory_);
  }
  searching_ = true;
}

absl::StatusOr<int32_t> AssistedEpisode::Decide(env::Player& player) {
  const int32_t id = env::Sample(player.NextAction(state_), rng_);
  RETURN_IF_ERROR(player.status());
  return id;
}

absl::Status AssistedEpisode::Play(const mcts::SearchResult* search) {
  std::vector<int32_t> ids(game_.num_players(), 0);
  env::ActionDistribution human_policy;
  if (human_ != nullptr) {
    ASSIGN_OR_RETURN(const int32_t human_id, Decide(*human_));
    ids[env::kHuman] = human_id;
    human_policy = human_->NextAction(state_);
  }
  if (search != nullptr) {
    ids[searcher_] = searches_->greedy ? search->best_action : env::Sample(search->policy, rng_);
  } else if (unsearched_assistant_ != nullptr) {
    ASSIGN_OR_RETURN(const int32_t assistant_id, Decide(*unsearched_assistant_));
    ids[env::kAssistant] = assistant_id;
  }
  std::vector<env::Action> actions;
  for (const int32_t id : ids) actions.push_back(game_.actions().Unflatten(id));

  for (EpisodeObserver* observer : observers_) {
    RETURN_IF_ERROR(observer->BeforeMove(state_));
  }
  if (human_ != nullptr) human_->Observe(state_, ids[env::kHuman]);
  if (unsearched_assistant_ != nullptr)
    unsearched_assistant_->Observe(state_, ids[env::kAssistant]);
  const env::StepOutcome outcome = game_.Step(state_, actions);
  done_ = outcome.done();
  const Move move = {actions, ids, outcome, human_policy, search, full_search_};
  for (EpisodeObserver* observer : observers_) {
    RETURN_IF_ERROR(observer->AfterMove(move, state_));
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
