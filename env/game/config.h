// The settings of a game: world size, players, abilities, rewards.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "env/game/geometry.h"
#include "env/game/schedule.h"

namespace hod::env {

// One player's reward settings at one moment of training (rules, "Rewards").
struct Rewards {
  double noop = 0.0;              // Added when the action had no effect.
  double action = 0.0;            // Added when it had one.
  double incorrect_action = 0.0;  // Added to an effective place or break that does not help.
  double place_wrong = -1.0;      // Similarity of a wrong block where some block belongs.
  double own_reward_prop = 0.0;   // 0: the sum over all players is everybody's reward; 1: own only.
  double get_resources = 0.0;     // Per new kind of block taken from the palette (finite blocks).
};

// The same, each value a schedule over the global training timestep.
struct RewardSchedules {
  Schedule noop, action, incorrect_action, place_wrong = -1.0, own_reward_prop, get_resources;
  Rewards At(int64_t global_timestep) const;
};

struct PlayerConfig {
  bool goal_visible = true;  // Whether the observation holds the goal.
  bool is_human = false;     // Actions come from a recorded or live person and are trusted.
  int timestep_skip = 1;     // Acts only when timestep % timestep_skip == 0.
  RewardSchedules rewards;
};

struct Abilities {
  bool teleportation = false;  // No bodies: a player acts from wherever the target can be seen.
  bool flying = true;          // The rules know no gravity; false is refused.
  bool inf_blocks = true;      // Else blocks are taken from a palette and carried in inventories.
};

struct GameConfig {
  WorldSize size;
  int horizon = 1500;  // Timesteps of an episode.
  bool random_start_locations = true;
  bool randomize_first_episode_length = false;
  bool terminate_on_goal_completion = true;
  std::optional<int> truncate_on_no_progress_timesteps;
  Abilities abilities;
  std::vector<PlayerConfig> players = std::vector<PlayerConfig>(2);

  int num_players() const { return static_cast<int>(players.size()); }
};

inline constexpr int kMinWorldExtent = 4;
inline constexpr int kMaxWorldExtent = 64;
inline constexpr double kMaxReward = 1e6;  // So that no sum of rewards overflows.

// Names the setting that is out of range and its range.
absl::Status Validate(const GameConfig& config);

}  // namespace hod::env
