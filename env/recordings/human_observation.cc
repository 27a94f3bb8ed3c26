#include "env/recordings/human_observation.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod::env {
namespace {

using nlohmann::json;

absl::Status Malformed(const std::string& what) { return absl::InvalidArgumentError(what); }

}  // namespace

absl::StatusOr<IndexedValues> ReadIndexedValues(JsonObjectReader& reader, const char* key, int end,
                                                int lo, int hi) {
  IndexedValues values;
  const json* array = reader.Find(key);
  if (array == nullptr) return values;
  if (!array->is_array()) return Malformed(absl::StrCat(key, ": expected an array"));
  for (const json& entry : *array) {
    const std::string where = absl::StrCat(key, "[", values.size(), "]");
    if (!entry.is_array() || entry.size() != 2) {
      return Malformed(where + ": expected [index, value]");
    }
    ASSIGN_OR_RETURN(const auto index,
                     IntegerFromJson(entry[0], values.empty() ? 0 : values.back().first + 1,
                                     end - 1, where + ": index"));
    ASSIGN_OR_RETURN(const auto value, IntegerFromJson(entry[1], lo, hi, where + ": value"));
    values.emplace_back(static_cast<int>(index), static_cast<int>(value));
  }
  return values;
}

absl::Status ReadFeet(JsonObjectReader& reader, const WorldSize& size, State& state) {
  const json* locations = reader.Find("player_locations");
  if (locations == nullptr) return absl::OkStatus();
  if (!locations->is_array() || locations->size() != state.players.size()) {
    return Malformed(absl::StrCat("player_locations: expected one for each of ",
                                  state.players.size(), " players"));
  }
  for (size_t p = 0; p < locations->size(); ++p) {
    const json& cell = (*locations)[p];
    const std::string where = absl::StrCat("player_locations[", p, "]");
    if (!cell.is_array() || cell.size() != 3) return Malformed(where + ": expected [x, y, z]");
    Cell& feet = state.players[p].feet;
    int* const coordinates[] = {&feet.x, &feet.y, &feet.z};
    const int extents[] = {size.w, size.h, size.d};
    for (int k = 0; k < 3; ++k) {
      ASSIGN_OR_RETURN(const auto number, IntegerFromJson(cell[k], 0, extents[k] - 1, where));
      *coordinates[k] = static_cast<int>(number);
    }
  }
  return absl::OkStatus();
}

absl::Status ApplyChanges(const IndexedValues& blocks, const IndexedValues& last_interacted,
                          int timestep, State& state) {
  for (const auto& [location, player] : last_interacted) {
    if (state.last_interacted[location] == player) {
      return Malformed(absl::StrCat("last_interacted_changed: expected changes, voxel ", location,
                                    " has ", player, " already"));
    }
    state.last_interacted[location] = static_cast<int8_t>(player);
    state.interacted_at[location] = timestep;
  }
  for (const auto& [location, block] : blocks) {
    const Block before = state.blocks[location];
    if (before == block) {
      return Malformed(absl::StrCat("changed_blocks: expected changes, voxel ", location, " holds ",
                                    block, " already"));
    }
    state.blocks[location] = static_cast<Block>(block);
    const int player = state.last_interacted[location];
    if (player == kNobody) continue;
    state.interacted_at[location] = timestep;
    if (block == kAir) {
      state.broken[player * state.blocks.size() + location] |= BlockSet{1} << before;
    }
  }
  return absl::OkStatus();
}

void UpdateDerived(const Game& game, State& state) {
  const auto before = state.players;
  state = game.Begin(std::move(state));
  for (int p = 0; p < game.num_players(); ++p) {
    PlayerState& player = state.players[p];
    player.initial_similarity = before[p].initial_similarity;
    player.best_percentage = std::max(before[p].best_percentage, game.GoalPercentage(state, p));
  }
}

}  // namespace hod::env
