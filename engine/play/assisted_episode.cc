#include "engine/play/assisted_episode.h"

#include <utility>

#include "env/humans/make_human_model.h"

namespace hod::engine {

AssistantPlay SelfPlayAssistant(const RunConfig& config) {
  AssistantPlay play;
  play.full = play.fast = config.search;
  play.fast.num_simulations = config.selfplay.fast_simulations;
  play.fast.noise_weight = 0;
  play.fast.gumbel_noise = false;
  // Gumbel noise has drawn already.
  play.greedy = config.search.selection == mcts::Selection::kGumbel;
  play.full_search_fraction = config.selfplay.full_search_fraction;
  return play;
}

AssistantPlay GreedyAssistant(const RunConfig& config, int num_simulations) {
  AssistantPlay play;
  play.full = config.search;
  play.full.num_simulations = num_simulations;
  play.full.noise_weight = 0;
  play.full.gumbel_noise = false;
  play.fast = play.full;
  play.greedy = true;
  return play;
}

AssistedEpisode::AssistedEpisode(EpisodeSetup setup)
    : game_(std::move(setup.game), std::move(setup.goal.blocks), setup.global_timestep),
      goal_name_(std::move(setup.goal.name)),
      assistant_(std::move(setup.assistant)),
      rng_(env::Rng(setup.seed).Fork(0)) {}

absl::StatusOr<std::unique_ptr<AssistedEpisode>> AssistedEpisode::Create(EpisodeSetup setup) {
  const std::string human = setup.human;
  // Without an assistant the human is alone: an idle body could stand where a block belongs.
  if (!setup.assistant) setup.game.players.resize(kHuman + 1);
  const env::Rng streams(setup.seed);
  std::unique_ptr<AssistedEpisode> episode(new AssistedEpisode(std::move(setup)));
  env::Rng start = streams.Fork(1);
  episode->state_ = episode->game_.Reset(start);
  auto model = env::MakeHumanModel(human, episode->game_, kHuman, streams.Fork(2)());
  if (!model.ok()) return model.status();
  episode->human_ = *std::move(model);
  if (episode->assistant_) {
    episode->planning_game_ = mcts::PlanningGame(episode->game_, episode->assistant_->full);
  }
  return episode;
}

absl::StatusOr<const mcts::Position*> AssistedEpisode::NextLeaf() {
  while (!done_) {
    absl::Status status;
    if (!assistant_) {
      status = Play(nullptr);
    } else {
      if (!searching_) StartSearch();
      if (const mcts::Position* leaf = search_.NextLeaf()) return leaf;
      searching_ = false;
      const mcts::SearchResult result = search_.result();
      status = Play(&result);
    }
    if (!status.ok()) return status;
  }
  return nullptr;
}

void AssistedEpisode::StartSearch() {
  full_search_ = rng_.Chance(assistant_->full_search_fraction);
  search_.Start(full_search_ ? assistant_->full : assistant_->fast, &*planning_game_, state_,
                kAssistant, env::Rng(rng_()));
  searching_ = true;
}

absl::Status AssistedEpisode::Play(const mcts::SearchResult* search) {
  const env::ActionDistribution human_policy = human_->NextAction(state_);
  std::vector<int32_t> ids(game_.num_players(), 0);
  ids[kHuman] = env::Sample(human_policy, rng_);
  if (search != nullptr) {
    ids[kAssistant] = assistant_->greedy ? search->best_action : env::Sample(search->policy, rng_);
  }
  std::vector<env::Action> actions;
  for (const int32_t id : ids) actions.push_back(game_.actions().Unflatten(id));

  for (EpisodeObserver* observer : observers_) {
    if (absl::Status status = observer->BeforeMove(state_); !status.ok()) return status;
  }
  human_->Observe(state_, ids[kHuman]);
  const env::StepOutcome outcome = game_.Step(state_, actions);
  done_ = outcome.done();
  const Move move = {actions, ids, outcome, human_policy, search, full_search_};
  for (EpisodeObserver* observer : observers_) {
    if (absl::Status status = observer->AfterMove(move, state_); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace hod::engine
