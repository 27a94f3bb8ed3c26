#include "env/players/belief_walker.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "env/game/goal_belief.h"

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
      threshold_(static_cast<float>(threshold)),
      navigator_(game, player),
      block_probability_(game.size().Volume()),
      is_wanted_(game.size().Volume()),
      put_aside_until_(game.size().Volume()) {}

Action BeliefWalker::Act(const State& state, absl::Span<const float> goal_logits) {
  navigator_.Look(state);
  FindEdits(goal_logits);
  if (const std::optional<Action> edit = EditFrom(navigator_.feet())) return *edit;
  const bool in_the_way = !ProbablyStaysFree(navigator_.feet());
  if (PlanWayToEdit() || (in_the_way && PlanWayAside())) {
    const Moves moves = navigator_.MovesOnTheWay();
    if (!moves.empty()) return {moves.front()};
  }
  return {};
}

void BeliefWalker::FindEdits(absl::Span<const float> goal_logits) {
  const State& state = navigator_.state();
  const WorldSize& size = game_.size();
  const auto volume = static_cast<size_t>(size.Volume());
  const auto removed_by_others = [&](size_t at, int block) {
    for (int q = 0; q < game_.num_players(); ++q) {
      if (q != player_ && (state.broken[q * volume + at] >> block & 1) != 0) return true;
    }
    return false;
  };
  edits_.clear();
  for (size_t at = 0; at < volume; ++at) {
    const auto location = static_cast<int>(at);
    const GoalDistribution p = Softmax(LogitsAt(goal_logits, size.Volume(), location));
    block_probability_[at] = 1 - p[kAir];
    if (game_.InPalette(location) || state.timestep < put_aside_until_[at]) continue;
    const Block now = state.blocks[at];
    const Cell cell = size.At(location);
    if (now == kAir) {
      const auto* const likeliest = std::max_element(p.begin() + kFirstPlaceable, p.end());
      const auto block = static_cast<Block>(likeliest - p.begin());
      if (*likeliest < threshold_ || removed_by_others(at, block) ||
          navigator_.NumBlocksAround(cell) == 0) {
        continue;
      }
      edits_.push_back({{ActionType::kPlace, location, block}, *likeliest});
    } else if (now != kBedrock) {
      const int editor = state.last_interacted[at];
      const bool put_back = editor != kNobody && editor != player_ &&
                            (state.broken[player_ * volume + at] >> now & 1) != 0;
      if (1 - p[now] < threshold_ || put_back || !navigator_.TouchesAir(cell)) continue;
      edits_.push_back({{ActionType::kBreak, location, kAir}, 1 - p[now]});
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

std::optional<Action> BeliefWalker::EditFrom(Cell feet) const {
  for (const Edit& edit : edits_) {
    if (navigator_.CanEdit(edit.action, feet)) return edit.action;
  }
  return std::nullopt;
}

bool BeliefWalker::PlanWayToEdit() {
  if (edits_.empty()) return false;
  if (navigator_.GoWhere([&](Cell feet) { return EditFrom(feet).has_value(); })) return true;
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
  return block_probability_[size.Index(feet)] <= kInTheWay &&
         (head.y >= size.h || block_probability_[size.Index(head)] <= kInTheWay);
}

}  // namespace hod::env
