#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include "models/backends/decode.h"
#include "models/network/features.h"
#include "models/torch/forward.h"
#include "models/torch/library.h"

namespace hod::models {
namespace {

// Larger passes gain nothing on a processor, and leave its cache.
constexpr int kPositions = 8;

class TorchBackend final : public Backend {
 public:
  TorchBackend(const Network& network, Device device, Precision precision)
      : config_(network.config),
        device_(DeviceOf(device)),
        forward_(config_, ParametersOn(network, device_, precision)) {}

  std::unique_ptr<Workspace> MakeWorkspace(const env::WorldSize& size) const override;
  int positions_per_pass() const override { return kPositions; }

 private:
  class Pass;

  const NetworkConfig config_;
  const at::Device device_;
  const ForwardPass forward_;
};

class TorchBackend::Pass final : public Workspace {
 public:
  Pass(const TorchBackend* network, const env::WorldSize& size) : network_(*network) {
    const c10::InferenceMode inference;
    const auto maps = [&](int64_t count) {
      return at::empty({kPositions, count, size.w, size.h, size.d});
    };
    planes_ = maps(NumPlanes(network_.config_));
    globals_ = at::empty({kPositions, NumGlobals(network_.config_)});
    action_logits_ = maps(2 * env::kNumActionChannels);
    goal_logits_ = maps(env::kNumBlocks);
    values_ = at::empty({kPositions});
    planes = SpanOf(planes_);
    globals = SpanOf(globals_);
    goal_logits = SpanOf(goal_logits_);
    values = SpanOf(values_);
  }

  void Run(int positions) override {
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    const auto on_device = [&](const at::Tensor& all) {
      return all.narrow(0, 0, positions).to(network_.device_);
    };
    const Prediction prediction = network_.forward_({on_device(planes_), on_device(globals_)});
    action_logits_.narrow(0, 0, positions).copy_(at::cat({prediction.policy, prediction.human}, 1));
    goal_logits_.narrow(0, 0, positions).copy_(prediction.goal);
    values_.narrow(0, 0, positions).copy_(prediction.value);
  }

  void ActionLogits(int position, Actor actor, const env::ActionSpace& actions,
                    absl::Span<const int32_t> ids, absl::Span<float> logits) override {
    const size_t channels = env::kNumActionChannels * static_cast<size_t>(actions.volume());
    const size_t head = 2 * position + (actor == Actor::kOthers ? 1 : 0);
    models::ActionLogits(SpanOf(action_logits_).subspan(head * channels, channels), actions, ids,
                         logits);
  }

 private:
  const TorchBackend& network_;
  at::Tensor planes_, globals_, action_logits_, goal_logits_, values_;
};

std::unique_ptr<Workspace> TorchBackend::MakeWorkspace(const env::WorldSize& size) const {
  return std::make_unique<Pass>(this, size);
}

}  // namespace

std::unique_ptr<Backend> NewBackend(const Network& network, Device device, Precision precision) {
  return std::make_unique<TorchBackend>(network, device, precision);
}

}  // namespace hod::models
