#include "models/backends/network_evaluator.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "env/base/status.h"
#include "mcts/human_actions.h"
#include "models/backends/decode.h"
#include "models/backends/evaluation_checks.h"
#include "models/network/features.h"

namespace hod::models {
class NetworkEvaluator::Impl {
 public:
  Impl(const NetworkConfig& config, std::unique_ptr<Backend> backend)
      : config_(config), backend_(std::move(backend)) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) {
    if (positions.empty()) return absl::OkStatus();
    std::unique_ptr<Scratch> scratch = TakeScratch(positions.front().game->size());
    absl::Status status;
    const auto pass = static_cast<size_t>(backend_->positions_per_pass());
    for (size_t begin = 0; status.ok() && begin < positions.size(); begin += pass) {
      status = Pass(positions.subspan(begin, pass), evaluations.subspan(begin, pass), *scratch);
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(scratch));
    return status;
  }

  const NetworkConfig& config() const { return config_; }

 private:
  // What a thread needs for a pass, kept for the next one.
  struct Scratch {
    env::WorldSize size;
    std::unique_ptr<Workspace> workspace;
    std::vector<int32_t> human_actions;
    std::vector<float> human_policy;
  };

  std::unique_ptr<Scratch> TakeScratch(const env::WorldSize& size) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      const auto fits = std::find_if(free_.begin(), free_.end(),
                                     [&](const auto& scratch) { return scratch->size == size; });
      if (fits != free_.end()) {
        std::unique_ptr<Scratch> scratch = std::move(*fits);
        free_.erase(fits);
        return scratch;
      }
    }
    return std::make_unique<Scratch>(Scratch{size, backend_->MakeWorkspace(size), {}, {}});
  }

  absl::Status Pass(absl::Span<const mcts::Position> positions,
                    absl::Span<mcts::Evaluation> evaluations, Scratch& scratch) const {
    const auto volume = static_cast<size_t>(scratch.size.Volume());
    Workspace& workspace = *scratch.workspace;
    const size_t row = NumPlanes(config_) * volume, globals = NumGlobals(config_);
    for (size_t i = 0; i < positions.size(); ++i) {
      EncodeFeatures(config_, positions[i], workspace.planes.subspan(i * row, row),
                     workspace.globals.subspan(i * globals, globals));
    }
    workspace.Run(static_cast<int>(positions.size()));
    for (size_t i = 0; i < positions.size(); ++i) {
      evaluations[i].value = workspace.values[i];
      Decode(positions[i], static_cast<int>(i), scratch, evaluations[i]);
      RETURN_IF_ERROR(CheckFinite(evaluations[i]));
    }
    return absl::OkStatus();
  }

  // `i` is the position's place in the pass.
  void Decode(const mcts::Position& position, int i, Scratch& scratch,
              mcts::Evaluation& evaluation) const {
    Workspace& workspace = *scratch.workspace;
    const env::ActionSpace& actions = position.game->actions();
    const auto probabilities = [&](Actor actor, absl::Span<const int32_t> ids,
                                   std::vector<float>& of_ids) {
      of_ids.resize(ids.size());
      workspace.ActionLogits(i, actor, actions, ids, absl::MakeSpan(of_ids));
      Softmax(absl::MakeSpan(of_ids));
    };
    probabilities(Actor::kPlayer, position.valid_actions, evaluation.policy);
    if (config_.goal_visible) {
      evaluation.human_policy.assign(1, {0, 1.0f});
    } else {
      mcts::HumanActions(position, scratch.human_actions);
      probabilities(Actor::kOthers, scratch.human_actions, scratch.human_policy);
      evaluation.human_policy.resize(scratch.human_actions.size());
      for (size_t k = 0; k < scratch.human_actions.size(); ++k) {
        evaluation.human_policy[k] = {scratch.human_actions[k], scratch.human_policy[k]};
      }
    }
    const size_t row = env::kNumBlocks * static_cast<size_t>(actions.volume());
    const absl::Span<const float> goal = workspace.goal_logits.subspan(i * row, row);
    evaluation.goal_logits.assign(goal.begin(), goal.end());
  }

  const NetworkConfig config_;
  const std::unique_ptr<const Backend> backend_;
  std::mutex mutex_;  // Guards free_.
  std::vector<std::unique_ptr<Scratch>> free_;
};

NetworkEvaluator::NetworkEvaluator(const Network& network)
    : NetworkEvaluator(network.config, *MakeBackend(network, PrecisionChoice::kAuto)) {}

NetworkEvaluator::NetworkEvaluator(const NetworkConfig& config, std::unique_ptr<Backend> backend)
    : impl_(std::make_unique<Impl>(config, std::move(backend))) {}

NetworkEvaluator::~NetworkEvaluator() = default;

absl::Status NetworkEvaluator::Evaluate(absl::Span<const mcts::Position> positions,
                                        absl::Span<mcts::Evaluation> evaluations) {
  RETURN_IF_ERROR(CheckPositions(impl_->config(), positions, evaluations.size()));
  return impl_->Evaluate(positions, evaluations);
}

}  // namespace hod::models
