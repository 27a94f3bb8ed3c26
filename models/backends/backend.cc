#include "models/backends/backend.h"

#include <vector>

#include "env/base/status.h"
#include "models/backends/cpu_backend.h"
#include "models/backends/measured_kernels.h"
#include "models/backends/torch_backend.h"

namespace hod::models {
namespace {

// The precisions among which a processor takes the fastest.
std::vector<Precision> PrecisionsOf(PrecisionChoice choice) {
  switch (choice) {
    case PrecisionChoice::kAuto:
      return {Precision::kFloat32, Precision::kBfloat16};
    case PrecisionChoice::kFloat32:
      return {Precision::kFloat32};
    case PrecisionChoice::kBfloat16:
      return {Precision::kBfloat16};
    case PrecisionChoice::kInt8:
      return {Precision::kInt8};
  }
  return {};
}

}  // namespace

absl::StatusOr<std::unique_ptr<Backend>> MakeBackend(const Network& network,
                                                     const BackendOptions& options) {
  using Choice = PrecisionChoice;
  const bool cuda = options.device == Device::kCuda;
  if (cuda) {
    ASSIGN_OR_RETURN(const bool has_cuda, HasCuda());
    if (!has_cuda) {
      return absl::FailedPreconditionError(
          "network.device is cuda, but libtorch finds no CUDA device; expected cpu");
    }
  }
  if (cuda && options.precision == Choice::kInt8) {
    return absl::InvalidArgumentError(
        "network.precision is int8, which is for processors; expected auto, float32 or bfloat16");
  }
  if (!cuda && options.precision == Choice::kBfloat16 && !MultipliesBfloat16()) {
    return absl::FailedPreconditionError(
        "network.precision is bfloat16, which this processor does not multiply (AVX-512 BF16); "
        "expected auto, float32 or int8");
  }
  if (cuda) {
    return MakeTorchBackend(
        network, Device::kCuda,
        options.precision == Choice::kFloat32 ? Precision::kFloat32 : Precision::kBfloat16);
  }
  return MakeCpuBackend(network, MeasuredFastest(network.config, PrecisionsOf(options.precision)));
}

}  // namespace hod::models
