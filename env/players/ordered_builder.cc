#include "env/players/ordered_builder.h"

#include <algorithm>
#include <tuple>

namespace hod::env {
namespace {

// Any place to edit from is as good as another: the nearest is taken.
constexpr Comfort kNoTastes = {};

}  // namespace

OrderedBuilder::OrderedBuilder(const Game& game, int player, Order order, uint64_t seed)
    : game_(game),
      player_(player),
      order_(order),
      target_(game.config(), game.goal()),
      navigator_(target_, player),
      work_(target_, player, /*notice_delay=*/0, Rng(seed).Fork(1)),
      planner_(target_, player, navigator_, work_),
      rng_(Rng(seed).Fork(2)) {}

const ActionDistribution& OrderedBuilder::NextAction(const State& state) {
  if (!decided_) {
    decided_ = true;
    distribution_ = {{game_.actions().Flatten(Decide(state)), 1.0f}};
  }
  return distribution_;
}

void OrderedBuilder::Observe(const State& before, int32_t action) {
  decided_ = false;
  if (before.timestep % game_.config().players[player_].timestep_skip != 0) return;
  const Action done = game_.actions().Unflatten(action);
  if (HasLocation(done.type) && !game_.InPalette(done.location)) intent_.reset();
}

Action OrderedBuilder::Decide(const State& state) {
  if (state.timestep % game_.config().players[player_].timestep_skip != 0) return {};
  navigator_.Look(state);
  if (order_ == Order::kMirror) AimAtMirrorImage(state);
  if (intent_ && !planner_.CanGoOn(*intent_)) intent_.reset();
  if (!intent_) intent_ = Choose();
  if (intent_) {
    if (planner_.CanEditHere(*intent_)) return intent_->edit;
    return {navigator_.MovesOnTheWay().front()};
  }
  if (work_.wrong().empty()) return {};
  // Somebody or something is in the way: another place may help.
  Moves moves;
  for (const ActionType move : kMoves) {
    if (navigator_.CanMove(move)) moves.push_back(move);
  }
  if (moves.empty()) return {};
  return {moves[rng_.Below(static_cast<int>(moves.size()))]};
}

void OrderedBuilder::AimAtMirrorImage(const State& state) {
  const WorldSize& size = game_.size();
  const bool knows_goal = game_.config().players[player_].goal_visible;
  const auto mirrored = [&](int location) {
    const Cell cell = size.At(location);
    return size.Index({size.w - 1 - cell.x, cell.y, cell.z});
  };
  const auto is_low = [&](int location) { return 2 * size.At(location).x <= size.w - 1; };
  const auto others_edited = [&](int location) {
    return state.last_interacted[location] != kNobody && state.last_interacted[location] != player_;
  };
  const std::vector<Block>& goal = game_.goal();
  std::vector<Block> target = state.blocks;
  bool low_half_stands = true;
  if (knows_goal) {
    for (int i = 0; i < size.Volume(); ++i) {
      if (!is_low(i)) continue;
      target[i] = goal[i];
      low_half_stands &= target[i] == state.blocks[i];
    }
  }
  for (int i = 0; i < size.Volume(); ++i) {
    const int other = mirrored(i);
    if (game_.InPalette(i) || game_.InPalette(other)) continue;
    const bool copies =
        knows_goal ? low_half_stands && !is_low(i) : others_edited(other) && !others_edited(i);
    if (copies) target[i] = state.blocks[other];
  }
  target_ = Game(game_.config(), std::move(target));
}

std::optional<Intent> OrderedBuilder::Choose() {
  const auto before = [&](int a, int b) { return ComesBefore(a, b); };
  for (;;) {
    work_.Update(navigator_, /*own_actions=*/0);
    std::vector<int> wrong = work_.wrong();
    if (wrong.empty()) return std::nullopt;
    std::sort(wrong.begin(), wrong.end(), before);
    const int layer = game_.size().At(wrong.front()).y;

    const std::vector<Action>& edits = work_.edits();
    const auto first = std::min_element(
        edits.begin(), edits.end(),
        [&](const Action& a, const Action& b) { return before(a.location, b.location); });
    if (first == edits.end() || game_.size().At(first->location).y > layer) {
      // What is left of the layer is enclosed or unsupported.
      for (const int location : wrong) {
        if (game_.size().At(location).y > layer) break;
        if (auto detour = planner_.PlanDetour(location, kNoTastes)) return detour;
      }
    }
    if (first == edits.end()) return std::nullopt;
    if (auto intent = planner_.PlanOrPutAside(*first, kNoTastes)) return intent;
  }
}

bool OrderedBuilder::ComesBefore(int a, int b) const {
  const WorldSize& size = game_.size();
  const auto key = [&](int location) {
    const Cell cell = size.At(location);
    if (order_ == Order::kLayers) {
      return std::tuple(cell.y, cell.x, cell.x % 2 == 0 ? cell.z : -cell.z);
    }
    return std::tuple(cell.y, L1Distance(cell, navigator_.feet()), location);
  };
  return key(a) < key(b);
}

}  // namespace hod::env
