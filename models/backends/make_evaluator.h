// A network's predictions, on the device and in the precision that the settings say.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "mcts/evaluator.h"
#include "models/backends/backend.h"
#include "models/network/network.h"
#include "models/network/precision.h"

namespace hod::models {

struct BackendOptions {
  Device device = Device::kCpu;
  PrecisionChoice precision = PrecisionChoice::kAuto;
  int positions_per_pass = 256;  // On a GPU, at most.
};

// Keeps its own copy of the parameters. Errors: no such device here, one that does not compute in
// the precision, or no libtorch for a GPU. Requires a valid network.
absl::StatusOr<std::unique_ptr<mcts::Evaluator>> MakeNetworkEvaluator(
    const Network& network, const BackendOptions& options);

}  // namespace hod::models
