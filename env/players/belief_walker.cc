#include "env/players/belief_walker.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace hod::env {
namespace {

// An edit that cannot be made from anywhere is left out for so many timesteps.
constexpr int kPutAsideFor = 20;
// The body gets out of voxels that are to hold a block with more than this probability.
constexpr float kInTheWay = 0.3f;

}  // namespace

BeliefWalker::BeliefWalker(const Game& game, int player, double threshold)
    : game_(game),
      player_(player),
      threshold_(threshold),
      navigator_(game, player),
      trust_(game, player),
      belief_(game.size().Volume()),
      placings_(game.size().Volume()),
      is_wanted_(game.size().Volume()),
      put_aside_until_(game.size().Volume()) {}

void BeliefWalker::Believe(absl::Span<const float> goal_logits) {
  const int volume = game_.size().Volume();
  for (int at = 0; at < volume; ++at) {
    const GoalDistribution& p = belief_[at] = Softmax(LogitsAt(goal_logits, volume, at));
    const auto* const likeliest = std::max_element(p.begin() + kFirstPlaceable, p.end());
    placings_[at] = {static_cast<Block>(likeliest - p.begin()), *likeliest};
  }
}

Action BeliefWalker::Act(const State& state) {
  navigator_.Look(state);
  trust_.LookBack(state, belief_);
  FindEdits();
  if (const Edit* const edit = EditFrom(navigator_.feet())) {
    trust_.Note(state, edit->action, belief_);
    return edit->action;
  }
  const bool in_the_way = !ProbablyStaysFree(navigator_.feet());
  if (PlanWayToEdit() || (in_the_way && PlanWayAside())) {
    const Moves moves = navigator_.MovesOnTheWay();
    if (!moves.empty()) return {moves.front()};
  }
  return {};
}

void BeliefWalker::FindEdits() {
  const State& state = navigator_.state();
  const WorldSize& size = game_.size();
  const auto volume = static_cast<size_t>(size.Volume());
  const auto bar = static_cast<float>(trust_.Careful(threshold_));
  edits_.clear();
  for (size_t at = 0; at < volume; ++at) {
    const auto location = static_cast<int>(at);
    const Block now = state.blocks[at];
    const auto [block, placing_certainty] = placings_[at];
    const float certainty = now == kAir ? placing_certainty : 1 - belief_[at][now];
    if (certainty < bar || now == kBedrock || game_.InPalette(location) ||
        state.timestep < put_aside_until_[at]) {
      continue;
    }
    const Cell cell = size.At(location);
    if (now == kAir) {
      if (game_.RemovedByOthers(state, player_, location, block) ||
          navigator_.NumBlocksAround(cell) == 0) {
        continue;
      }
      edits_.push_back({{ActionType::kPlace, location, block}, certainty});
    } else {
      const int editor = state.last_interacted[at];
      const bool put_back = editor != kNobody && editor != player_ &&
                            (state.broken[player_ * volume + at] >> now & 1) != 0;
      if (put_back || !navigator_.TouchesAir(cell)) continue;
      edits_.push_back({{ActionType::kBreak, location, kAir}, certainty});
    }
  }
  // What stands on a wrong block would enclose it.
  for (const Edit& edit : edits_) is_wanted_[edit.action.location] = true;
  const auto waits = [&](const Edit& edit) {
    const Cell below = size.At(edit.action.location) + Cell{0, -1, 0};
    return edit.action.type == ActionType::kPlace && below.y > 0 && is_wanted_[size.Index(below)];
  };
  const auto end = std::partition(edits_.begin(), edits_.end(), std::not_fn(waits));
  for (const Edit& edit : edits_) is_wanted_[edit.action.location] = false;
  edits_.erase(end, edits_.end());
  std::sort(edits_.begin(), edits_.end(), [&](const Edit& a, const Edit& b) {
    const int a_height = size.At(a.action.location).y, b_height = size.At(b.action.location).y;
    return std::tuple(a_height, -a.certainty, a.action.location) <
           std::tuple(b_height, -b.certainty, b.action.location);
  });
}

const BeliefWalker::Edit* BeliefWalker::EditFrom(Cell feet) const {
  const auto edit = std::find_if(edits_.begin(), edits_.end(), [&](const Edit& edit) {
    return navigator_.CanEdit(edit.action, feet);
  });
  return edit == edits_.end() ? nullptr : &*edit;
}

bool BeliefWalker::PlanWayToEdit() {
  if (edits_.empty()) return false;
  if (navigator_.GoWhere([&](Cell feet) { return EditFrom(feet) != nullptr; })) return true;
  for (const Edit& edit : edits_) {
    put_aside_until_[edit.action.location] = navigator_.state().timestep + kPutAsideFor;
  }
  return false;
}

bool BeliefWalker::PlanWayAside() {
  return navigator_.GoWhere([&](Cell feet) { return ProbablyStaysFree(feet); }).has_value();
}

bool BeliefWalker::ProbablyStaysFree(Cell feet) const {
  const WorldSize& size = game_.size();
  const Cell head = feet + Cell{0, 1, 0};
  const auto stays_free = [&](Cell cell) {
    return 1 - belief_[size.Index(cell)][kAir] <= kInTheWay;
  };
  return stays_free(feet) && (head.y >= size.h || stays_free(head));
}

}  // namespace hod::env
