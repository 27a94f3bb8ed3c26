#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/recordings/human_lines.h"
#include "env/recordings/human_observation.h"
#include "env/traces/trace_reader.h"

namespace hod::env {
namespace {

using nlohmann::json;

absl::Status Malformed(const std::string& what) { return absl::InvalidArgumentError(what); }

constexpr int kMaxCarried = Inventory::kSlots * Inventory::kStack;

}  // namespace

std::vector<Action> HumanRow::KnownActions() const {
  std::vector<Action> known;
  for (const auto& action : actions) known.push_back(action.value_or(Action{}));
  return known;
}

HumanRowReader::HumanRowReader(const HumanEpisode* episode) : episode_(episode) {
  row_.state = episode->start;
  row_.t = -1;
}

absl::Status HumanRowReader::Read(const json& line) {
  JsonObjectReader reader(line, "");
  const bool tutorial = Is(RecordingKind::kTutorial);
  const auto next = row_.t + 1;
  int t = 0, timestep = 0;
  reader.Read("t", next, tutorial ? episode_->game.config().horizon - 1 : next, t);
  timestep = t;
  if (!Is(RecordingKind::kJoint)) reader.Read("obs_timestep", row_.state.timestep, t, timestep);
  if (!reader.ok()) return reader.Finish();
  RETURN_IF_ERROR(ReadState(reader));
  row_.t = t;
  row_.state.timestep = timestep;

  row_.final = false;
  if (tutorial && rows_read_ + 1 == episode_->num_rows) {
    reader.Read("final", row_.final);
    if (!row_.final) reader.Fail("final", "true in the last row");
  }
  RETURN_IF_ERROR(ReadActions(reader));
  ReadRewards(reader);
  ReadSeconds(reader);
  reader.Read("goal_matches", 0, episode_->game.size().Volume(), row_.matches);
  if (!tutorial) reader.Read("goal_percentage", row_.goal_percentage.emplace());
  if (Is(RecordingKind::kAlone) || Is(RecordingKind::kView)) {
    ReadMask(reader);
    RETURN_IF_ERROR(ReadOutcome(reader));
  }
  if (Is(RecordingKind::kAlone) || Is(RecordingKind::kJoint)) {
    RETURN_IF_ERROR(ReadSynced(reader));
  }
  if (Is(RecordingKind::kJoint)) {
    reader.Read("action_correct", row_.correct.emplace());
    reader.Read("view_row", 0, INT32_MAX, row_.view_row.emplace());
  }
  ++rows_read_;
  return reader.Finish();
}

absl::Status HumanRowReader::ReadState(JsonObjectReader& reader) {
  const Game& game = episode_->game;
  const int volume = game.size().Volume();
  ASSIGN_OR_RETURN(auto blocks,
                   ReadIndexedValues(reader, "changed_blocks", volume, 0, kNumBlocks - 1));
  ASSIGN_OR_RETURN(auto interacted, ReadIndexedValues(reader, "last_interacted_changed", volume, 0,
                                                      game.num_players() - 1));
  if (rows_read_ == 0 && !(blocks.empty() && interacted.empty())) {
    return Malformed("changed_blocks, last_interacted_changed: expected none in the first row");
  }
  // The state still has the timestep of the row before: when the changes were made.
  RETURN_IF_ERROR(ApplyChanges(blocks, interacted, row_.state.timestep, row_.state));
  RETURN_IF_ERROR(ReadFeet(reader, game.size(), row_.state));
  if (Is(RecordingKind::kTutorial)) {
    ASSIGN_OR_RETURN(auto changes,
                     ReadIndexedValues(reader, "inventory_changed", kNumBlocks, 0, kMaxCarried));
    Inventory& inventory = row_.state.players[0].inventory;
    Inventory::Counts counts = inventory.CountAll();
    for (const auto& [block, count] : changes) counts[block] = count;
    ASSIGN_OR_RETURN(auto changed, InventoryFromCounts(counts, "inventory_changed"));
    inventory = changed;
  }
  UpdateDerived(game, row_.state);
  return absl::OkStatus();
}

absl::Status HumanRowReader::ReadActions(JsonObjectReader& reader) {
  const Game& game = episode_->game;
  const json* recorded = reader.Find("actions");
  if (recorded == nullptr) return absl::OkStatus();
  const int num_players = game.num_players();
  if (!recorded->is_array() || static_cast<int>(recorded->size()) != num_players) {
    return Malformed(absl::StrCat("actions: expected one for each of ", num_players, " players"));
  }
  if (Is(RecordingKind::kJoint)) {
    reader.Read("actor", 0, num_players - 1, row_.actor);
  } else {
    row_.actor = episode_->viewer;
  }
  json tuples = *recorded;
  for (int p = 0; p < num_players; ++p) {
    const bool known = !Is(RecordingKind::kView) || p == episode_->viewer;
    if (tuples[p].is_null() == known) {
      return Malformed(absl::StrCat("actions[", p, "]: expected ", known ? "an action" : "null"));
    }
    if (!known) tuples[p] = {0, 0, 0};
  }
  // The recorder of tutorials notes which block a break in the palette takes.
  Block taken = kAir;
  json& own = tuples[row_.actor];
  if (Is(RecordingKind::kTutorial) && own.is_array() && own.size() == 3 && own[0] == 2) {
    ASSIGN_OR_RETURN(auto block, IntegerFromJson(own[2], 0, kNumBlocks - 1, "actions[0]: block"));
    taken = static_cast<Block>(block);
    own[2] = 0;
  }
  auto actions = ActionsFromJson(game, tuples);
  RETURN_IF_ERROR(actions.status());
  const Action& action = (*actions)[row_.actor];
  if (taken != kAir && taken != row_.state.blocks[action.location]) {
    return Malformed(absl::StrCat("actions[0]: block: expected 0 or the ",
                                  kBlockNames[row_.state.blocks[action.location]],
                                  " that is broken"));
  }
  row_.actions.clear();
  for (int p = 0; p < num_players; ++p) {
    const bool known = !Is(RecordingKind::kView) || p == episode_->viewer;
    row_.actions.push_back(known ? std::optional((*actions)[p]) : std::nullopt);
    if (p != row_.actor && (*actions)[p] != Action{}) {
      return Malformed(absl::StrCat("actions[", p, "]: expected a noop beside the actor's action"));
    }
  }
  if (row_.final && !row_.is_noop())
    return Malformed("actions[0]: expected a noop in the last row");
  if (Is(RecordingKind::kTutorial)) return absl::OkStatus();

  json flat = json::array();
  for (const auto& a : row_.actions) flat.push_back(a ? json(game.actions().Flatten(*a)) : json());
  const json* recorded_flat = reader.Find("flat_actions");
  if (recorded_flat != nullptr && *recorded_flat != flat) {
    return Malformed(absl::StrCat("flat_actions: expected ", DumpJson(flat), " for these actions"));
  }
  return absl::OkStatus();
}

void HumanRowReader::ReadRewards(JsonObjectReader& reader) {
  const size_t count = Is(RecordingKind::kJoint) ? episode_->game.num_players() : 1;
  const json* rewards = reader.Find("rewards");
  if (rewards == nullptr) return;
  bool valid = rewards->is_array() && rewards->size() == count;
  row_.rewards.clear();
  for (size_t i = 0; i < count && valid; ++i) {
    valid = (*rewards)[i].is_number();
    if (valid) row_.rewards.push_back((*rewards)[i].get<double>());
  }
  if (!valid) reader.Fail("rewards", absl::StrCat("an array of ", count, " numbers"));
}

void HumanRowReader::ReadSeconds(JsonObjectReader& reader) {
  if (!Is(RecordingKind::kTutorial)) return reader.Read("time", row_.seconds);
  const json* text = reader.Find("time");
  if (text == nullptr || (text->is_null() && row_.final)) return;
  absl::Time time;
  std::string error;
  if (!text->is_string() ||
      !absl::ParseTime("%Y-%m-%dT%H:%M:%E*S", text->get<std::string>(), &time, &error)) {
    return reader.Fail("time", "a time as in \"2023-07-18T22:41:39.088812\"");
  }
  if (!began_) began_ = time;
  row_.seconds = absl::ToDoubleSeconds(time - *began_);
}

void HumanRowReader::ReadMask(JsonObjectReader& reader) {
  const json* recorded = reader.Find("mask");
  if (recorded == nullptr) return;
  const int64_t num_actions = episode_->game.actions().num_actions();
  const int64_t most[] = {1, num_actions, num_actions, UINT32_MAX};
  int64_t values[4];
  bool valid = recorded->is_array() && recorded->size() == 4;
  for (int k = 0; k < 4 && valid; ++k) {
    const auto value = IntegerFromJson((*recorded)[k], 0, most[k], "");
    valid = value.ok();
    if (valid) values[k] = *value;
  }
  if (!valid) {
    return reader.Fail("mask", "[valid, number of actions, number with line of sight, CRC-32]");
  }
  row_.mask = {.valid = values[0] == 1,
               .num_plain = static_cast<int>(values[1]),
               .num_los = static_cast<int>(values[2]),
               .los_crc32 = static_cast<uint32_t>(values[3])};
}

absl::Status HumanRowReader::ReadOutcome(JsonObjectReader& reader) {
  // What the person's client sent, as it came; `actions` holds what it amounted to.
  const json* raw = reader.FindOptional("human_actions");
  if (raw != nullptr && !raw->is_array()) reader.Fail("human_actions", "an array");
  row_.outcome.reset();
  if (!reader.ok() || row_.is_noop()) return absl::OkStatus();
  const json* info = reader.Find("info");
  if (info == nullptr) return absl::OkStatus();
  JsonObjectReader fields(*info, "info");
  RecordedOutcome& outcome = row_.outcome.emplace();
  double matches = 0;
  fields.Read("goal_similarity", matches);
  if (!(matches >= 0 && matches <= episode_->game.size().Volume() &&
        matches == std::floor(matches))) {
    fields.Fail(fields.Path("goal_similarity"), "a number of voxels");
  }
  outcome.matches = static_cast<int>(fields.ok() ? matches : 0);
  fields.Read("own_reward", outcome.own_reward);
  fields.Read("goal_dependent_reward", outcome.goal_dependent);
  fields.Read("action_correct", outcome.correct);
  return fields.Finish();
}

absl::Status HumanRowReader::ReadSynced(JsonObjectReader& reader) {
  ASSIGN_OR_RETURN(
      auto synced,
      ReadIndexedValues(reader, "sync_blocks", episode_->game.size().Volume(), 0, kNumBlocks - 1));
  if (rows_read_ == 0 && !synced.empty()) {
    return Malformed("sync_blocks: expected none in the first row");
  }
  row_.synced.emplace();
  for (const auto& [location, block] : synced) {
    row_.synced->emplace_back(location, static_cast<Block>(block));
  }
  return absl::OkStatus();
}

}  // namespace hod::env
