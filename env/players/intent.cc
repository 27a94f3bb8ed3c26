#include "env/players/intent.h"

#include <algorithm>
#include <cmath>

namespace hod::env {
namespace {

constexpr int kFarthestCounted = 8;         // Beyond, one edit is as far as another.
constexpr double kLeastAlternative = 0.03;  // Share of all weight that makes an alternative.
// Another type is taken up more easily to complete the lowest layer.
constexpr double kSwitchInLowestLayer = 0.6;
constexpr int kLookFar = 5;    // Voxels along x and z.
constexpr int kMaxTries = 12;  // Edits tried before the timestep is given up.

// Tastes in places to stand: probability of a new one with an edit, mean and spread.
constexpr double kNewTaste = 0.25;
constexpr double kEyeDistanceSpread = 0.3;
constexpr double kMeanHeight = 0.5, kHeightSpread = 1.6;
constexpr double kLevel = 0.35;  // Times closeness.

constexpr Cell kNowhere = {0, 0, 0};

Cell Minus(Cell a, Cell b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }

}  // namespace

IntentChooser::IntentChooser(const Game& game, int player, const BuilderStyle& style,
                             Navigator& navigator, uint64_t seed)
    : game_(game),
      style_(style),
      navigator_(navigator),
      rng_(Rng(seed).Fork(1)),
      work_(game, player, style.notice_delay, Rng(seed).Fork(2)),
      planner_(game, player, navigator, work_) {}

std::optional<Intent> IntentChooser::Choose(const BuilderMemory& memory) {
  work_.Update(navigator_, memory.own_actions);
  if (std::optional<Intent> look = ChooseLook(memory)) return look;
  const Comfort comfort = ComfortOf(memory);
  std::optional<Intent> intent = ChooseAmongEdits(memory, comfort);
  if (!intent && work_.edits().empty()) intent = ChooseDetour(comfort);
  return intent;
}

std::optional<Intent> IntentChooser::ChooseAmongEdits(const BuilderMemory& memory,
                                                      const Comfort& comfort) {
  const std::vector<Action>& edits = work_.edits();
  std::vector<double> weights;
  for (int tries = 0; tries < kMaxTries && !edits.empty(); ++tries) {
    // Softmax of the preferences.
    weights.clear();
    for (const Action& edit : edits) weights.push_back(Preference(edit, memory));
    const double best = *std::max_element(weights.begin(), weights.end());
    double total = 0;
    for (double& w : weights) total += w = std::exp(w - best);
    const size_t chosen = IndexAt(weights, rng_.Uniform() * total);
    const Action edit = edits[chosen];
    std::optional<Intent> intent = planner_.PlanOrPutAside(edit, comfort);
    if (!intent) continue;
    if (intent->purpose == Intent::kFetch) return intent;
    intent->alternatives.clear();
    for (size_t i = 0; i < edits.size(); ++i) {
      if (i == chosen || weights[i] >= kLeastAlternative * total) {
        intent->alternatives.push_back({edits[i], weights[i]});
      }
    }
    return intent;
  }
  return std::nullopt;
}

std::optional<Intent> IntentChooser::ChooseLook(const BuilderMemory& memory) {
  const bool after_edit = HasLocation(memory.last_type);
  if (!after_edit || !rng_.Chance(style_.look_around)) return std::nullopt;
  Intent intent;
  intent.purpose = Intent::kLook;
  intent.stand = navigator_.feet() + Cell{rng_.Between(-kLookFar, kLookFar), rng_.Between(-1, 1),
                                          rng_.Between(-kLookFar, kLookFar)};
  intent.since = navigator_.state().timestep;
  if (intent.stand == navigator_.feet() || !navigator_.GoTo(intent.stand)) return std::nullopt;
  return intent;
}

// The value of an edit to the builder, as a logit.
double IntentChooser::Preference(const Action& edit, const BuilderMemory& memory) const {
  const Cell cell = navigator_.size().At(edit.location);
  const Cell feet = navigator_.feet();
  const Cell last = memory.last_edit.value_or(feet);
  double value = -style_.near_edit * std::min(L1Distance(cell, last), kFarthestCounted) -
                 style_.near_body * std::min(L1Distance(cell, feet), kFarthestCounted);
  if (memory.last_direction != kNowhere && Minus(cell, last) == memory.last_direction) {
    value += style_.same_direction;
  }
  const int blocks_around = navigator_.NumBlocksAround(cell);
  if (edit.type == ActionType::kBreak) {
    return value + (work_.IsDigging() ? -style_.fill_in * blocks_around : style_.repair);
  }
  value += style_.fill_in * blocks_around;
  value -= style_.low_layer * (cell.y - work_.lowest_layer());
  value -= style_.tidy * NumAlikeToDo(edit);
  if (memory.last_placed != kAir && edit.block != memory.last_placed) {
    value -= style_.same_type * (cell.y == work_.lowest_layer() ? kSwitchInLowestLayer : 1.0);
  }
  return value;
}

int IntentChooser::NumAlikeToDo(const Action& place) const {
  const WorldSize& size = navigator_.size();
  const Cell cell = size.At(place.location);
  return std::count_if(std::begin(kDirections), std::end(kDirections), [&](Cell direction) {
    const Cell n = cell + direction;
    if (!size.Contains(n)) return false;
    const int i = size.Index(n);
    return game_.goal()[i] == place.block && navigator_.state().blocks[i] != place.block;
  });
}

// Nothing useful can be done from anywhere, so for the nearest cell, or else some other, a scaffold
// or a passage is made.
std::optional<Intent> IntentChooser::ChooseDetour(const Comfort& comfort) {
  const std::vector<int>& wrong = work_.wrong();
  if (wrong.empty()) return std::nullopt;
  const WorldSize& size = navigator_.size();
  const Cell feet = navigator_.feet();
  const int nearest = *std::min_element(wrong.begin(), wrong.end(), [&](int a, int b) {
    return L1Distance(size.At(a), feet) < L1Distance(size.At(b), feet);
  });
  std::optional<Intent> intent = planner_.PlanDetour(nearest, comfort);
  if (!intent)
    intent = planner_.PlanDetour(wrong[rng_.Below(static_cast<int>(wrong.size()))], comfort);
  return intent;
}

Comfort IntentChooser::ComfortOf(const BuilderMemory& memory) {
  if (!memory.last_edit || rng_.Chance(kNewTaste)) {
    eye_distance_ = style_.eye_distance + kEyeDistanceSpread * rng_.Normal();
    height_ = kMeanHeight + kHeightSpread * rng_.Normal();
  }
  return {.eye_distance = eye_distance_,
          .closeness = style_.closeness,
          .height = height_,
          .level = kLevel * style_.closeness,
          .offset = memory.last_offset,
          .follow = style_.follow};
}

}  // namespace hod::env
