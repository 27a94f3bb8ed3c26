// A network, and optionally all else its training needs, in one .safetensors file.
//
// Tensors: "network/NAME" for every tensor of ParameterLayout(). In a training checkpoint also
// "published/NAME", "optimizer/first_moment/NAME" and "optimizer/second_moment/NAME", and where
// parameters are averaged "average/NAME".
// Metadata: "format" (kCheckpointFormat), "network" (JSON of the NetworkConfig), "run" (JSON of the
// caller's), and in a training checkpoint "steps".
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/files/safetensors.h"
#include "models/network/network.h"
#include "models/training/trainer_state.h"

namespace hod::models {

inline constexpr char kCheckpointFormat[] = "hod-checkpoint-2";

struct NetworkFile {
  Network network;
  std::string run;  // JSON about the run that made it.
};

struct Checkpoint {
  TrainerState state;
  std::string run;
};

// Replace the file as a whole or not at all (safetensors.h). Refuse values that are not finite, and
// a `run` that is not JSON.
absl::Status SaveNetwork(const std::string& path, const NetworkFile& file);
absl::Status SaveCheckpoint(const std::string& path, const Checkpoint& checkpoint);

// Refuse a file with a tensor missing, left over, of another shape or type or with values that are
// not finite, and metadata that are missing or wrong; errors name the file and what was expected.
// NetworkFrom(), on which OpenNetwork() (network_file.h) rests, takes a file of either kind as it
// was read from `path`; of a training checkpoint it gives the network that acts.
absl::StatusOr<NetworkFile> NetworkFrom(const std::string& path, SafeTensors file);
absl::StatusOr<Checkpoint> LoadCheckpoint(const std::string& path);

}  // namespace hod::models
