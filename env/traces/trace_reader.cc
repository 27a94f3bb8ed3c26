#include "env/traces/trace_reader.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/traces/config_json.h"

namespace hod::env {
namespace {

using nlohmann::json;

absl::Status Malformed(const std::string& what) { return absl::InvalidArgumentError(what); }

absl::StatusOr<Inventory> InventoryFromJson(const json& slots) {
  if (!slots.is_array() || slots.size() != Inventory::kSlots) {
    return Malformed(absl::StrCat("inventories: expected ", Inventory::kSlots, " slots"));
  }
  Inventory inventory;
  for (int i = 0; i < Inventory::kSlots; ++i) {
    const std::string key = absl::StrCat("inventories: slot ", i);
    ASSIGN_OR_RETURN(auto block, IntegerFromJson(slots[i].at(0), 0, kNumBlocks - 1, key));
    ASSIGN_OR_RETURN(auto count, IntegerFromJson(slots[i].at(1), 0, Inventory::kStack, key));
    inventory.slots()[i] = {static_cast<Block>(block), static_cast<uint8_t>(count)};
  }
  return inventory;
}

absl::StatusOr<Action> ActionFromJson(const WorldSize& size, const json& tuple) {
  if (!tuple.is_array() || tuple.size() != 3) {
    return Malformed("actions: expected [type, location, block]");
  }
  ASSIGN_OR_RETURN(auto type, IntegerFromJson(tuple[0], 0, kNumActionTypes - 1, "actions: type"));
  ASSIGN_OR_RETURN(auto location,
                   IntegerFromJson(tuple[1], 0, size.Volume() - 1, "actions: location"));
  ASSIGN_OR_RETURN(auto block, IntegerFromJson(tuple[2], 0, kNumBlocks - 1, "actions: block"));
  return Action{static_cast<ActionType>(type), static_cast<int>(location),
                static_cast<Block>(block)};
}

}  // namespace

absl::StatusOr<std::vector<Block>> BlocksFromJson(const WorldSize& size, const json& array,
                                                  const char* key) {
  if (!array.is_array() || static_cast<int>(array.size()) != size.Volume()) {
    return Malformed(absl::StrCat(key, ": expected ", size.Volume(), " block ids"));
  }
  std::vector<Block> blocks(array.size());
  for (size_t i = 0; i < array.size(); ++i) {
    ASSIGN_OR_RETURN(auto id,
                     IntegerFromJson(array[i], 0, kNumBlocks - 1, absl::StrCat(key, "[", i, "]")));
    blocks[i] = static_cast<Block>(id);
  }
  return blocks;
}

absl::StatusOr<State> StateFromJson(const Game& game, const json& line) {
  State state;
  ASSIGN_OR_RETURN(auto blocks,
                   BlocksFromJson(game.size(), line.at("current_blocks"), "current_blocks"));
  state.blocks = std::move(blocks);
  state.players.resize(game.num_players());
  ASSIGN_OR_RETURN(auto timestep,
                   IntegerFromJson(line.at("timestep"), 0, game.config().horizon - 1, "timestep"));
  state.timestep = static_cast<int>(timestep);

  const json& locations = line.at("player_locations");
  const bool teleport = game.config().abilities.teleportation;
  if (teleport != locations.is_null()) {
    return Malformed("player_locations: expected null exactly with teleportation");
  }
  if (!teleport) {
    if (!locations.is_array() || static_cast<int>(locations.size()) != game.num_players()) {
      return Malformed("player_locations: expected one per player");
    }
    for (int p = 0; p < game.num_players(); ++p) {
      const double x = locations[p].at(0).get<double>(), y = locations[p].at(1).get<double>(),
                   z = locations[p].at(2).get<double>();
      const bool in_range =
          x >= 0 && x < game.size().w && y >= 0 && y < game.size().h && z >= 0 && z < game.size().d;
      if (!in_range || x - std::floor(x) != 0.5 || z - std::floor(z) != 0.5 || y != std::floor(y)) {
        return Malformed(absl::StrCat("player_locations[", p,
                                      "]: expected the middle of a voxel of the world, got ",
                                      DumpJson(locations[p])));
      }
      state.players[p].feet = {static_cast<int>(x), static_cast<int>(y), static_cast<int>(z)};
    }
  }
  if (line.contains("last_interacted")) {
    const json& last = line.at("last_interacted");
    if (!last.is_array() || static_cast<int>(last.size()) != game.size().Volume()) {
      return Malformed(
          absl::StrCat("last_interacted: expected ", game.size().Volume(), " entries"));
    }
    for (const json& entry : last) {
      ASSIGN_OR_RETURN(auto player,
                       IntegerFromJson(entry, kNobody, game.num_players() - 1, "last_interacted"));
      state.last_interacted.push_back(static_cast<int8_t>(player));
    }
  }
  return state;
}

absl::StatusOr<EpisodeStart> EpisodeStartFromJson(const json& line) {
  ASSIGN_OR_RETURN(GameConfig config, GameConfigFromJson(line.at("config")));
  ASSIGN_OR_RETURN(auto goal, BlocksFromJson(config.size, line.at("goal_blocks"), "goal_blocks"));
  Game game(std::move(config), std::move(goal));
  ASSIGN_OR_RETURN(State state, StateFromJson(game, line));
  const json& inventories = line.at("inventories");
  if (!inventories.is_array() || static_cast<int>(inventories.size()) != game.num_players()) {
    return Malformed("inventories: expected one per player");
  }
  for (int p = 0; p < game.num_players(); ++p) {
    ASSIGN_OR_RETURN(auto inventory, InventoryFromJson(inventories[p]));
    state.players[p].inventory = inventory;
  }
  State start = game.Begin(std::move(state));
  return EpisodeStart{std::move(game), std::move(start)};
}

absl::StatusOr<std::vector<Action>> ActionsFromJson(const Game& game, const json& tuples) {
  if (!tuples.is_array()) return Malformed("actions: expected an array");
  std::vector<Action> actions;
  for (const json& tuple : tuples) {
    ASSIGN_OR_RETURN(Action action, ActionFromJson(game.size(), tuple));
    actions.push_back(action);
  }
  RETURN_IF_ERROR(game.CheckActions(actions));
  for (const Action& action : actions) {
    if (game.actions().Has(action.type)) continue;
    return Malformed(
        absl::StrCat("actions: this game has no action type ", static_cast<int>(action.type)));
  }
  return actions;
}

absl::StatusOr<Inventory::Counts> CountsFromJson(const json& json, const std::string& key) {
  if (!json.is_array() || json.size() != kNumBlocks) {
    return Malformed(absl::StrCat(key, ": expected ", kNumBlocks, " counts"));
  }
  Inventory::Counts counts;
  for (int b = 0; b < kNumBlocks; ++b) {
    ASSIGN_OR_RETURN(const auto count,
                     IntegerFromJson(json[b], 0, Inventory::kSlots * Inventory::kStack,
                                     absl::StrCat(key, "[", b, "]")));
    counts[b] = static_cast<int>(count);
  }
  return counts;
}

absl::StatusOr<Inventory> InventoryFromCounts(const Inventory::Counts& counts,
                                              const std::string& key) {
  int slots = 0;
  for (const int count : counts) slots += (count + Inventory::kStack - 1) / Inventory::kStack;
  if (slots <= Inventory::kSlots) return Inventory::Packed(counts);
  return Malformed(absl::StrCat(key, ": expected counts that fit into ", Inventory::kSlots,
                                " slots of ", Inventory::kStack, ", these need ", slots));
}

}  // namespace hod::env
