// Networks in libtorch, which other ways to compute them are compared with.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "models/backends/backend.h"

namespace hod::models {

// Keeps its own copy of the parameters. Requires a valid network and a device that is there. Fails
// where LoadTorchLibrary() does.
absl::StatusOr<std::unique_ptr<Backend>> MakeTorchBackend(const Network& network, Device device,
                                                          Precision precision);

}  // namespace hod::models
