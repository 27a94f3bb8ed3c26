// Play from which PPO learns: many episodes side by side, in which every action of the player that
// learns is drawn from the network's policy. A builder is alone in its world, an assistant is
// beside a human.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/play/episode_tally.h"
#include "engine/play/seat.h"
#include "env/houses/sources/source.h"
#include "env/players/player.h"
#include "mcts/evaluator.h"
#include "models/training/advantages.h"
#include "models/training/ppo_trainer.h"

namespace hod::engine {

struct EpisodeResult {
  EpisodeFigures figures;
  double reward = 0;  // What the player that learns got, undiscounted.
  bool complete = false;
};

class PpoRollouts {
 public:
  // Goals are for config.PlayedGame(). `human` makes the human of every episode if an assistant
  // learns, else it may be null. What is played follows from the seed and the evaluators, whatever
  // the number of threads.
  PpoRollouts(const RunConfig& config, std::shared_ptr<const env::GoalSource> goals,
              PlayerFactory human, uint64_t seed);

  // Plays on for ppo.rollout_length timesteps in every environment. The samples borrow from this
  // object and stay valid until the next call. `timesteps` have been played before; they set the
  // reward schedules of the episodes that begin now. On `stop` returns early, without samples.
  absl::StatusOr<std::vector<models::PpoSample>> Collect(mcts::Evaluator& evaluator,
                                                         int64_t timesteps,
                                                         const std::atomic<bool>& stop);

  // Mean reward of a timestep of the last rollout.
  double MeanReward() const;
  // Episodes that have ended since the last call, environment by environment.
  std::vector<EpisodeResult> TakeEpisodes();

 private:
  struct Step {
    std::shared_ptr<const env::Game> game;
    env::State state;
    std::vector<int32_t> valid_actions;
    int32_t action = 0;
    float log_probability = 0;
    models::Transition transition;
  };
  struct Environment {
    Rng rng;
    std::shared_ptr<const env::Game> game;
    env::State state;
    std::unique_ptr<env::Player> human;  // Null if a builder learns.
    std::optional<EpisodeTally> tally;
    EpisodeResult episode;  // So far, but for its figures.
    std::vector<Step> steps;
    std::vector<EpisodeResult> ended;
  };

  mcts::Position PositionOf(const env::Game& game, const env::State& state,
                            absl::Span<const int32_t> valid_actions = {}) const {
    return {
        .game = &game, .state = &state, .player = config_.player, .valid_actions = valid_actions};
  }
  absl::Status Restart(Environment& environment, int64_t timesteps, bool first) const;
  // All timesteps of a group of environments, which share batches.
  absl::Status Play(absl::Span<Environment> group, mcts::Evaluator& evaluator, int64_t timesteps,
                    const std::atomic<bool>& stop) const;
  // One timestep.
  absl::Status Act(Environment& environment, const mcts::Evaluation& evaluation) const;

  const RunConfig config_;
  const env::GameConfig game_;
  const std::shared_ptr<const env::GoalSource> goals_;
  const PlayerFactory human_;
  std::vector<Environment> environments_;
};

}  // namespace hod::engine
