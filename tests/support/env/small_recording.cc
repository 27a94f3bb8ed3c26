#include "tests/support/env/small_recording.h"

#include <cmath>
#include <utility>

#include "env/game/action_mask.h"

namespace hod::env {
namespace {

using nlohmann::json;

constexpr WorldSize kSize = kSmallSize;
constexpr int kViewer = 1;

using Event = ScriptedEvent;

int At(int x, int y, int z) { return kSize.Index({x, y, z}); }
Event Place(int player, int location, Block block) {
  return {player, {ActionType::kPlace, location, block}};
}
Event Break(int player, int location) { return {player, {ActionType::kBreak, location}}; }
Event Move(int player, ActionType type) { return {player, {type}}; }
Event Appears(int location, Block block) { return {0, {}, location, block}; }

// `other` is the second player, or the first again.
std::vector<Event> Script(RecordingKind timeline, int other) {
  if (timeline == RecordingKind::kTutorial) {
    return {Break(0, At(1, 1, 1)),          Break(0, At(5, 2, 3)),
            Move(0, ActionType::kMovePosX), Place(0, At(1, 1, 1), 5),
            Move(0, ActionType::kMovePosY), Place(0, At(4, 2, 4), 2),
            Break(0, At(4, 2, 4))};
  }
  const Event wait = {other, {}};
  return {wait,
          wait,
          Break(other, At(1, 1, 1)),
          Move(other, ActionType::kMovePosX),
          wait,
          Place(other, At(1, 1, 1), kPlanks),
          Place(0, At(2, 1, 2), kWool),
          Appears(At(3, 2, 3), kGlass),
          Move(other, ActionType::kMovePosZ),
          Place(other, At(3, 2, 3), kGlass),
          Break(0, At(2, 1, 2)),
          wait,
          Place(other, At(4, 2, 1), kLog),
          Appears(At(0, 4, 5), kStone),
          Break(other, At(4, 2, 1)),
          Move(0, ActionType::kMovePosY)};
}

// Bit by bit, unlike zlib's.
uint32_t Crc32(const std::vector<uint8_t>& bytes) {
  uint32_t crc = ~0u;
  for (const uint8_t byte : bytes) {
    crc ^= byte;
    for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0u);
  }
  return ~crc;
}

json Mask(const Game& game, const State& state, int player, const Action& action) {
  const std::vector<uint8_t> plain = ActionMask(game, state, player, false);
  const std::vector<uint8_t> los = ActionMask(game, state, player, true);
  std::vector<uint8_t> bytes((los.size() + 7) / 8, 0);
  int num_plain = 0, num_los = 0;
  for (size_t i = 0; i < los.size(); ++i) {
    num_plain += plain[i];
    num_los += los[i];
    if (los[i]) bytes[i / 8] |= static_cast<uint8_t>(1 << (7 - i % 8));
  }
  return {los[game.actions().Flatten(action)], num_plain, num_los, Crc32(bytes)};
}

GameConfig ConfigOf(RecordingKind timeline) {
  GameConfig config;
  config.size = kSize;
  config.random_start_locations = config.terminate_on_goal_completion = false;
  config.abilities.inf_blocks = timeline != RecordingKind::kTutorial;
  const bool two = timeline == RecordingKind::kView || timeline == RecordingKind::kJoint;
  config.players.resize(two ? 2 : 1);
  for (PlayerConfig& player : config.players) {
    player.is_human = true;
    if (!config.abilities.inf_blocks) player.rewards.place_wrong = 0.0;
  }
  return config;
}

json Header(const Game& game, const State& state, RecordingKind timeline) {
  const bool tutorial = timeline == RecordingKind::kTutorial;
  const std::vector<int> goal(game.goal().begin(), game.goal().end());
  const std::vector<int> blocks(state.blocks.begin(), state.blocks.end());
  json header = {{"episode", "small/00"},      {"index", 0},
                 {"split", "small"},           {"participant_id", 3},
                 {"block_names", kBlockNames}, {"goal_blocks", goal},
                 {"current_blocks", blocks},   {"world_size", {kSize.w, kSize.h, kSize.d}}};
  json& config = header["config"] = {{"num_players", game.num_players()},
                                     {"teleportation", false},
                                     {"flying", true},
                                     {"inf_blocks", !tutorial},
                                     {"is_human", std::vector<bool>(game.num_players(), true)},
                                     {"place_wrong_reward", tutorial ? 0 : -1}};
  for (const PlayerState& player : state.players) {
    header["player_locations"].push_back({player.feet.x, player.feet.y, player.feet.z});
  }
  if (tutorial) {
    header["source"] = "here";
    header["env_steps"] = 1000;
    header["inventory"] = std::vector<int>(kNumBlocks, 0);
    return header;
  }
  config["world_size"] = header["world_size"];
  config["own_reward_prop"] = 0;
  config["noop_action_delay_s"] = 0.8;
  config["num_flat_actions"] = game.actions().num_actions();
  for (const char* key : {"house_id", "episode_dir", "start_time"}) header[key] = "x";
  header["last_interacted"] = json::array();
  header["view_player"] = timeline == RecordingKind::kJoint  ? -1
                          : timeline == RecordingKind::kView ? kViewer
                                                             : 0;
  if (timeline != RecordingKind::kJoint) header["eps_id_rllib"] = "1";
  header["needed_reward"] =
      static_cast<int>(game.size().Volume() - state.players[0].initial_similarity);
  return header;
}

template <typename T>
json Changes(const std::vector<T>& before, const std::vector<T>& after) {
  json changes = json::array();
  for (size_t i = 0; i < after.size(); ++i) {
    if (before[i] != after[i]) changes.push_back({i, static_cast<int>(after[i])});
  }
  return changes;
}

json Tuple(const Action& action) {
  return {static_cast<int>(action.type), action.location, action.block};
}

// What holds the change between the observations of two rows, and the row's own.
json Row(const Game& game, const State& before, const State& state, double seconds,
         RecordingKind timeline) {
  json row = {{"changed_blocks", Changes(before.blocks, state.blocks)},
              {"last_interacted_changed", Changes(before.last_interacted, state.last_interacted)},
              {"goal_matches", state.num_matches}};
  for (const PlayerState& player : state.players) {
    row["player_locations"].push_back({player.feet.x, player.feet.y, player.feet.z});
  }
  if (timeline == RecordingKind::kTutorial) {
    const auto counts_before = before.players[0].inventory.CountAll();
    const auto counts = state.players[0].inventory.CountAll();
    row["inventory_changed"] = Changes(std::vector<int>(counts_before.begin(), counts_before.end()),
                                       std::vector<int>(counts.begin(), counts.end()));
    row["time"] = "2023-07-18T22:41:39.088812";
  } else {
    row["time"] = seconds;
    row["goal_percentage"] = std::round(game.GoalPercentage(state, 0) * 1e6) / 1e6;
  }
  return row;
}

void AddActions(const Game& game, const Event& event, RecordingKind timeline, json& row) {
  for (int p = 0; p < game.num_players(); ++p) {
    const Action action = p == event.player ? event.action : Action{};
    const bool known = timeline != RecordingKind::kView || p == kViewer;
    row["actions"].push_back(known ? Tuple(action) : json());
    if (timeline == RecordingKind::kTutorial) continue;
    row["flat_actions"].push_back(known ? json(game.actions().Flatten(action)) : json());
  }
}

// Similarity that the action brought, with 0 for wrong blocks.
double Gain(const Game& game, const State& before, const State& after, const Action& action) {
  if (!HasLocation(action.type)) return 0;
  const int i = action.location;
  return Game::Similarity(after.blocks[i], game.goal()[i], 0) -
         Game::Similarity(before.blocks[i], game.goal()[i], 0);
}

}  // namespace

