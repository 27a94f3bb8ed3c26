#include "engine/play/searcher.h"

#include <algorithm>
#include <utility>

namespace hod::engine {

Searcher::Searcher(const env::Game& game, int player, SearchPlay play)
    : game_(game),
      player_(player),
      play_(std::move(play)),
      planning_game_(mcts::PlanningGame(game, play_.full)),
      trust_(game, player),
      belief_(game.size().Volume()) {}

const mcts::Position* Searcher::NextLeaf(const env::State& state, Rng& rng) {
  if (!searching_) Start(state, rng);
  if (const mcts::Position* leaf = search_.NextLeaf()) return leaf;
  searching_ = false;
  memory_ = search_.root().memory;
  return nullptr;
}

void Searcher::Start(const env::State& state, Rng& rng) {
  full_search_ = rng.Chance(play_.full_search_fraction);
  mcts::SearchOptions options = full_search_ ? play_.full : play_.fast;
  if (play_.look_back) options.own_reward_shift = OwnRewardShift(options);
  const Rng stream(rng());
  if (play_.reuse_tree && has_searched_) {
    search_.Advance(options, state, stream, memory_);
  } else {
    search_.Start(options, &planning_game_, state, player_, stream, memory_);
  }
  searching_ = has_searched_ = true;
}

absl::Status Searcher::Deliver(const mcts::Evaluation& evaluation) {
  if (play_.look_back && !search_.root().expanded) {
    const int volume = game_.size().Volume();
    for (int at = 0; at < volume; ++at) {
      belief_[at] = env::Softmax(env::LogitsAt(evaluation.goal_logits, volume, at));
    }
  }
  return search_.Deliver(evaluation);
}

double Searcher::OwnRewardShift(const mcts::SearchOptions& options) const {
  // An edit is worth its while from this certainty on: right it brings 1, wrong -1.
  const double certainty = (1 - options.own_reward_shift) / 2;
  return 1 - 2 * trust_.Careful(certainty);
}

int32_t Searcher::Act(const env::State& state, const mcts::SearchResult& result, Rng& rng) {
  const int32_t action = play_.greedy ? result.best_action : env::Sample(result.policy, rng);
  if (play_.look_back) {
    trust_.LookBack(state, belief_);
    trust_.Note(state, game_.actions().Unflatten(action), belief_);
  }
  return action;
}

}  // namespace hod::engine
