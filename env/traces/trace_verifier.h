// Replays recorded episodes through the rules and compares everything the record holds.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/game/game.h"

namespace hod::env {

struct VerifyReport {
  int64_t episodes = 0;
  int64_t steps = 0;
  std::optional<std::string> first_difference;  // File, line, episode, key, expected and actual.
};

// A file that cannot be read or is malformed is an error; one that disagrees with the rules is a
// report with a difference, and verification stops there.
absl::StatusOr<VerifyReport> VerifyEpisodes(const std::string& path);

// The state that a line of a recorded trace or search describes: `json` needs current_blocks,
// player_locations (null with teleportation), timestep, and may have last_interacted. Inventories
// stay empty. Ranges are checked against `game`.
absl::StatusOr<State> StateFromJson(const Game& game, const nlohmann::json& json);

// A flat array of block ids of the world's volume; errors name `key`.
absl::StatusOr<std::vector<Block>> BlocksFromJson(const WorldSize& size, const nlohmann::json& json,
                                                  const char* key);

}  // namespace hod::env
