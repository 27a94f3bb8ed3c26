#include "engine/training/fragment_recorder.h"

#include <utility>

#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::engine {

FragmentRecorder::FragmentRecorder(const Episode* episode, Fragment origin, int length, Sink sink)
    : origin_(std::move(origin)), length_(length), sink_(std::move(sink)) {
  origin_.assistant = *episode->searcher();
  origin_.human = env::kHuman;
  origin_.goal = episode->game().goal();
  current_ = origin_;
}

absl::Status FragmentRecorder::BeforeMove(const env::State& state) {
  if (current_.steps.empty()) {
    current_.start = state;
  } else if (current_.steps.size() == length_) {
    next_start_ = state;
  }
  return absl::OkStatus();
}

absl::Status FragmentRecorder::AfterMove(const Move& move, const env::State&) {
  const auto root_value = static_cast<float>(move.search->root_value);
  if (current_.steps.size() == length_) {
    // The search just made has valued the position after the full fragment.
    RETURN_IF_ERROR(Emit(root_value, /*ended=*/false));
    current_.start = std::move(next_start_);
  }
  Timestep& step = current_.steps.emplace_back();
  step.actions.assign(move.ids.begin(), move.ids.end());
  step.reward = static_cast<float>(move.outcome.players[origin_.assistant].reward);
  step.root_value = root_value;
  if (move.full_search) step.search_policy = move.search->policy;
  step.human_policy = move.policies[origin_.human];
  if (move.outcome.done()) return Emit(0, /*ended=*/true);
  return absl::OkStatus();
}

absl::Status FragmentRecorder::Emit(float bootstrap_value, bool ended) {
  Fragment fragment = std::exchange(current_, origin_);
  fragment.bootstrap_value = bootstrap_value;
  fragment.ended = ended;
  return sink_(std::move(fragment));
}

}  // namespace hod::engine