std::vector<json> ScriptedRecording(RecordingKind timeline, const std::vector<Event>& script) {
  const GameConfig config = ConfigOf(timeline);
  std::vector<Block> house(8, kPlanks);
  house[0] = kAir;
  const Game game(config, GoalFromHouse(config, {2, 2, 2}, house));
  Rng rng;
  State state = game.Reset(rng);
  std::vector<json> lines = {Header(game, state, timeline)};
  const bool own_view = timeline == RecordingKind::kAlone || timeline == RecordingKind::kView;
  const bool syncs = timeline == RecordingKind::kAlone || timeline == RecordingKind::kJoint;
  State before = state;
  json synced = json::array();
  size_t wait_begin = 1;  // The line of the first row since the last action.
  double total_reward = 0;
  int t = 0;
  std::vector<int> view_rows(config.num_players());
  for (const Event& event : script) {
    if (event.appears_at >= 0) {
      state.blocks[event.appears_at] = event.block;
      auto players = state.players;
      state = game.Begin(std::move(state));
      state.players = players;
      synced.push_back({event.appears_at, event.block});
      continue;
    }
    const bool noop = event.action == Action{};
    std::vector<Action> actions(config.num_players());
    actions[event.player] = event.action;
    const State observed = state;
    const StepOutcome outcome = game.Step(state, actions);
    const int view_row = view_rows[event.player]++;
    if (timeline == RecordingKind::kJoint && noop) continue;
    if (timeline == RecordingKind::kView && event.player != kViewer) continue;
    json row = Row(game, before, observed, event.seconds, timeline);
    AddActions(game, event, timeline, row);
    row["t"] = timeline == RecordingKind::kTutorial ? 10 * t : t;
    const double reward = outcome.players[0].reward;
    total_reward += reward;
    row["rewards"] = std::vector<double>(timeline == RecordingKind::kJoint ? 2 : 1, reward);
    const size_t line = lines.size();
    if (own_view) {
      row["mask"] = Mask(game, observed, event.player, event.action);
      row["obs_timestep"] = static_cast<int>(wait_begin) - 1;
      row["rewards"] = {0.0};
      if (!noop) {
        const double gain = Gain(game, observed, state, event.action);
        row["info"] = {{"goal_similarity", static_cast<double>(outcome.goal_similarity)},
                       {"own_reward", gain},
                       {"goal_dependent_reward", gain},
                       {"action_correct", outcome.players[event.player].correct}};
      }
    } else if (timeline == RecordingKind::kTutorial) {
      row["obs_timestep"] = row["t"];
    } else {
      row["actor"] = event.player;
      row["view_row"] = view_row;
      row["action_correct"] = outcome.players[event.player].correct;
    }
    if (syncs) row["sync_blocks"] = std::exchange(synced, json::array());
    lines.push_back(std::move(row));
    if (!noop) {
      if (own_view) lines[wait_begin]["rewards"] = {reward};
      wait_begin = line + 1;
    }
    before = observed;
    ++t;
    if (timeline != RecordingKind::kTutorial)
      lines[0]["final_goal_matches"] = outcome.goal_similarity;
  }
  if (timeline == RecordingKind::kTutorial) {
    json row = Row(game, before, state, 0, timeline);
    AddActions(game, {}, timeline, row);
    row["t"] = row["obs_timestep"] = 1000;
    row["rewards"] = {0.0};
    row["final"] = true;
    row["time"] = nullptr;
    lines.push_back(std::move(row));
    lines[0]["cumulative_reward"] = total_reward;
  }
  lines[0]["num_rows"] = lines.size() - 1;
  return lines;
}

std::vector<json> SmallRecording(RecordingKind timeline) {
  const bool two = timeline == RecordingKind::kView || timeline == RecordingKind::kJoint;
  std::vector<Event> script = Script(timeline, two ? 1 : 0);
  double seconds = 0;
  for (Event& event : script) {
    event.seconds = seconds += event.action == Action{} ? 0.8 : 0.1;
  }
  return ScriptedRecording(timeline, script);
}

}  // namespace hod::env
