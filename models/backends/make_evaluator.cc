#include "models/backends/make_evaluator.h"

#include <utility>

#include "env/base/status.h"
#include "models/backends/device_evaluator.h"
#include "models/backends/device_network.h"
#include "models/backends/network_evaluator.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeNetworkEvaluator(
    const Network& network, const BackendOptions& options) {
  if (options.device == Device::kCpu) {
    ASSIGN_OR_RETURN(std::unique_ptr<Backend> backend, MakeBackend(network, options.precision));
    return std::make_unique<NetworkEvaluator>(network.config, std::move(backend));
  }
  if (options.precision == PrecisionChoice::kInt8) {
    return absl::InvalidArgumentError(
        "network.precision is int8, which is for processors; expected auto, float32 or bfloat16");
  }
  ASSIGN_OR_RETURN(const bool has_cuda, HasCuda());
  if (!has_cuda) {
    return absl::FailedPreconditionError(
        "network.device is cuda, but libtorch finds no CUDA device; expected cpu");
  }
  const Precision precision =
      options.precision == PrecisionChoice::kFloat32 ? Precision::kFloat32 : Precision::kBfloat16;
  ASSIGN_OR_RETURN(std::unique_ptr<DeviceNetwork> on_device,
                   MakeDeviceNetwork(network, options.device, precision));
  return MakeDeviceEvaluator(network.config, std::move(on_device), options.positions_per_pass);
}

}  // namespace hod::models
