#include "env/traces/trace_verifier.h"

#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "env/traces/compare_json.h"
#include "env/traces/config_json.h"
#include "env/traces/episode_trace.h"
#include "env/traces/gzip_lines.h"

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
    const int block = slots[i].at(0).get<int>(), count = slots[i].at(1).get<int>();
    if (block < 0 || block >= kNumBlocks || count < 0 || count > Inventory::kStack) {
      return Malformed(absl::StrCat("inventories: slot ", i, " holds ", slots[i].dump()));
    }
    inventory.slots()[i] = {static_cast<Block>(block), static_cast<uint8_t>(count)};
  }
  return inventory;
}

absl::StatusOr<Action> ActionFromJson(const json& tuple) {
  if (!tuple.is_array() || tuple.size() != 3)
    return Malformed("actions: expected [type, loc, block]");
  const int64_t type = tuple[0].get<int64_t>(), location = tuple[1].get<int64_t>(),
                block = tuple[2].get<int64_t>();
  if (type < 0 || type >= kNumActionTypes || location < 0 || location > INT32_MAX || block < 0 ||
      block >= kNumBlocks) {
    return Malformed(absl::StrCat("actions: out of range: ", tuple.dump()));
  }
  return Action{static_cast<ActionType>(type), static_cast<int>(location),
                static_cast<Block>(block)};
}

// One episode as it is being replayed.
class Episode {
 public:
  static absl::StatusOr<std::unique_ptr<Episode>> Start(const json& line,
                                                        std::optional<std::string>& difference) {
    absl::StatusOr<GameConfig> config = GameConfigFromJson(line.at("config"));
    if (!config.ok()) return config.status();
    auto goal = BlocksFromJson(config->size, line.at("goal_blocks"), "goal_blocks");
    if (!goal.ok()) return goal.status();
    std::unique_ptr<Episode> episode(new Episode(*std::move(config), *std::move(goal)));
    const Game& game = episode->game_;
    absl::StatusOr<State> state = StateFromJson(game, line);
    if (!state.ok()) return state.status();
    const json& inventories = line.at("inventories");
    if (!inventories.is_array() || static_cast<int>(inventories.size()) != game.num_players()) {
      return Malformed("inventories: expected one per player");
    }
    for (int p = 0; p < game.num_players(); ++p) {
      auto inventory = InventoryFromJson(inventories[p]);
      if (!inventory.ok()) return inventory.status();
      state->players[p].inventory = *inventory;
    }
    episode->state_ = game.Begin(*std::move(state));
    const json actual = episode->trace_.Reset(episode->state_, line.at("name").get<std::string>(),
                                              line.at("seed").get<int64_t>());
    difference = FirstDifference(line, actual, "");
    return episode;
  }

  absl::StatusOr<std::optional<std::string>> Step(const json& line) {
    const json& tuples = line.at("actions");
    if (!tuples.is_array()) return Malformed("actions: expected an array");
    std::vector<Action> actions;
    for (const json& tuple : tuples) {
      absl::StatusOr<Action> action = ActionFromJson(tuple);
      if (!action.ok()) return action.status();
      actions.push_back(*action);
    }
    absl::Status in_range = game_.CheckActions(actions);
    if (!in_range.ok()) return in_range;
    for (const Action& action : actions) {
      if (!game_.actions().Has(action.type)) {
        return Malformed(
            absl::StrCat("actions: this game has no action type ", static_cast<int>(action.type)));
      }
    }
    const StepOutcome outcome = game_.Step(state_, actions);
    const json& masks = line.at("mask_crc32");
    const TraceDetail detail = {.valid_actions = line.contains("valid_actions"),
                                .inventories = line.contains("inventories"),
                                .mask_los = !masks.at(1).is_null()};
    done_ = outcome.done();
    return FirstDifference(line, trace_.Step(actions, outcome, state_, detail), "");
  }

  bool done() const { return done_; }

 private:
  Episode(GameConfig config, std::vector<Block> goal)
      : game_(std::move(config), std::move(goal)), trace_(&game_) {}

  Game game_;
  EpisodeTrace trace_;
  State state_;
  bool done_ = false;
};

