#include "engine/training/ppo_rollouts.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <utility>

#include "env/base/parallel.h"
#include "env/base/random.h"
#include "env/base/status.h"
#include "env/game/action_mask.h"
#include "env/game/roles.h"

namespace hod::engine {
namespace {

// Environments of a batch of evaluations.
constexpr size_t kGroup = 8;

}  // namespace

PpoRollouts::PpoRollouts(const RunConfig& config, std::shared_ptr<const env::GoalSource> goals,
                         PlayerFactory human, uint64_t seed)
    : config_(config),
      game_(config.PlayedGame()),
      goals_(std::move(goals)),
      human_(std::move(human)) {
  for (int i = 0; i < config.ppo.environments; ++i) {
    environments_.emplace_back().rng = Rng(seed).Fork(i);
  }
}

absl::StatusOr<std::vector<models::PpoSample>> PpoRollouts::Collect(mcts::Evaluator& evaluator,
                                                                    int64_t timesteps,
                                                                    const std::atomic<bool>& stop) {
  const int threads = NumThreads(config_.selfplay.threads);
  RETURN_IF_ERROR(CheckThreads(threads));
  std::mutex mutex;
  absl::Status status;
  const size_t groups = (environments_.size() + kGroup - 1) / kGroup;
  tbb::task_arena arena(threads);
  arena.execute([&] {
    tbb::parallel_for(size_t{0}, groups, [&](size_t g) {
      const absl::Status played = Play(absl::MakeSpan(environments_).subspan(g * kGroup, kGroup),
                                       evaluator, timesteps, stop);
      const std::lock_guard<std::mutex> lock(mutex);
      status.Update(played);
    });
  });
  std::vector<models::PpoSample> samples;
  RETURN_IF_ERROR(status);
  if (stop) return samples;
  std::vector<models::Transition> transitions;
  for (const Environment& environment : environments_) {
    transitions.clear();
    for (const Step& step : environment.steps) transitions.push_back(step.transition);
    const std::vector<float> advantages =
        models::GeneralizedAdvantages(transitions, config_.search.gamma, config_.ppo.gae_lambda);
    for (size_t t = 0; t < advantages.size(); ++t) {
      const Step& step = environment.steps[t];
      samples.push_back({.position = PositionOf(*step.game, step.state, step.valid_actions),
                         .action = step.action,
                         .log_probability = step.log_probability,
                         .advantage = advantages[t],
                         .value_target = advantages[t] + step.transition.value});
    }
  }
  return samples;
}

double PpoRollouts::MeanReward() const {
  double sum = 0, count = 0;
  for (const Environment& environment : environments_) {
    for (const Step& step : environment.steps) sum += step.transition.reward;
    count += static_cast<double>(environment.steps.size());
  }
  return count > 0 ? sum / count : 0;
}

std::vector<EpisodeResult> PpoRollouts::TakeEpisodes() {
  std::vector<EpisodeResult> episodes;
  for (Environment& environment : environments_) {
    episodes.insert(episodes.end(), environment.ended.begin(), environment.ended.end());
    environment.ended.clear();
  }
  return episodes;
}

absl::Status PpoRollouts::Restart(Environment& environment, int64_t timesteps, bool first) const {
  env::GameConfig config = game_;
  // Only the first episodes start anywhere in time.
  config.randomize_first_episode_length &= first;
  environment.game = std::make_shared<const env::Game>(
      std::move(config), goals_->Sample(environment.rng).blocks, timesteps);
  environment.state = environment.game->Reset(environment.rng);
  environment.tally.emplace(environment.game.get(), environment.state);
  environment.episode = {};
  if (config_.player == env::kHuman) return absl::OkStatus();
  ASSIGN_OR_RETURN(environment.human, human_(*environment.game, env::kHuman, environment.rng()));
  return absl::OkStatus();
}

absl::Status PpoRollouts::Play(absl::Span<Environment> group, mcts::Evaluator& evaluator,
                               int64_t timesteps, const std::atomic<bool>& stop) const {
  const int length = config_.ppo.rollout_length;
  std::vector<mcts::Position> positions;
  std::vector<mcts::Evaluation> evaluations;
  const auto evaluate = [&] {
    evaluations.resize(positions.size());
    return evaluator.Evaluate(positions, absl::MakeSpan(evaluations));
  };
  for (Environment& environment : group) {
    environment.steps.clear();
    if (environment.game != nullptr) continue;
    RETURN_IF_ERROR(Restart(environment, timesteps, /*first=*/true));
  }
  for (int t = 0; t < length && !stop; ++t) {
    positions.clear();
    for (Environment& environment : group) {
      Step& step = environment.steps.emplace_back();
      step.game = environment.game;
      step.state = environment.state;
      env::ValidActions(*step.game, step.state, config_.player, /*line_of_sight=*/true,
                        step.valid_actions);
      positions.push_back(PositionOf(*step.game, environment.state, step.valid_actions));
    }
    RETURN_IF_ERROR(evaluate());
    for (size_t i = 0; i < group.size(); ++i) {
      RETURN_IF_ERROR(Act(group[i], evaluations[i]));
    }

    // What comes after: where an episode is cut short there would have been more to gain, and so
    // there would after the rollout.
    positions.clear();
    std::vector<Environment*> asked;
    for (Environment& environment : group) {
      const bool ended = environment.steps.back().transition.last;
      if (ended ? environment.episode.complete : t + 1 < length) continue;
      positions.push_back(PositionOf(*environment.game, environment.state));
      asked.push_back(&environment);
    }
    RETURN_IF_ERROR(evaluate());
    for (size_t i = 0; i < asked.size(); ++i) {
      asked[i]->steps.back().transition.next_value = evaluations[i].value;
    }
    for (Environment& environment : group) {
      if (!environment.steps.back().transition.last) continue;
      environment.episode.figures = environment.tally->figures();
      environment.ended.push_back(environment.episode);
      RETURN_IF_ERROR(Restart(environment, timesteps, /*first=*/false));
    }
  }
  return absl::OkStatus();
}

absl::Status PpoRollouts::Act(Environment& environment, const mcts::Evaluation& evaluation) const {
  Step& step = environment.steps.back();
  const std::vector<float>& policy = evaluation.policy;
  const double total = std::accumulate(policy.begin(), policy.end(), 0.0);
  const size_t drawn = IndexAt(policy, environment.rng.Uniform() * total);
  step.action = step.valid_actions[drawn];
  step.log_probability = static_cast<float>(std::log(std::max(policy[drawn] / total, 1e-30)));
  step.transition.value = evaluation.value;
  if (environment.steps.size() > 1) {
    models::Transition& before = environment.steps[environment.steps.size() - 2].transition;
    if (!before.last) before.next_value = evaluation.value;
  }

  const env::Game& game = *environment.game;
  env::State& state = environment.state;
  std::vector<env::Action> actions(game.num_players());
  actions[config_.player] = game.actions().Unflatten(step.action);
  if (environment.human != nullptr) {
    const int32_t id = env::Sample(environment.human->NextAction(state), environment.rng);
    RETURN_IF_ERROR(environment.human->status());
    environment.human->Observe(state, id);
    actions[env::kHuman] = game.actions().Unflatten(id);
  }
  const env::StepOutcome outcome = game.Step(state, actions);
  environment.tally->Count(actions, outcome, state);
  const double reward = outcome.players[config_.player].reward;
  step.transition.reward = static_cast<float>(reward);
  step.transition.last = outcome.done();
  environment.episode.reward += reward;
  environment.episode.complete = outcome.goal_completed;
  return absl::OkStatus();
}

}  // namespace hod::engine
