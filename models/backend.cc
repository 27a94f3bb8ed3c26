#include "models/backend.h"

#include "models/cpu_backend.h"
#include "models/kernels.h"
#include "models/torch_backend.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<Backend>> MakeBackend(const Network& network,
                                                     const BackendOptions& options) {
  if (options.device == Device::kCuda) {
    if (!HasCuda()) {
      return absl::FailedPreconditionError(
          "network.device is cuda, but libtorch finds no CUDA device; expected cpu");
    }
    const bool exact = options.precision == PrecisionChoice::kFloat32;
    return MakeTorchBackend(network, Device::kCuda,
                            exact ? Precision::kFloat32 : Precision::kBfloat16);
  }
  Precision precision = FastestPrecision();
  if (options.precision == PrecisionChoice::kFloat32) precision = Precision::kFloat32;
  if (options.precision == PrecisionChoice::kBfloat16 && precision != Precision::kBfloat16) {
    return absl::FailedPreconditionError(
        "network.precision is bfloat16, which this processor does not multiply (AVX-512 BF16); "
        "expected float32 or auto");
  }
  return MakeCpuBackend(network, FastestKernels(precision));
}

}  // namespace hod::models
