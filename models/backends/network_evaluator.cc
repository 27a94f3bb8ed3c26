#include "models/backends/network_evaluator.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"
#include "mcts/human_actions.h"
#include "models/backends/decode.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

// One logit that is not finite leaves no probability of its distribution a number, and a sum is
// finite only if all terms are.
bool IsFinite(const mcts::Evaluation& evaluation) {
  const Eigen::Map<const Eigen::ArrayXf> goal(
      evaluation.goal_logits.data(), static_cast<Eigen::Index>(evaluation.goal_logits.size()));
  return std::isfinite(evaluation.value) && std::isfinite(goal.sum()) &&
         (evaluation.policy.empty() || std::isfinite(evaluation.policy.front())) &&
         (evaluation.human_policy.empty() ||
          std::isfinite(evaluation.human_policy.front().probability));
}

}  // namespace

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

  bool inventories() const { return config_.inventories; }

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
      const absl::Span<const float> logits =
          workspace.logits.subspan(i * kNumLogitPlanes * volume, kNumLogitPlanes * volume);
      evaluations[i].value = workspace.values[i];
      Decode(positions[i], logits, scratch, evaluations[i]);
      if (!IsFinite(evaluations[i])) {
        return absl::InternalError("the network's prediction is not finite");
      }
    }
    return absl::OkStatus();
  }

  void Decode(const mcts::Position& position, absl::Span<const float> logits, Scratch& scratch,
              mcts::Evaluation& evaluation) const {
    const env::ActionSpace& actions = position.game->actions();
    const size_t action_logits = env::kNumActionChannels * static_cast<size_t>(actions.volume());
    ActionProbabilities(logits.first(action_logits), actions, position.valid_actions,
                        evaluation.policy);
    if (config_.goal_visible) {
      evaluation.human_policy.assign(1, {0, 1.0f});
    } else {
      DecodeHuman(position, logits.subspan(action_logits, action_logits), scratch, evaluation);
    }
    const absl::Span<const float> goal = logits.subspan(2 * action_logits);
    evaluation.goal_logits.assign(goal.begin(), goal.end());
  }

  static void DecodeHuman(const mcts::Position& position, absl::Span<const float> logits,
                          Scratch& scratch, mcts::Evaluation& evaluation) {
    mcts::HumanActions(position, scratch.human_actions);
    ActionProbabilities(logits, position.game->actions(), scratch.human_actions,
                        scratch.human_policy);
    evaluation.human_policy.resize(scratch.human_actions.size());
    for (size_t k = 0; k < scratch.human_actions.size(); ++k) {
      evaluation.human_policy[k] = {scratch.human_actions[k], scratch.human_policy[k]};
    }
  }

  const NetworkConfig config_;
  const std::unique_ptr<const Backend> backend_;
  std::mutex mutex_;  // Guards free_.
  std::vector<std::unique_ptr<Scratch>> free_;
};

absl::StatusOr<std::unique_ptr<NetworkEvaluator>> NetworkEvaluator::Create(
    const Network& network, const BackendOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, MakeBackend(network, options));
  return std::make_unique<NetworkEvaluator>(network.config, std::move(backend));
}

NetworkEvaluator::NetworkEvaluator(const Network& network)
    : NetworkEvaluator(network.config, *MakeBackend(network, {})) {}

NetworkEvaluator::NetworkEvaluator(const NetworkConfig& config, std::unique_ptr<Backend> backend)
    : impl_(std::make_unique<Impl>(config, std::move(backend))) {}

NetworkEvaluator::~NetworkEvaluator() = default;

absl::Status NetworkEvaluator::Evaluate(absl::Span<const mcts::Position> positions,
                                        absl::Span<mcts::Evaluation> evaluations) {
  if (positions.size() != evaluations.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(positions.size(), " positions but ", evaluations.size(), " evaluations"));
  }
  for (const mcts::Position& position : positions) {
    const env::Game& first = *positions.front().game;
    if (position.game->size() != first.size() ||
        position.game->actions().num_actions() != first.actions().num_actions()) {
      return absl::InvalidArgumentError("positions of one batch differ in size or actions");
    }
    if (!position.game->config().abilities.inf_blocks && !impl_->inventories()) {
      return absl::InvalidArgumentError(
          "the game has finite blocks, but the network does not see inventories");
    }
  }
  return impl_->Evaluate(positions, evaluations);
}

}  // namespace hod::models
