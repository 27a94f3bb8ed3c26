// Reads networks of the reference implementation as its users have them: the policy's state
// dictionary as a .safetensors file, and the model's configuration as JSON (docs/networks.md).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "models/reference/weights.h"

namespace hod::models {

// The configuration is an object with "custom_model" (its registered name), "custom_model_config"
// and "vf_share_layers", and where the model's configuration does not say how many inventories are
// seen, "resolved" with "num_inventory_obs"; other keys beside these are ignored. Refuses
// architectures and settings that Hod does not compute, settings it does not know, and tensors as
// ReferenceFrom() does; of tensors that play no part only batch counters may be there. Errors name
// the file and the key or tensor.
absl::StatusOr<ReferenceWeights> ImportReference(const std::string& weights_path,
                                                 const std::string& config_path);

}  // namespace hod::models
