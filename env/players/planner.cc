#include "env/players/planner.h"

#include <algorithm>

namespace hod::env {
namespace {

// Patience, in timesteps.
constexpr int kGiveUpAfter = 80;
constexpr int kHoldFor = 400;
constexpr int kPutAsideFor = 25;  // An edit that cannot be made from anywhere.

}  // namespace

Planner::Planner(const Game& game, int player, Navigator& navigator, WorkList& work)
    : game_(game), player_(player), navigator_(navigator), work_(work) {}

bool Planner::CanEditHere(const Intent& intent) const {
  return intent.purpose != Intent::kLook && navigator_.CanEdit(intent.edit, navigator_.feet());
}

bool Planner::CanGoOn(const Intent& intent) const {
  return StillWanted(intent) && (CanEditHere(intent) || !navigator_.MovesOnTheWay().empty());
}

bool Planner::StillWanted(const Intent& intent) const {
  const State& state = navigator_.state();
  if (state.timestep - intent.since > kGiveUpAfter) return false;
  const bool is_air = state.blocks[intent.edit.location] == kAir;
  switch (intent.purpose) {
    case Intent::kUseful:
      return IsUseful(intent.edit);
    case Intent::kDetour:
      return is_air == (intent.edit.type == ActionType::kPlace);
    case Intent::kFetch:
      return state.players[player_].inventory.Count(state.blocks[intent.edit.location]) <
             intent.fetch_count;
    case Intent::kLook:
      return navigator_.feet() != intent.stand;
  }
  return false;
}

bool Planner::IsUseful(const Action& edit) const {
  const Block now = navigator_.state().blocks[edit.location];
  const Block wanted = game_.goal()[edit.location];
  if (edit.type == ActionType::kPlace) return now == kAir && wanted == edit.block;
  return now != kAir && now != wanted;
}

std::optional<Intent> Planner::PlanDetour(int location, const Comfort& comfort) {
  const WorldSize& size = navigator_.size();
  const Cell target = size.At(location);
  std::optional<Intent> intent;
  if (navigator_.IsAir(target) && navigator_.NumBlocksAround(target) == 0) {
    if (const std::optional<Cell> support = navigator_.NearestSupport(target)) {
      const Action scaffold = {ActionType::kPlace, size.Index(*support), game_.goal()[location]};
      intent = PlanEdit(Intent::kDetour, scaffold, comfort);
    }
  }
  if (!intent) {
    if (const std::optional<Cell> obstacle = navigator_.FirstObstacle(target)) {
      const Action clear = {ActionType::kBreak, size.Index(*obstacle), kAir};
      intent = Plan(Intent::kDetour, clear, comfort);
    }
  }
  if (intent && intent->purpose == Intent::kDetour) {
    work_.Hold(intent->edit.location, location, navigator_.state().timestep + kHoldFor);
    work_.ForgetPutAside();
  }
  return intent;
}

std::optional<Intent> Planner::PlanEdit(Intent::Purpose purpose, const Action& edit,
                                        const Comfort& comfort) {
  const Inventory& inventory = navigator_.state().players[player_].inventory;
  const bool has_block = game_.config().abilities.inf_blocks || edit.type != ActionType::kPlace ||
                         inventory.Count(edit.block) > 0;
  if (has_block) return Plan(purpose, edit, comfort);
  const WorldSize& size = navigator_.size();
  const int location = size.Index({size.w - 1, 2, edit.block - kFirstPlaceable});
  std::optional<Intent> intent =
      Plan(Intent::kFetch, {ActionType::kBreak, location, kAir}, comfort);
  if (intent) intent->fetch_count = std::clamp(work_.NumNeeded(edit.block), 1, Inventory::kStack);
  return intent;
}

std::optional<Intent> Planner::PlanOrPutAside(const Action& edit, const Comfort& comfort) {
  std::optional<Intent> intent = PlanEdit(Intent::kUseful, edit, comfort);
  if (!intent) work_.PutAside(edit.location, navigator_.state().timestep + kPutAsideFor);
  return intent;
}

std::optional<Intent> Planner::Plan(Intent::Purpose purpose, const Action& edit,
                                    const Comfort& comfort) {
  Intent intent;
  intent.purpose = purpose;
  intent.edit = edit;
  intent.comfort = comfort;
  intent.since = navigator_.state().timestep;
  const std::optional<Cell> stand = navigator_.GoWhereCanEdit(edit, intent.comfort);
  if (!stand) return std::nullopt;
  intent.stand = *stand;
  intent.alternatives = {{edit, 1.0}};
  return intent;
}

}  // namespace hod::env
