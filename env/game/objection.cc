#include "env/game/objection.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/game/line_of_sight.h"

namespace hod::env {
namespace {

bool SomebodyStandsIn(const State& state, int player, Cell cell) {
  for (int q = 0; q < static_cast<int>(state.players.size()); ++q) {
    if (q != player && BodyFills(state.players[q].feet, cell)) return true;
  }
  return false;
}

// Whether some click point of the target is near enough, whatever lies between.
bool InReach(ActionType type, Cell target, Cell feet) {
  const Point eye = EyeOf(feet);
  for (int direction = 0; direction < 6; ++direction) {
    for (int u = 0; u < 3; ++u) {
      for (int v = 0; v < 3; ++v) {
        const Point point = ClickPoint(type, target, direction, u, v);
        double squared = 0;
        for (int k = 0; k < 3; ++k) squared += (point[k] - eye[k]) * (point[k] - eye[k]);
        if (squared <= kReach * kReach) return true;
      }
    }
  }
  return false;
}

std::string EditObjection(const Game& game, const State& state, int player, const Action& action) {
  const Cell target = game.size().At(action.location);
  const Block now = state.blocks[action.location];
  const bool place = action.type == ActionType::kPlace;
  if (place && now != kAir) return absl::StrCat("there is ", kBlockNames[now], " already");
  if (place && action.block < kFirstPlaceable) {
    return absl::StrCat(kBlockNames[action.block], " cannot be placed");
  }
  if (!place && now == kAir) return "there is nothing to break";
  if (!place && now == kBedrock) return "bedrock cannot be broken";
  if (SomebodyStandsIn(state, player, target)) return "somebody stands there";
  if (!InReach(action.type, target, state.players[player].feet)) {
    return absl::StrCat("out of reach: ", kReach, " is as far as an arm is long");
  }
  if (place && std::none_of(std::begin(kDirections), std::end(kDirections), [&](Cell direction) {
        const Cell c = target + direction;
        return game.size().Contains(c) && state.blocks[game.size().Index(c)] != kAir;
      })) {
    return "there is no block beside it to place it against";
  }
  return "hidden from where you stand";
}

std::string MoveObjection(const Game& game, const State& state, int player, ActionType type) {
  const Cell feet = state.players[player].feet + MoveDelta(type);
  if (!game.size().Contains(feet)) return "the world ends there";
  const auto is_block = [&](Cell cell) {
    return game.size().Contains(cell) && state.blocks[game.size().Index(cell)] != kAir;
  };
  if (is_block(feet) || is_block(feet + Cell{0, 1, 0})) return "a block is in the way";
  return "somebody is in the way";
}

}  // namespace

std::optional<std::string> ObjectionTo(const Game& game, const State& state, int player,
                                       const Action& action) {
  if (action.type == ActionType::kNoop) return std::nullopt;
  // The rules would do it, but no mask offers it (Section 4).
  if (action.type == ActionType::kPlace &&
      BodyFills(state.players[player].feet, game.size().At(action.location))) {
    return "you stand there";
  }
  State after = state;
  std::vector<Action> actions(game.num_players());
  actions[player] = action;
  const StepOutcome outcome = game.Step(after, actions);
  if (outcome.players[player].effective_action == action) return std::nullopt;
  if (IsMove(action.type)) return MoveObjection(game, state, player, action.type);
  if (action.type == ActionType::kGive) return "there is nothing to give";
  return EditObjection(game, state, player, action);
}

}  // namespace hod::env
