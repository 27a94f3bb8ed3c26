#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/recordings/human_lines.h"
#include "env/recordings/human_observation.h"
#include "env/traces/config_json.h"
#include "env/traces/trace_reader.h"

namespace hod::env {
namespace {

using nlohmann::json;

constexpr int kMaxSteps = 100'000'000;
constexpr int kBuilder = 1;  // The one of several players who knows the goal.

absl::Status Malformed(const std::string& what) { return absl::InvalidArgumentError(what); }

// The settings; the header has the extents of the world as well.
absl::Status ReadSettings(const json& object, bool tutorial, GameConfig& config) {
  JsonObjectReader reader(object, "config");
  int num_players = 0;
  double place_wrong = 0, own_reward_prop = 0;
  reader.Read("num_players", 1, 8, num_players);
  reader.Read("teleportation", config.abilities.teleportation);
  reader.Read("flying", config.abilities.flying);
  reader.Read("inf_blocks", config.abilities.inf_blocks);
  reader.Read("place_wrong_reward", place_wrong);
  const json* is_human = reader.Find("is_human");
  if (is_human != nullptr && *is_human != json(std::vector<bool>(num_players, true))) {
    reader.Fail(reader.Path("is_human"), "true for every player");
  }
  int num_flat_actions = 0;
  if (!tutorial) {
    WorldSize size;
    double noop_delay = 0;
    ReadWorldSize(reader, size);
    if (!(size == config.size)) reader.Fail(reader.Path("world_size"), "that of the header");
    reader.Read("own_reward_prop", own_reward_prop);
    reader.Read("noop_action_delay_s", noop_delay);
    reader.Read("num_flat_actions", 0, INT32_MAX, num_flat_actions);
  }
  if (config.abilities.teleportation) reader.Fail(reader.Path("teleportation"), "false");
  if (config.abilities.inf_blocks == tutorial) {
    reader.Fail(reader.Path("inf_blocks"), "false in a tutorial, else true");
  }
  RETURN_IF_ERROR(reader.Finish());

  PlayerConfig player;
  player.is_human = true;
  player.rewards.place_wrong = place_wrong;
  player.rewards.own_reward_prop = own_reward_prop;
  config.players.assign(num_players, player);
  for (int p = 0; p < num_players; ++p) {
    config.players[p].goal_visible = num_players == 1 || p == kBuilder;
  }
  config.random_start_locations = false;
  config.terminate_on_goal_completion = false;
  RETURN_IF_ERROR(Validate(config));
  const int expected = ActionSpace(config).num_actions();
  if (!tutorial && num_flat_actions != expected) {
    return Malformed(
        absl::StrCat("config.num_flat_actions: expected ", expected, ", got ", num_flat_actions));
  }
  return absl::OkStatus();
}

// `viewer` is the player whose timeline it is, or -1 for all.
absl::StatusOr<RecordingKind> TimelineOf(bool tutorial, int viewer, int num_players) {
  if (viewer >= num_players) {
    return Malformed(absl::StrCat("view_player: expected -1 to ", num_players - 1));
  }
  if (tutorial && num_players > 1) return Malformed("config.num_players: expected 1");
  if (tutorial) return RecordingKind::kTutorial;
  if (viewer < 0) return RecordingKind::kJoint;
  return num_players == 1 ? RecordingKind::kAlone : RecordingKind::kView;
}

// What the first row observes: the untouched world, and what has been done to it since.
absl::StatusOr<State> ReadStart(JsonObjectReader& reader, const Game& game, bool tutorial) {
  const WorldSize& size = game.size();
  const json* current_blocks = reader.Find("current_blocks");
  if (current_blocks == nullptr) return reader.Finish();
  ASSIGN_OR_RETURN(auto blocks, BlocksFromJson(size, *current_blocks, "current_blocks"));
  Rng unused;  // Nothing about this start is random.
  State state = game.Reset(unused);
  IndexedValues changes;
  for (int i = 0; i < size.Volume(); ++i) {
    if (state.blocks[i] != blocks[i]) changes.emplace_back(i, blocks[i]);
  }
  absl::StatusOr<IndexedValues> interacted = IndexedValues();
  if (!tutorial) {
    interacted =
        ReadIndexedValues(reader, "last_interacted", size.Volume(), 0, game.num_players() - 1);
    RETURN_IF_ERROR(interacted.status());
  }
  RETURN_IF_ERROR(ApplyChanges(changes, *interacted, 0, state));
  RETURN_IF_ERROR(ReadFeet(reader, size, state));
  if (tutorial) {
    const json* carried = reader.Find("inventory");
    if (carried == nullptr) return reader.Finish();
    ASSIGN_OR_RETURN(const auto counts, CountsFromJson(*carried, "inventory"));
    ASSIGN_OR_RETURN(const auto inventory, InventoryFromCounts(counts, "inventory"));
    state.players[0].inventory = inventory;
  }
  UpdateDerived(game, state);
  return state;
}

}  // namespace

absl::StatusOr<HumanEpisode> HumanEpisodeFromJson(const json& line) {
  JsonObjectReader reader(line, "");
  const bool tutorial = !reader.Has("view_player");
  GameConfig config;
  int viewer = 0, num_rows = 0, num_steps = 0;
  if (!tutorial) reader.Read("view_player", -1, 7, viewer);
  reader.Read("num_rows", 1, kMaxSteps, num_rows);
  num_steps = num_rows;
  if (tutorial) reader.Read("env_steps", 1, kMaxSteps, num_steps);
  config.horizon = num_steps + 1;
  ReadWorldSize(reader, config.size);
  const json* settings = reader.Find("config");
  const json* goal_blocks = reader.Find("goal_blocks");
  const json* names = reader.Find("block_names");
  if (names != nullptr && *names != json(kBlockNames)) {
    reader.Fail("block_names", "the names of the blocks in order of their ids");
  }
  if (!reader.ok()) return reader.Finish();
  RETURN_IF_ERROR(ReadSettings(*settings, tutorial, config));
  ASSIGN_OR_RETURN(auto timeline, TimelineOf(tutorial, viewer, config.num_players()));
  ASSIGN_OR_RETURN(auto goal, BlocksFromJson(config.size, *goal_blocks, "goal_blocks"));

  HumanEpisode episode(Game(std::move(config), std::move(goal)));
  episode.timeline = timeline;
  episode.viewer = viewer;
  episode.num_rows = num_rows;
  ASSIGN_OR_RETURN(auto start, ReadStart(reader, episode.game, tutorial));
  episode.start = std::move(start);
  reader.Read("episode", episode.name);
  reader.Read("participant_id", 0, INT32_MAX, episode.participant);
  if (tutorial) {
    reader.Read("cumulative_reward", episode.total_reward.emplace());
  } else {
    const int volume = episode.game.size().Volume();
    reader.Read("final_goal_matches", 0, volume, episode.final_matches.emplace());
    reader.Read("needed_reward", 0, 2 * volume, episode.needed_reward.emplace());
  }
  int index;
  std::string label;
  reader.Read("index", 0, INT32_MAX, index);
  reader.Read("split", label);
  if (tutorial) reader.Read("source", label);
  for (const char* key : {"house_id", "episode_dir", "start_time"}) {
    if (!tutorial) reader.Read(key, label);
  }
  const bool has_rllib_id = !tutorial && viewer >= 0;
  if (has_rllib_id) reader.Read("eps_id_rllib", label);
  RETURN_IF_ERROR(reader.Finish());
  return episode;
}

}  // namespace hod::env
