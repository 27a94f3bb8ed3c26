#include "models/backends/backend.h"

#include "env/base/status.h"
#include "models/backends/cpu_backend.h"
#include "models/backends/kernels.h"
#include "models/backends/torch_backend.h"

namespace hod::models {

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
  if (!cuda && options.precision == Choice::kBfloat16 &&
      FastestPrecision() != Precision::kBfloat16) {
    return absl::FailedPreconditionError(
        "network.precision is bfloat16, which this processor does not multiply (AVX-512 BF16); "
        "expected auto, float32 or int8");
  }
  Precision precision = cuda ? Precision::kBfloat16 : FastestPrecision();
  if (options.precision == Choice::kFloat32) precision = Precision::kFloat32;
  if (options.precision == Choice::kInt8) precision = Precision::kInt8;
  if (cuda) return MakeTorchBackend(network, Device::kCuda, precision);
  return MakeCpuBackend(network, FastestKernels(precision));
}

}  // namespace hod::models
