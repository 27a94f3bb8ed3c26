#include "models/backends/device_evaluator.h"

#include <map>
#include <mutex>
#include <tuple>
#include <utility>
#include <vector>

#include "env/base/status.h"
#include "mcts/human_actions.h"
#include "models/backends/decode.h"
#include "models/backends/evaluation_checks.h"
#include "models/backends/shared_passes.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

// While one pass computes, the next is on the bus.
constexpr int kInFlight = 2;

class DeviceEvaluator final : public mcts::Evaluator {
 public:
  DeviceEvaluator(const NetworkConfig& config, std::unique_ptr<DeviceNetwork> network, int capacity)
      : config_(config), network_(std::move(network)), capacity_(capacity) {}

  absl::Status Evaluate(absl::Span<const mcts::Position> positions,
                        absl::Span<mcts::Evaluation> evaluations) override {
    RETURN_IF_ERROR(CheckPositions(config_, positions, evaluations.size()));
    if (positions.empty()) return absl::OkStatus();
    Passes& passes = PassesOf(*positions.front().game);
    for (size_t begin = 0; begin < positions.size(); begin += capacity_) {
      const auto some = positions.subspan(begin, capacity_);
      const auto found = evaluations.subspan(begin, capacity_);
      std::vector<std::vector<int32_t>> human_actions(some.size());
      absl::Status status;
      passes.Compute(
          static_cast<int>(some.size()),
          [&](DevicePass& pass, int first) {
            for (size_t i = 0; i < some.size(); ++i) {
              Put(some[i], pass, first + static_cast<int>(i), human_actions[i]);
            }
          },
          [&](const DevicePass& pass, int first) {
            for (size_t i = 0; i < some.size(); ++i) {
              Take(some[i], pass, first + static_cast<int>(i), human_actions[i], found[i]);
              status.Update(CheckFinite(found[i]));
            }
          });
      RETURN_IF_ERROR(status);
    }
    return absl::OkStatus();
  }

 private:
  using Passes = SharedPasses<DevicePass>;

  Passes& PassesOf(const env::Game& game) {
    const env::WorldSize& size = game.size();
    const std::lock_guard<std::mutex> lock(mutex_);
    std::unique_ptr<Passes>& passes =
        passes_[{size.w, size.h, size.d, game.actions().num_actions()}];
    if (passes == nullptr) {
      passes = std::make_unique<Passes>(
          capacity_, kInFlight, [this, game] { return network_->MakePass(game, capacity_); });
    }
    return *passes;
  }

  void Put(const mcts::Position& position, DevicePass& pass, int place,
           std::vector<int32_t>& human_actions) const {
    static thread_local std::vector<float> planes, globals;
    static thread_local std::vector<int32_t> actions;
    planes.resize(static_cast<size_t>(NumPlanes(config_)) * position.game->size().Volume());
    globals.resize(NumGlobals(config_));
    EncodeFeatures(config_, position, absl::MakeSpan(planes), absl::MakeSpan(globals));
    actions.assign(position.valid_actions.begin(), position.valid_actions.end());
    if (!config_.goal_visible) {
      mcts::HumanActions(position, human_actions);
      const int others = position.game->actions().num_actions();
      for (const int32_t id : human_actions) actions.push_back(others + id);
    }
    pass.Put(place, planes, globals, actions);
  }

  void Take(const mcts::Position& position, const DevicePass& pass, int place,
            absl::Span<const int32_t> human_actions, mcts::Evaluation& evaluation) const {
    const absl::Span<const float> logits = pass.ActionLogits(place);
    const size_t own = position.valid_actions.size();
    evaluation.value = pass.Value(place);
    evaluation.policy.assign(logits.begin(), logits.begin() + own);
    Softmax(absl::MakeSpan(evaluation.policy));
    if (config_.goal_visible) {
      evaluation.human_policy.assign(1, {0, 1.0f});
    } else {
      std::vector<float> human(logits.begin() + own, logits.end());
      Softmax(absl::MakeSpan(human));
      evaluation.human_policy.resize(human.size());
      for (size_t k = 0; k < human.size(); ++k) {
        evaluation.human_policy[k] = {human_actions[k], human[k]};
      }
    }
    evaluation.goal_logits.resize(static_cast<size_t>(env::kNumBlocks) *
                                  position.game->size().Volume());
    pass.GoalLogits(place, absl::MakeSpan(evaluation.goal_logits));
  }

  const NetworkConfig config_;
  const std::unique_ptr<const DeviceNetwork> network_;
  const int capacity_;
  std::mutex mutex_;  // Guards passes_, which only grows.
  std::map<std::tuple<int, int, int, int>, std::unique_ptr<Passes>> passes_;
};

}  // namespace

std::unique_ptr<mcts::Evaluator> MakeDeviceEvaluator(const NetworkConfig& config,
                                                     std::unique_ptr<DeviceNetwork> network,
                                                     int capacity) {
  return std::make_unique<DeviceEvaluator>(config, std::move(network), capacity);
}

}  // namespace hod::models
