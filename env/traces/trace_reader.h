// The parts of recorded episodes, from JSON, that their readers share. nlohmann::json's exceptions
// for missing keys and wrong types come through.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "env/game/game.h"

namespace hod::env {

struct EpisodeStart {
  Game game;
  State state;
};

// Reads the game and its first state from a reset line.
absl::StatusOr<EpisodeStart> EpisodeStartFromJson(const nlohmann::json& line);

// Reads the actions of a step line and checks them against the game.
absl::StatusOr<std::vector<Action>> ActionsFromJson(const Game& game, const nlohmann::json& tuples);

// The state that a line of a recorded trace or search describes: `json` needs current_blocks,
// player_locations (null with teleportation), timestep, and may have last_interacted. Inventories
// stay empty. Ranges are checked against `game`.
absl::StatusOr<State> StateFromJson(const Game& game, const nlohmann::json& json);

// A flat array of block ids of the world's volume; errors name `key`.
absl::StatusOr<std::vector<Block>> BlocksFromJson(const WorldSize& size, const nlohmann::json& json,
                                                  const char* key);

// Ten counts by block; errors name `key`.
absl::StatusOr<Inventory::Counts> CountsFromJson(const nlohmann::json& json,
                                                 const std::string& key);

// Inventory::Packed() of counts that need not fit; then the error names `key`.
absl::StatusOr<Inventory> InventoryFromCounts(const Inventory::Counts& counts,
                                              const std::string& key);

}  // namespace hod::env
