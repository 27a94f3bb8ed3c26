// Game settings as JSON, in the keys of the recorded traces.
#pragma once

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "env/base/json_object_reader.h"
#include "env/game/config.h"

namespace hod::env {

// A reward that is a schedule is written as [[timestep, value], ...], a constant as a number.
nlohmann::json ToJson(const GameConfig& config);

// Every key of ToJson() is required, and no other is allowed. The result is valid
// (env::Validate). Errors name the key and what was expected.
absl::StatusOr<GameConfig> GameConfigFromJson(const nlohmann::json& json);

// Reads the key "world_size": [w, h, d], any integers.
void ReadWorldSize(JsonObjectReader& reader, WorldSize& size);

}  // namespace hod::env
