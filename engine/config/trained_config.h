// The configuration that a network was trained with.
#pragma once

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "models/checkpoints/network_file.h"

namespace hod::engine {

// What the run of `network` keeps in it (RunProgress); of a network of the reference, the defaults.
// Errors name the file: it was not saved by a run, or the configuration is refused.
absl::StatusOr<RunConfig> TrainedConfig(const models::LoadedNetwork& network);

}  // namespace hod::engine
