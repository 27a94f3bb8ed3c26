#include "env/players/demonstrator.h"

#include <algorithm>
#include <climits>
#include <vector>

namespace hod::env {
namespace {

constexpr int kOpeningTimesteps = 12;
// Moves that it walks at most for a side that it likes better, over the distance from its place.
constexpr double kSideWeight = 1.0;

}  // namespace

void DeclareHabits(settings::Declaration& d, AssistantHabits& habits) {
  d.Choice("order", habits.order, {"near", "low", "high", "+x", "-x", "+z", "-z"},
           "which edit comes next: the nearest, the lowest, the highest, or along an axis");
  d.Choice("side", habits.side, {"any", "+x", "-x", "+z", "-z", "above"},
           "the side of a block from which it likes to work");
  d.Choice("hover", habits.hover, {"here", "corner", "opposite", "top", "human"},
           "where it rests: where it is, over the corner of low or of high x and z, high over the "
           "middle, or beside the human");
  d.Choice("opening", habits.opening, {"work", "wait", "hover", "climb"},
           "what it does first: work, wait, go where it rests, or rise as high as it can");
  d.Integer("work", habits.work, 0, 1000, "own edits between rests; 0: it only rests");
  d.Integer("rest", habits.rest, 0, 1000, "timesteps of a rest");
  d.Number("harm", habits.harm, 0, 1,
           "probability that its next edit breaks a right block of the human's instead");
}

bool IsRightBlockOfOthers(const Game& game, const State& state, int player, int location) {
  const int8_t editor = state.last_interacted[location];
  return editor != kNobody && editor != player && state.blocks[location] != kAir &&
         state.blocks[location] == game.goal()[location] && !game.InPalette(location);
}

Demonstrator::Demonstrator(const Game& game, int player, const AssistantHabits& habits,
                           uint64_t seed)
    : game_(game),
      player_(player),
      habits_(habits),
      navigator_(game, player),
      work_(game, player, /*notice_delay=*/0, Rng(seed).Fork(1)),
      planner_(game, player, navigator_, work_),
      rng_(Rng(seed).Fork(2)) {}

const ActionDistribution& Demonstrator::NextAction(const State& state) {
  if (!decided_) {
    decided_ = true;
    distribution_ = {{game_.actions().Flatten(Decide(state)), 1.0f}};
  }
  return distribution_;
}

void Demonstrator::Observe(const State& before, int32_t action) {
  decided_ = false;
  if (before.timestep % game_.config().players[player_].timestep_skip != 0) return;
  const Action done = game_.actions().Unflatten(action);
  if (!HasLocation(done.type) || game_.InPalette(done.location)) return;
  intent_.reset();
  if (++edits_ < habits_.work) return;
  edits_ = 0;
  rest_until_ = before.timestep + 1 + habits_.rest;
}

Action Demonstrator::Decide(const State& state) {
  if (state.timestep % game_.config().players[player_].timestep_skip != 0) return {};
  if (first_timestep_ < 0) first_timestep_ = state.timestep;
  navigator_.Look(state);
  if (state.timestep - first_timestep_ < kOpeningTimesteps) {
    switch (habits_.opening) {
      case AssistantHabits::Opening::kWork:
        break;
      case AssistantHabits::Opening::kWait:
        return {};
      case AssistantHabits::Opening::kHover:
        return Rest();
      case AssistantHabits::Opening::kClimb:
        if (navigator_.CanMove(ActionType::kMovePosY)) return {ActionType::kMovePosY};
        return {};
    }
  }
  if (habits_.work == 0 || state.timestep < rest_until_) return Rest();
  if (intent_ && !planner_.CanGoOn(*intent_)) intent_.reset();
  if (!intent_) intent_ = Choose();
  if (!intent_) return Rest();
  if (planner_.CanEditHere(*intent_)) return intent_->edit;
  const Moves moves = navigator_.MovesOnTheWay();
  return moves.empty() ? Action{} : Action{moves.front()};
}

std::optional<Intent> Demonstrator::Choose() {
  if (rng_.Chance(habits_.harm)) {
    if (auto harm = ChooseHarm()) return harm;
  }
  for (;;) {
    work_.Update(navigator_, /*own_actions=*/0);
    const std::vector<Action>& edits = work_.edits();
    const auto first = std::min_element(
        edits.begin(), edits.end(),
        [&](const Action& a, const Action& b) { return Key(a.location) < Key(b.location); });
    if (first == edits.end()) return std::nullopt;
    if (auto intent = planner_.PlanOrPutAside(*first, Tastes())) return intent;
  }
}

std::optional<Intent> Demonstrator::ChooseHarm() {
  std::optional<int> nearest;
  const State& state = navigator_.state();
  const auto distance = [&](int location) {
    return L1Distance(game_.size().At(location), navigator_.feet());
  };
  for (int at = 0; at < game_.size().Volume(); ++at) {
    if (!IsRightBlockOfOthers(game_, state, player_, at) ||
        !navigator_.TouchesAir(game_.size().At(at))) {
      continue;
    }
    if (!nearest || distance(at) < distance(*nearest)) nearest = at;
  }
  if (!nearest) return std::nullopt;
  // It is no use, but wanted as long as the block is there, as a passage is.
  return planner_.PlanEdit(Intent::kDetour, {ActionType::kBreak, *nearest, kAir}, Tastes());
}

Action Demonstrator::Rest() {
  const Cell place = RestingPlace();
  if (navigator_.feet() == place) return {};
  const auto nearest = [&](Cell feet) { return L1Distance(feet, place) <= 1; };
  if (!navigator_.GoTo(place) && !navigator_.GoWhere(nearest)) return {};
  const Moves moves = navigator_.MovesOnTheWay();
  return moves.empty() ? Action{} : Action{moves.front()};
}

Cell Demonstrator::RestingPlace() const {
  const WorldSize& size = game_.size();
  const int high = size.h - 2;
  switch (habits_.hover) {
    case AssistantHabits::Hover::kHere:
      return navigator_.feet();
    case AssistantHabits::Hover::kCorner:
      return {0, high, 0};
    case AssistantHabits::Hover::kOpposite:
      return {size.w - 1, high, size.d - 1};
    case AssistantHabits::Hover::kTop:
      return {size.w / 2, high, size.d / 2};
    case AssistantHabits::Hover::kHuman:
      break;
  }
  Cell beside = navigator_.state().players[player_ == 0 ? 1 : 0].feet;
  beside.x += beside.x + 1 < size.w ? 1 : -1;
  return beside;
}

Comfort Demonstrator::Tastes() const {
  Comfort tastes = {};
  tastes.follow = kSideWeight;
  switch (habits_.side) {
    case AssistantHabits::Side::kAny:
      tastes.follow = 0;
      break;
    case AssistantHabits::Side::kPosX:
      tastes.offset = Cell{2, 0, 0};
      break;
    case AssistantHabits::Side::kNegX:
      tastes.offset = Cell{-2, 0, 0};
      break;
    case AssistantHabits::Side::kPosZ:
      tastes.offset = Cell{0, 0, 2};
      break;
    case AssistantHabits::Side::kNegZ:
      tastes.offset = Cell{0, 0, -2};
      break;
    case AssistantHabits::Side::kAbove:
      tastes.follow = 0;
      tastes.height = -2;
      tastes.level = kSideWeight;
      break;
  }
  return tastes;
}

int Demonstrator::Key(int location) const {
  const Cell cell = game_.size().At(location);
  constexpr int kFirst = 1000;  // More than any distance.
  const int distance = L1Distance(cell, navigator_.feet());
  switch (habits_.order) {
    case AssistantHabits::Order::kNear:
      return distance;
    case AssistantHabits::Order::kLow:
      return kFirst * cell.y + distance;
    case AssistantHabits::Order::kHigh:
      return -kFirst * cell.y + distance;
    case AssistantHabits::Order::kPosX:
      return kFirst * cell.x + distance;
    case AssistantHabits::Order::kNegX:
      return -kFirst * cell.x + distance;
    case AssistantHabits::Order::kPosZ:
      return kFirst * cell.z + distance;
    case AssistantHabits::Order::kNegZ:
      return -kFirst * cell.z + distance;
  }
  return distance;
}

}  // namespace hod::env
