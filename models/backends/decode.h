// Turns logits into probabilities of actions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/actions.h"

namespace hod::models {

// Softmax over the flat actions `ids` (ascending) alone. `channels` is [kNumActionChannels][volume]
// logits per action channel and voxel; an action without a location has the log of the sum of its
// channel's exponentials over all voxels. `probabilities` gets as many entries as `ids`.
void ActionProbabilities(absl::Span<const float> channels, const env::ActionSpace& actions,
                         absl::Span<const int32_t> ids, std::vector<float>& probabilities);

// The same of the logits of some actions, in place.
void Softmax(absl::Span<float> logits);

}  // namespace hod::models
