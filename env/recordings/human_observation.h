// What recordings of people observe, as states of the game: parts of lines, and what they change.
#pragma once

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/base/json_object_reader.h"
#include "env/game/game.h"

namespace hod::env {

using IndexedValues = std::vector<std::pair<int, int>>;

// [[index, value], ...] with ascending indices below `end` and values from `lo` to `hi`; nothing
// where the reader lacks the key. Errors name the key and the entry.
absl::StatusOr<IndexedValues> ReadIndexedValues(JsonObjectReader& reader, const char* key, int end,
                                                int lo, int hi);

// The key "player_locations": [x, y, z] of every player's feet.
absl::Status ReadFeet(JsonObjectReader& reader, const WorldSize& size, State& state);

// Changes blocks and who interacted last, [location, new value]. Also keeps `interacted_at` and
// `broken`: a change is the deed of whom it leaves as the last, at `timestep`. Values that change
// nothing are errors.
absl::Status ApplyChanges(const IndexedValues& blocks, const IndexedValues& last_interacted,
                          int timestep, State& state);

// Fills in what follows from the world. Similarities stay relative to where they were measured
// from.
void UpdateDerived(const Game& game, State& state);

}  // namespace hod::env
