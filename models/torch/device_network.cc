#include "models/backends/device_network.h"

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <optional>
#include <vector>

#include "env/base/clock.h"
#include "models/network/features.h"
#include "models/torch/forward.h"
#include "models/torch/library.h"

namespace hod::models {
namespace {

class TorchDeviceNetwork final : public DeviceNetwork {
 public:
  TorchDeviceNetwork(const Network& network, Device device, Precision precision)
      : config_(network.config),
        device_(DeviceOf(device)),
        type_(ScalarTypeOf(precision)),
        forward_(config_, ParametersOn(network, device_, precision)) {}

  std::unique_ptr<DevicePass> MakePass(const env::Game& game, int capacity) const override;

 private:
  class Pass;

  const NetworkConfig config_;
  const at::Device device_;
  const at::ScalarType type_;
  const ForwardPass forward_;
};

// On a GPU a pass has a stream of its own, so that the next copies its inputs while it computes,
// and its memory here is pinned, so that the GPU reads and writes it by itself.
class TorchDeviceNetwork::Pass final : public DevicePass {
 public:
  Pass(const TorchDeviceNetwork* network, const env::Game& game, int capacity)
      : network_(*network), actions_(game.actions()), wanted_(capacity), begin_(capacity) {
    const c10::InferenceMode inference;
    const env::WorldSize& size = game.size();
    planes_ =
        Pinned({capacity, NumPlanes(network_.config_), size.w, size.h, size.d}, network_.type_);
    globals_ = Pinned({capacity, NumGlobals(network_.config_)}, at::kFloat);
    goal_ = Pinned({capacity, env::kNumBlocks, size.w, size.h, size.d}, network_.type_);
    values_ = Pinned({capacity}, at::kFloat);
    if (network_.device_.is_cuda()) {
      stream_ = c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool(network_.device_);
    }
  }

  void Put(int place, absl::Span<const float> planes, absl::Span<const float> globals,
           absl::Span<const int32_t> actions) override {
    const c10::InferenceMode inference;
    CopyInto(planes_[place], planes);
    CopyInto(globals_[place], globals);
    wanted_[place].assign(actions.begin(), actions.end());
  }

  void Run(int positions) override {
    const c10::InferenceMode inference;
    c10::OptionalStreamGuard stream;
    if (stream_) stream.reset_stream(*stream_);
    const auto on_device = [&](const at::Tensor& tensor) {
      return tensor.to(network_.device_, /*non_blocking=*/true);
    };
    const at::Tensor wanted = on_device(Wanted(positions));
    const Prediction prediction = network_.forward_(
        {on_device(planes_.narrow(0, 0, positions)), on_device(globals_.narrow(0, 0, positions))});
    const at::Tensor logits = at::cat(
        {FlatLogits(prediction.policy, actions_), FlatLogits(prediction.human, actions_)}, 1);
    action_logits_ = Pinned({wanted.numel()}, at::kFloat);
    action_logits_.copy_(logits.flatten().index_select(0, wanted), /*non_blocking=*/true);
    goal_.narrow(0, 0, positions).copy_(prediction.goal, /*non_blocking=*/true);
    values_.narrow(0, 0, positions).copy_(prediction.value);  // Waits for all that came before.
  }

  absl::Span<const float> ActionLogits(int place) const override {
    return SpanOf(action_logits_).subspan(begin_[place], wanted_[place].size());
  }
  float Value(int place) const override { return SpanOf(values_)[place]; }
  void GoalLogits(int place, absl::Span<float> logits) const override {
    const c10::InferenceMode inference;
    at::from_blob(logits.data(), {static_cast<int64_t>(logits.size())})
        .copy_(goal_[place].flatten());
  }

 private:
  at::Tensor Pinned(at::IntArrayRef shape, at::ScalarType type) const {
    return at::empty(shape,
                     at::TensorOptions().dtype(type).pinned_memory(network_.device_.is_cuda()));
  }

  static void CopyInto(at::Tensor to, absl::Span<const float> from) {
    to.flatten().copy_(
        at::from_blob(const_cast<float*>(from.data()), {static_cast<int64_t>(from.size())}));
  }

  // Where the wanted logits are among those of all positions.
  at::Tensor Wanted(int positions) {
    size_t count = 0;
    for (int place = 0; place < positions; ++place) {
      begin_[place] = count;
      count += wanted_[place].size();
    }
    const at::Tensor entries = Pinned({static_cast<int64_t>(count)}, at::kLong);
    int64_t* next = entries.data_ptr<int64_t>();
    const int64_t row = int64_t{2} * actions_.num_actions();
    for (int place = 0; place < positions; ++place) {
      for (const int32_t id : wanted_[place]) *next++ = place * row + id;
    }
    return entries;
  }

  const TorchDeviceNetwork& network_;
  const env::ActionSpace actions_;
  at::Tensor planes_, globals_;  // What Put() wrote,
  std::vector<std::vector<int32_t>> wanted_;
  std::vector<size_t> begin_;                 // where the logits of a place begin,
  at::Tensor action_logits_, goal_, values_;  // and what Run() found.
  std::optional<c10::Stream> stream_;
};

std::unique_ptr<DevicePass> TorchDeviceNetwork::MakePass(const env::Game& game,
                                                         int capacity) const {
  return std::make_unique<Pass>(this, game, capacity);
}

}  // namespace

bool HasCudaDevice() { return at::hasCUDA(); }

double PeakRate(Device device, Precision precision) {
  constexpr int64_t kSize = 4096;
  constexpr int kProducts = 8;
  const c10::InferenceMode inference;
  const at::Tensor a = at::ones({kSize, kSize}).to(ScalarTypeOf(precision)).to(DeviceOf(device));
  const auto multiply = [&](int times) {
    at::Tensor product;
    const Stopwatch watch;
    for (int i = 0; i < times; ++i) product = at::mm(a, a);
    product[0][0].item<float>();  // Waits for the device.
    return watch.Seconds();
  };
  multiply(1);
  return kProducts * 2.0 * kSize * kSize * kSize / multiply(kProducts);
}

std::unique_ptr<DeviceNetwork> NewDeviceNetwork(const Network& network, Device device,
                                                Precision precision) {
  return std::make_unique<TorchDeviceNetwork>(network, device, precision);
}

}  // namespace hod::models
