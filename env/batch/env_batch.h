// Episodes side by side, stepped together: what vectorised training loops and Python stand on.
#pragma once

#include <tbb/task_arena.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "env/game/game.h"
#include "env/houses/sources/source.h"

namespace hod::env {

// Arrays of the caller that Reset() and Step() write, one row an environment, C order. Empty ones
// are left out.
struct BatchArrays {
  absl::Span<uint8_t> observations;  // [n][players][6][w][h][d], as WorldObservation().
  absl::Span<uint8_t> masks;         // [n][players][num_actions] 0/1, with line of sight.
  absl::Span<int32_t> inventories;   // [n][players][10]: blocks carried.
  absl::Span<int32_t> timesteps;     // [n]
  absl::Span<float> rewards;         // [n][players]
  absl::Span<uint8_t> terminated;    // [n] 0/1: the goal stands.
  absl::Span<uint8_t> truncated;     // [n] 0/1: the horizon is reached, or there is no progress.
  // If set, arrays by player hold this one's rows alone: their second extent is 1.
  std::optional<int> viewer = {};
};

// Where an episode comes from and what has been done in it: enough to play it again.
struct EpisodeRecord {
  Rng rng{};                       // The environment's stream as the episode drew its goal from it.
  std::vector<int32_t> actions{};  // Flat ids, [steps][players].
};

// Every environment draws its goals and starts from its own stream, so what happens in one depends
// on its seed and its actions alone. Autoreset is "next step": the step after the last of an
// episode ignores its actions, starts a new episode and gives no rewards. Restart() between two
// steps starts it earlier.
class EnvBatch {
 public:
  // One environment for each seed, stepped by `threads` threads. Requires Validate(config) to be
  // ok, goals for games with `config`, and at least one seed and one thread.
  EnvBatch(GameConfig config, std::shared_ptr<const GoalSource> goals,
           absl::Span<const uint64_t> seeds, int threads);

  int num_envs() const { return static_cast<int>(envs_.size()); }
  const GameConfig& config() const { return config_; }
  const ActionSpace& actions() const { return actions_; }
  // Environment `i` as it is. Valid until the next Reset() or Step().
  const Game& game(int i) const { return envs_[i].game; }
  const State& state(int i) const { return envs_[i].state; }
  // Whether its episode is over, so that the next step starts another.
  bool ended(int i) const { return envs_[i].ended; }
  const EpisodeRecord& record(int i) const { return envs_[i].record; }

  // Gives every environment another stream and a new episode: what follows is as in a new batch.
  // Requires one seed for each.
  void Reseed(absl::Span<const uint64_t> seeds);
  // The same of one environment, whose stream goes on from `rng`.
  void Begin(int i, const Rng& rng);

  // Starts new episodes where the present ones have begun.
  absl::Status Reset(const BatchArrays& out);
  // The same of the environments for which `chosen`, [n], is not 0. It writes what can be
  // seen of their new episodes; rewards, terminated and truncated stay as the last step left them.
  absl::Status Restart(absl::Span<const uint8_t> chosen, const BatchArrays& out);
  // `actions` are flat ids, [n][players]. Any id in range is accepted; one that breaks the rules
  // has no effect. On an error (an array of the wrong size, an id out of range; the message names
  // which) nothing has changed.
  absl::Status Step(absl::Span<const int32_t> actions, const BatchArrays& out);
  // Steps one environment; `actions` are [players].
  absl::Status StepOne(int i, absl::Span<const int32_t> actions, const BatchArrays& out);

 private:
  struct Env {
    Rng rng;
    Game game;
    State state;
    bool ended = false;  // The next step starts a new episode.
    bool fresh = true;   // Nobody has acted yet.
    EpisodeRecord record{};
    std::vector<int32_t> valid{};  // Kept for its memory.
  };

  absl::Status CheckArrays(const BatchArrays& out) const;
  // `actions` are those of the environments from the one of number `first` on.
  absl::Status CheckActions(absl::Span<const int32_t> actions, int first) const;
  void StepChecked(int i, absl::Span<const int32_t> actions, const BatchArrays& out);
  void Restart(Env& env) const;
  // Starts to load what writing the environment reads.
  static void Prefetch(const Env& env);
  void Write(int i, const StepOutcome* outcome, const BatchArrays& out);

  GameConfig config_;
  ActionSpace actions_;
  std::shared_ptr<const GoalSource> goals_;
  std::vector<Env> envs_;
  tbb::task_arena arena_;
};

}  // namespace hod::env
