#include "models/backends/backend.h"

#include <vector>

#include "models/backends/cpu_backend.h"
#include "models/backends/measured_kernels.h"

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
                                                     PrecisionChoice precision) {
  if (precision == PrecisionChoice::kBfloat16 && !MultipliesBfloat16()) {
    return absl::FailedPreconditionError(
        "network.precision is bfloat16, which this processor does not multiply (AVX-512 BF16); "
        "expected auto, float32 or int8");
  }
  return MakeCpuBackend(network, MeasuredFastest(network.config, PrecisionsOf(precision)));
}

}  // namespace hod::models
