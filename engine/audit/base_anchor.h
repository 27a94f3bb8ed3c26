// Fine-tuning that does not leave the network before it too far behind.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/config/run_config.h"
#include "engine/samples/fragment.h"

namespace hod::engine {

// Learning a target's cross entropy plus `weight` times KL(base || network) is learning the cross
// entropy of their mean, weighted 1 : weight, as its gradient shows. So that is what the targets of
// the human's and of the assistant's action become. Nothing changes with a weight of 0.
// `checkpoint` is the base's. Requires fragments of one timestep.
absl::Status AnchorToBase(const RunConfig& config, const std::string& checkpoint, double weight,
                          std::vector<Fragment>& positions);

}  // namespace hod::engine
