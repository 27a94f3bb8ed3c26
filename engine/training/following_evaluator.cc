#include "engine/training/following_evaluator.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "env/base/status.h"
#include "mcts/evaluation_cache.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

absl::StatusOr<bool> FollowingEvaluator::Refresh() {
  if (MonotonicNow() < next_look_) return network_ != nullptr;
  next_look_ = MonotonicNow() + absl::Seconds(1);
  ASSIGN_OR_RETURN(auto latest, run_->LatestCheckpoint());
  if (!latest.has_value() || latest->first == step_) return network_ != nullptr;
  absl::StatusOr<models::LoadedNetwork> opened = models::OpenHodNetwork(latest->second);
  std::error_code error;
  if (!opened.ok() && !std::filesystem::exists(latest->second, error)) {
    return network_ != nullptr;  // A newer one has come, and the learner has deleted this one.
  }
  ASSIGN_OR_RETURN(const models::LoadedNetwork loaded, std::move(opened));
  ASSIGN_OR_RETURN(RunProgress progress, RunProgress::FromJson(loaded.run));
  std::shared_ptr<mcts::Evaluator> evaluator;
  ASSIGN_OR_RETURN(std::unique_ptr<mcts::Evaluator> network,
                   models::MakeEvaluator(loaded, run_->config().backend));
  const int cached_positions = run_->config().cached_positions;
  if (cached_positions > 0) {  // What one network says is forgotten with it.
    evaluator = std::make_shared<mcts::EvaluationCache>(std::move(network), cached_positions);
  } else {
    evaluator = std::move(network);
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    network_ = std::move(evaluator);
  }
  step_ = latest->first;
  timesteps_ = progress.timesteps;
  return true;
}

absl::Status FollowingEvaluator::Evaluate(absl::Span<const mcts::Position> positions,
                                          absl::Span<mcts::Evaluation> evaluations) {
  num_evaluations_ += static_cast<int64_t>(positions.size());
  std::shared_ptr<mcts::Evaluator> network;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    network = network_;
  }
  return network->Evaluate(positions, evaluations);
}

}  // namespace hod::engine
