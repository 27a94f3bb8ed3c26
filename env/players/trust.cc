#include "env/players/trust.h"

#include <algorithm>

namespace hod::env {
namespace {

// Before the first edit the belief is taken to have been wrong once, as often as it said.
constexpr float kWrongBefore = 1;
// What an edit weighs against the next one: a belief that is right about walls may be wrong about
// what comes after them.
constexpr float kMemory = 0.95f;

}  // namespace

void Trust::LookBack(const State& state, absl::Span<const GoalDistribution> belief) {
  float wrong = 0, wrong_as_believed = 0;
  for (const Edit& edit : edits_) {
    wrong = kMemory * wrong + DoubtNow(edit, state, belief);
    wrong_as_believed = kMemory * wrong_as_believed + edit.doubt;
  }
  as_often_ = std::min(1.0f, (kWrongBefore + wrong_as_believed) / (kWrongBefore + wrong));
}

void Trust::Note(const State& state, const Action& action,
                 absl::Span<const GoalDistribution> belief) {
  if (action.type != ActionType::kPlace && action.type != ActionType::kBreak) return;
  const int at = action.location;
  const Block before = state.blocks[at];
  if (action.type == ActionType::kPlace) {
    edits_.push_back({at, before, action.block, 1 - belief[at][action.block]});
  } else {
    edits_.push_back({at, before, kAir, belief[at][before]});
  }
}

float Trust::DoubtNow(const Edit& edit, const State& state,
                      absl::Span<const GoalDistribution> belief) const {
  const int at = edit.location;
  if (edit.after == kAir) {
    const bool put_back = state.blocks[at] == edit.before && state.last_interacted[at] != player_;
    return put_back ? 1 : belief[at][edit.before];
  }
  return game_.RemovedByOthers(state, player_, at, edit.after) ? 1 : 1 - belief[at][edit.after];
}

}  // namespace hod::env
