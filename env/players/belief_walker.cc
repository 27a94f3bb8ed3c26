#include "env/players/belief_walker.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace hod::env {
namespace {

// What cannot be done from anywhere is not tried again for so many timesteps.
constexpr int kTryAgainAfter = 20;
// The body gets out of voxels that are to hold a block with more than this probability.
constexpr float kInTheWay = 0.3f;
// An edit is likely, and worth being near, from this certainty on.
constexpr float kLikely = 0.5f;

}  // namespace

BeliefWalker::BeliefWalker(const Game& game, int player, double threshold, bool waits)
    : game_(game),
      player_(player),
      threshold_(threshold),
      navigator_(game, player),
      trust_(game, player),
      belief_(game.size().Volume()),
      placings_(game.size().Volume()),
      is_wanted_(game.size().Volume()),
      put_aside_until_(game.size().Volume()) {
  if (waits) patience_.emplace(game, player);
}

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
  if (patience_) patience_->Look(state);
  FindEdits();
  if (const Edit* const edit = EditFrom(edits_, navigator_.feet())) {
    trust_.Note(state, edit->action, belief_);
    return edit->action;
  }
  const bool in_the_way = !ProbablyStaysFree(navigator_.feet());
  if (PlanWayToEdit() || PlanWayToWait() || (in_the_way && PlanWayAside())) {
    const Moves moves = navigator_.MovesOnTheWay();
    if (!moves.empty()) return {moves.front()};
  }
  return {};
}

BeliefWalker::Edit BeliefWalker::LikeliestEdit(int location) const {
  const Block now = navigator_.state().blocks[location];
  if (now != kAir) return {{ActionType::kBreak, location, kAir}, 1 - belief_[location][now]};
  const auto [block, certainty] = placings_[location];
  return {{ActionType::kPlace, location, block}, certainty};
}

bool BeliefWalker::IsOpen(const Edit& edit) const {
  const State& state = navigator_.state();
  const auto& [type, at, block] = edit.action;
  const Block now = state.blocks[at];
  if (now == kBedrock || game_.InPalette(at) || state.timestep < put_aside_until_[at]) return false;
  const Cell cell = game_.size().At(at);
  if (type == ActionType::kPlace) {
    return !game_.RemovedByOthers(state, player_, at, block) &&
           navigator_.NumBlocksAround(cell) > 0;
  }
  const int editor = state.last_interacted[at];
  const size_t own = static_cast<size_t>(player_) * game_.size().Volume() + at;
  const bool put_back =
      editor != kNobody && editor != player_ && (state.broken[own] >> now & 1) != 0;
  return !put_back && navigator_.TouchesAir(cell);
}

void BeliefWalker::FindEdits() {
  const WorldSize& size = game_.size();
  const double careful = trust_.Careful(threshold_);
  edits_.clear();
  likely_edits_.clear();
  for (int at = 0; at < size.Volume(); ++at) {
    const Edit edit = LikeliestEdit(at);
    const double asked = patience_ ? patience_->Asked(careful, size.At(at)) : careful;
    const bool wanted = edit.certainty >= static_cast<float>(asked);
    const bool likely = patience_ && edit.certainty >= kLikely;
    if ((wanted || likely) && IsOpen(edit)) (wanted ? edits_ : likely_edits_).push_back(edit);
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

const BeliefWalker::Edit* BeliefWalker::EditFrom(absl::Span<const Edit> edits, Cell feet) const {
  const auto edit = std::find_if(edits.begin(), edits.end(), [&](const Edit& edit) {
    return navigator_.CanEdit(edit.action, feet);
  });
  return edit == edits.end() ? nullptr : &*edit;
}

bool BeliefWalker::PlanWayToEdit() {
  if (edits_.empty()) return false;
  if (navigator_.GoWhere([&](Cell feet) { return EditFrom(edits_, feet) != nullptr; })) return true;
  for (const Edit& edit : edits_) {
    put_aside_until_[edit.action.location] = navigator_.state().timestep + kTryAgainAfter;
  }
  return false;
}

bool BeliefWalker::PlanWayToWait() {
  const int now = navigator_.state().timestep;
  if (likely_edits_.empty() || now < no_waiting_place_until_) return false;
  const auto good = [&](Cell feet) {
    return ProbablyStaysFree(feet) && EditFrom(likely_edits_, feet) != nullptr;
  };
  if (navigator_.GoWhere(good)) return true;
  no_waiting_place_until_ = now + kTryAgainAfter;
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
