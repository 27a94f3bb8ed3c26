#include "engine/training/fragment_recorder.h"

#include <utility>

#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::engine {

FragmentRecorder::FragmentRecorder(const Episode* episode, Fragment origin, const Options& options,
                                   Sink sink)
    : origin_(std::move(origin)), options_(options), rng_(origin_.episode), sink_(std::move(sink)) {
  origin_.assistant = episode->asker().value_or(env::kAssistant);
  origin_.human = env::kHuman;
  origin_.goal = episode->game().goal();
  current_ = origin_;
}

absl::Status FragmentRecorder::BeforeMove(const env::State& state) {
  if (current_.steps.empty()) {
    current_.start = state;
  } else if (current_.steps.size() == options_.length) {
    next_start_ = state;
  }
  return absl::OkStatus();
}

absl::Status FragmentRecorder::AfterMove(const Move& move, const env::State&) {
  const mcts::SearchResult* const search = move.search;
  std::optional<float> root_value;
  if (search != nullptr) root_value = static_cast<float>(search->root_value);
  if (current_.steps.size() == options_.length) {
    // The search just made has valued the position after the full fragment.
    RETURN_IF_ERROR(Complete(root_value));
    current_.start = std::move(next_start_);
  }
  Timestep& step = current_.steps.emplace_back();
  step.actions.assign(move.ids.begin(), move.ids.end());
  step.reward = static_cast<float>(move.outcome.players[origin_.assistant].reward);
  step.root_value = root_value.value_or(0);
  if (search == nullptr) {
    step.search_policy = move.policies[origin_.assistant];
  } else if (move.full_search) {
    step.search_policy = search->policy;
  }
  step.human_policy = move.policies[origin_.human];
  if (!move.outcome.done()) return absl::OkStatus();
  current_.ended = true;
  return search != nullptr ? Complete(0) : End();
}

absl::Status FragmentRecorder::Complete(std::optional<float> bootstrap_value) {
  Fragment fragment = std::exchange(current_, origin_);
  if (!bootstrap_value) {
    held_back_.push_back(std::move(fragment));
    return absl::OkStatus();
  }
  fragment.bootstrap_value = *bootstrap_value;
  return rng_.Chance(options_.kept_share) ? sink_(std::move(fragment)) : absl::OkStatus();
}

absl::Status FragmentRecorder::End() {
  RETURN_IF_ERROR(Complete(std::nullopt));
  double value = 0;
  for (auto fragment = held_back_.rbegin(); fragment != held_back_.rend(); ++fragment) {
    fragment->bootstrap_value = static_cast<float>(value);
    for (auto step = fragment->steps.rbegin(); step != fragment->steps.rend(); ++step) {
      value = step->reward + options_.gamma * value;
      step->root_value = static_cast<float>(value);
    }
  }
  for (Fragment& fragment : held_back_) {
    if (!rng_.Chance(options_.kept_share)) continue;
    RETURN_IF_ERROR(sink_(std::move(fragment)));
  }
  held_back_.clear();
  return absl::OkStatus();
}

}  // namespace hod::engine
