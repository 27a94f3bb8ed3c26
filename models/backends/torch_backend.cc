#include "models/backends/torch_backend.h"

#include "env/base/status.h"
#include "models/network/torch_library.h"

namespace hod::models {

absl::StatusOr<std::unique_ptr<Backend>> MakeTorchBackend(const Network& network, Device device,
                                                          Precision precision) {
  ASSIGN_OR_RETURN(const TorchLibrary* const torch, LoadTorchLibrary());
  return torch->make_backend(network, device, precision);
}

}  // namespace hod::models
