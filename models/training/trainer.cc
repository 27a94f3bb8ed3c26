#include "models/training/trainer.h"

#include <vector>

#include "env/base/status.h"
#include "models/backends/device_network.h"
#include "models/backends/kernel_check.h"
#include "models/backends/measured_kernels.h"
#include "models/network/torch_library.h"
#include "models/training/cpu_trainer.h"

namespace hod::models {
namespace {

// A run that goes on takes the same again, to the last bit. All measured kernels of float32 give
// the same bits; those of bfloat16 do not, so that they are not measured.
absl::StatusOr<const Kernels*> LearningKernels(const NetworkConfig& network,
                                               PrecisionChoice precision) {
  if (precision != PrecisionChoice::kBfloat16) {
    return &MeasuredFastest(network, {Precision::kFloat32});
  }
  const std::vector<const Kernels*> kernels =
      RightKernels(network, Candidates({Precision::kBfloat16}));
  if (!kernels.empty()) return kernels.front();
  return absl::FailedPreconditionError(
      "learner.precision is bfloat16, which this processor does not multiply (AVX-512 BF16); "
      "expected auto or float32");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Trainer>> MakeTrainer(const TrainerState& state,
                                                     const TrainerConfig& config) {
  if (config.device == Device::kCpu) {
    ASSIGN_OR_RETURN(const Kernels* const kernels,
                     LearningKernels(state.network.config, config.precision));
    return MakeCpuTrainer(state, config, *kernels);
  }
  if (config.peers != nullptr) {
    return absl::InvalidArgumentError(
        "learner.learners: expected 1 with learner.device = cuda: several learn on processors "
        "only");
  }
  if (config.precision != PrecisionChoice::kAuto &&
      config.precision != PrecisionChoice::kBfloat16) {
    return absl::InvalidArgumentError(
        "learner.precision: expected auto or bfloat16 with learner.device = cuda");
  }
  ASSIGN_OR_RETURN(const bool has_cuda, HasCuda());
  if (!has_cuda) {
    return absl::FailedPreconditionError(
        "learner.device is cuda, but libtorch finds no CUDA device; expected cpu");
  }
  return MakeTorchTrainer(state, config);
}

absl::StatusOr<std::unique_ptr<Trainer>> MakeTorchTrainer(const TrainerState& state,
                                                          const TrainerConfig& config) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_trainer(state, config);
}

}  // namespace hod::models
