#include "models/training/collective.h"

#include "env/base/status.h"
#include "models/network/torch_library.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<Collective>> JoinCollective(const CollectiveOptions& options) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  if (torch->join_collective == nullptr) {
    return absl::FailedPreconditionError(
        "several learners need a libtorch with Gloo, and Gloo's headers (libgloo-dev) where Hod is "
        "built");
  }
  return torch->join_collective(options);
}

}  // namespace hod::models
