// Networks in libtorch: on a GPU, and as what other backends are compared with.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "models/backends/backend.h"

namespace hod::models {

// Whether libtorch has a GPU to compute on. Fails where LoadTorchLibrary() does, as the next does.
absl::StatusOr<bool> HasCuda();

// Keeps its own copy of the parameters. Requires a valid network and a device that is there.
absl::StatusOr<std::unique_ptr<Backend>> MakeTorchBackend(const Network& network, Device device,
                                                          Precision precision);

}  // namespace hod::models
