#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <optional>

#include "models/network/features.h"
#include "models/torch/forward.h"
#include "models/torch/library.h"

namespace hod::models {
namespace {

// On processors larger passes gain nothing and leave the cache; a GPU wants many positions.
constexpr int kPositionsOnCpu = 8, kPositionsOnCuda = 256;

class TorchBackend final : public Backend {
 public:
  TorchBackend(const Network& network, Device device, Precision precision)
      : config_(network.config),
        device_(device == Device::kCuda ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU)),
        forward_(config_, Parameters(network, precision, device_)) {}

  std::unique_ptr<Workspace> MakeWorkspace(const env::WorldSize& size) const override;
  int positions_per_pass() const override {
    return device_.is_cuda() ? kPositionsOnCuda : kPositionsOnCpu;
  }

 private:
  class Pass;

  static at::Tensor Parameters(const Network& network, Precision precision, at::Device device) {
    const c10::InferenceMode inference;
    return at::tensor(network.parameters).to(ScalarTypeOf(precision)).to(device);
  }

  const NetworkConfig config_;
  const at::Device device_;
  const ForwardPass forward_;
};

// On a GPU every pass has a stream of its own and memory that the GPU reads and writes itself, so
// that threads share the GPU and search while it computes.
class TorchBackend::Pass final : public Workspace {
 public:
  Pass(const TorchBackend* network, const env::WorldSize& size) : network_(*network) {
    const c10::InferenceMode inference;
    const bool cuda = network_.device_.is_cuda();
    const int64_t positions = network_.positions_per_pass();
    const auto options = at::TensorOptions().dtype(at::kFloat).pinned_memory(cuda);
    const auto maps = [&](int64_t count) {
      return at::empty({positions, count, size.w, size.h, size.d}, options);
    };
    planes_ = maps(NumPlanes(network_.config_));
    globals_ = at::empty({positions, NumGlobals(network_.config_)}, options);
    logits_ = maps(kNumLogitPlanes);
    values_ = at::empty({positions}, options);
    const auto span = [](const at::Tensor& tensor) {
      return absl::MakeSpan(tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel()));
    };
    planes = span(planes_);
    globals = span(globals_);
    logits = span(logits_);
    values = span(values_);
    if (cuda) {
      stream_ = c10::impl::VirtualGuardImpl(at::kCUDA).getStreamFromGlobalPool(network_.device_);
    }
  }

  void Run(int positions) override {
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    c10::OptionalStreamGuard stream;
    if (stream_) stream.reset_stream(*stream_);
    const auto on_device = [&](const at::Tensor& all) {
      return all.narrow(0, 0, positions).to(network_.device_, /*non_blocking=*/true);
    };
    const Prediction prediction = network_.forward_({on_device(planes_), on_device(globals_)});
    const at::Tensor logits = at::cat({prediction.policy, prediction.human, prediction.goal}, 1);
    logits_.narrow(0, 0, positions).copy_(logits, /*non_blocking=*/true);
    values_.narrow(0, 0, positions).copy_(prediction.value);  // Waits for all that came before.
  }

 private:
  const TorchBackend& network_;
  at::Tensor planes_, globals_, logits_, values_;
  std::optional<c10::Stream> stream_;
};

std::unique_ptr<Workspace> TorchBackend::MakeWorkspace(const env::WorldSize& size) const {
  return std::make_unique<Pass>(this, size);
}

}  // namespace

bool HasCudaDevice() { return at::hasCUDA(); }

std::unique_ptr<Backend> NewBackend(const Network& network, Device device, Precision precision) {
  return std::make_unique<TorchBackend>(network, device, precision);
}

}  // namespace hod::models