// Replays the lines of one file.
class EpisodeVerifier {
 public:
  absl::Status Line(const json& line) {
    if (!line.is_object()) return Malformed("expected an object");
    const std::string type = line.at("type").get<std::string>();
    if (type == "reset") {
      label_ = absl::StrCat("episode ", line.at("name").get<std::string>(), " seed ",
                            line.at("seed").get<int64_t>());
      where_ = "reset";
      auto episode = Episode::Start(line, report.first_difference);
      if (!episode.ok()) return episode.status();
      episode_ = *std::move(episode);
      ++report.episodes;
      return absl::OkStatus();
    }
    if (type != "step") return Malformed("type: expected reset or step, got " + type);
    if (episode_ == nullptr) return Malformed("a step before the first reset");
    if (episode_->done()) return Malformed("a step after the end of the episode");
    where_ = absl::StrCat("t ", line.at("t").get<int64_t>());
    auto difference = episode_->Step(line);
    if (!difference.ok()) return difference.status();
    report.first_difference = *std::move(difference);
    ++report.steps;
    return absl::OkStatus();
  }

  bool MidEpisode() const { return episode_ != nullptr && !episode_->done(); }
  std::string Where() const { return absl::StrCat(label_, ", ", where_); }

  VerifyReport report;

 private:
  std::unique_ptr<Episode> episode_;
  std::string label_, where_;
};

}  // namespace

absl::StatusOr<std::vector<Block>> BlocksFromJson(const WorldSize& size, const json& array,
                                                  const char* key) {
  if (!array.is_array() || static_cast<int>(array.size()) != size.Volume()) {
    return Malformed(absl::StrCat(key, ": expected ", size.Volume(), " block ids"));
  }
  std::vector<Block> blocks(array.size());
  for (size_t i = 0; i < array.size(); ++i) {
    const int64_t id = array[i].get<int64_t>();
    if (id < 0 || id >= kNumBlocks) {
      return Malformed(
          absl::StrCat(key, "[", i, "]: expected 0 to ", kNumBlocks - 1, ", got ", id));
    }
    blocks[i] = static_cast<Block>(id);
  }
  return blocks;
}

absl::StatusOr<State> StateFromJson(const Game& game, const json& line) {
  State state;
  auto blocks = BlocksFromJson(game.size(), line.at("current_blocks"), "current_blocks");
  if (!blocks.ok()) return blocks.status();
  state.blocks = *std::move(blocks);
  state.players.resize(game.num_players());
  state.timestep = line.at("timestep").get<int>();
  if (state.timestep < 0) return Malformed("timestep: expected at least 0");

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
                                      locations[p].dump()));
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
      const int64_t player = entry.get<int64_t>();
      if (player < kNobody || player >= game.num_players()) {
        return Malformed(absl::StrCat("last_interacted: no player ", player));
      }
      state.last_interacted.push_back(static_cast<int8_t>(player));
    }
  }
  return state;
}

absl::StatusOr<VerifyReport> VerifyEpisodes(const std::string& path) {
  absl::StatusOr<GzipLineReader> reader = GzipLineReader::Open(path);
  if (!reader.ok()) return reader.status();
  EpisodeVerifier verifier;
  std::string text;
  const auto at_line = [&](const std::string& what) {
    return absl::StrCat(path, ": line ", reader->line_number(), ": ", what);
  };
  for (;;) {
    absl::StatusOr<bool> more = reader->Next(text);
    if (!more.ok()) return more.status();
    if (!*more) break;
    try {  // nlohmann::json reports missing keys and wrong types by exceptions.
      absl::Status status = verifier.Line(json::parse(text));
      if (!status.ok()) return absl::Status(status.code(), at_line(std::string(status.message())));
    } catch (const json::exception& error) {
      return absl::InvalidArgumentError(at_line(error.what()));
    }
    if (verifier.report.first_difference) {
      verifier.report.first_difference =
          at_line(absl::StrCat(verifier.Where(), ": ", *verifier.report.first_difference));
      return verifier.report;
    }
  }
  if (verifier.MidEpisode()) {
    return absl::DataLossError(at_line("the file ends in the middle of an episode"));
  }
  if (verifier.report.episodes == 0) return absl::DataLossError(at_line("no episode in this file"));
  return verifier.report;
}

}  // namespace hod::env
