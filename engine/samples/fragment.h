// A piece of a played episode as self-play writes it and the learner reads it. The game is
// deterministic, so a fragment holds one state and the actions that follow; playing them again
// gives back every position.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "env/game/action_distribution.h"
#include "env/game/game.h"
#include "env/game/roles.h"

namespace hod::engine {

// One step of the game and what the players thought of the position before it.
struct Timestep {
  absl::InlinedVector<int32_t, 2> actions;  // [num_players] flat ids, submitted.
  float reward = 0;                         // The assistant's.
  float root_value = 0;                     // Value of the position by the assistant's search.
  // The assistant's, to learn: that of its search, or of an assistant that acts by itself. Empty
  // where it searched, but not in full.
  env::ActionDistribution search_policy;
  env::ActionDistribution human_policy;  // The human's; empty when unknown.
};

struct Fragment {
  uint64_t episode = 0;             // Names the episode among all of a run.
  int64_t checkpoint_step = 0;      // Training step of the network the assistant played with.
  int64_t global_timestep = 0;      // Fixes the reward schedules.
  int assistant = env::kAssistant;  // Index of the player that searches: a builder, if human's.
  int human = env::kHuman;          // Index of the player human_policy speaks of.
  std::vector<env::Block> goal;     // [volume]
  env::State start;                 // Before the first step.
  std::vector<Timestep> steps;
  bool ended = false;         // Whether the episode ended with the last step.
  float bootstrap_value = 0;  // Value of the position after the last step; 0 if `ended`.
};

// Version 2 of a compact binary form: ids gap-coded, probabilities as 16-bit shares of the whole. A
// probability comes back within 1/65535 of what it was, and one below that may be left out; a
// search of a hundred simulations or a human model says nothing finer, and shares that must sum to
// 65535 keep distributions normalised and catch damage. Everything else comes back exactly.
//
// Refuses what ParseFragment() would refuse, naming the field.
absl::StatusOr<std::string> SerializeFragment(const env::GameConfig& config,
                                              const Fragment& fragment);

// Refuses anything a game of `config` cannot give: every count, id and range is checked, and the
// error tells the offset and what was expected. What it accepts has only this one serialisation.
absl::StatusOr<Fragment> ParseFragment(const env::GameConfig& config, absl::string_view bytes);

// A game with this fragment's goal and rewards.
env::Game GameOf(const env::GameConfig& config, const Fragment& fragment);

// The state before steps[t]; t = steps.size() gives the one after the last. `game` is GameOf().
env::State StateAt(const env::Game& game, const Fragment& fragment, int t);

}  // namespace hod::engine
