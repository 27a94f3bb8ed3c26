// A builder's play from which PPO learns: many episodes side by side, alone in their worlds, each
// action drawn from the network's policy.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "env/houses/sources/source.h"
#include "mcts/evaluator.h"
#include "models/training/advantages.h"
#include "models/training/ppo_trainer.h"

namespace hod::engine {

struct EpisodeResult {
  double goal_percent = 0;
  double reward = 0;  // Undiscounted.
  int length = 0;     // Timesteps.
  bool complete = false;
};

class PpoRollouts {
 public:
  // Goals are for config.PlayedGame(), which has the human alone. What is played follows from the
  // seed and the evaluators, whatever the number of threads.
  PpoRollouts(const RunConfig& config, std::shared_ptr<const env::GoalSource> goals, uint64_t seed);

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
    EpisodeResult episode;  // So far.
    std::vector<Step> steps;
    std::vector<EpisodeResult> ended;
  };

  void Restart(Environment& environment, int64_t timesteps, bool first) const;
  // All timesteps of a group of environments, which share batches.
  absl::Status Play(absl::Span<Environment> group, mcts::Evaluator& evaluator, int64_t timesteps,
                    const std::atomic<bool>& stop) const;
  void Act(Environment& environment, const mcts::Evaluation& evaluation) const;

  const RunConfig config_;
  const env::GameConfig game_;
  std::shared_ptr<const env::GoalSource> goals_;
  std::vector<Environment> environments_;
};

}  // namespace hod::engine
