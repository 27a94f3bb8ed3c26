#include "benchmarks/many_games.h"

#include <atomic>
#include <memory>

#include "engine/config/run_config.h"
#include "engine/play/batched_play.h"
#include "engine/play/player_spec.h"
#include "env/base/clock.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "models/backends/network_evaluator.h"

namespace hod::benchmarks {
namespace {

class CountingEvaluator : public mcts::Evaluator {
 public:
  explicit CountingEvaluator(mcts::Evaluator* inner) : inner_(inner) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    count += static_cast<int64_t>(positions.size());
    return inner_->Evaluate(positions, evaluations);
  }

  std::atomic<int64_t> count = 0;

 private:
  mcts::Evaluator* const inner_;
};

// Generated houses without end, for a given number of batches.
class EndlessStream : public engine::EpisodeStream {
 public:
  EndlessStream(const engine::RunConfig& config, int warm_up, int batches)
      : config_(config),
        goals_(*env::MakeGoalSource(config.goals, config.game, config.seed)),
        human_(*engine::MakePlayerFactory(config.human)),
        warm_up_(warm_up),
        batches_(batches) {}

  absl::StatusOr<std::unique_ptr<engine::Episode>> Next() override {
    engine::EpisodeSetup setup;
    setup.game = config_.game;
    setup.goal = goals_->Get(next_);
    setup.seats = {human_, engine::SelfPlaySearches(config_)};
    setup.seed = next_++;
    return engine::Episode::Create(std::move(setup));
  }
  absl::Status Finished(std::unique_ptr<engine::Episode>) override { return absl::OkStatus(); }
  absl::StatusOr<bool> Continue() override {
    if (batch_++ == warm_up_) watch_.Restart();
    return batch_ <= warm_up_ + batches_;
  }

  const Stopwatch& watch() const { return watch_; }

 private:
  const engine::RunConfig& config_;
  const std::shared_ptr<const env::GoalSource> goals_;
  const engine::PlayerFactory human_;
  const int warm_up_, batches_;
  int batch_ = 0;
  int next_ = 0;
  Stopwatch watch_;  // Runs from the end of the warm-up on.
};

}  // namespace

std::unique_ptr<mcts::Evaluator> UntrainedNetwork(const models::NetworkConfig& config) {
  return std::make_unique<models::NetworkEvaluator>(models::InitialNetwork(config, Rng(1)));
}

absl::StatusOr<ManyGames> PlayManyGames(mcts::Evaluator& network, int games, int threads,
                                        int leaves_per_game, engine::Timeline* timeline) {
  const engine::RunConfig config;
  CountingEvaluator evaluator(&network);
  const engine::PlayOptions options = {.concurrent = games, .threads = threads};
  const int groups = (games + options.batch - 1) / options.batch;
  EndlessStream stream(config, groups, leaves_per_game * groups);
  RETURN_IF_ERROR(engine::PlayEpisodes(stream, &evaluator, options, timeline));
  // One leaf of every game came before the clock.
  return ManyGames{stream.watch().Seconds(), evaluator.count - games};
}

}  // namespace hod::benchmarks
