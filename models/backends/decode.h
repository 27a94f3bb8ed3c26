// Turns logits into probabilities of actions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/actions.h"

namespace hod::models {

// Logits of the flat actions `ids` (ascending). `channels` is [kNumActionChannels][volume] logits
// per action channel and voxel; an action without a location has the log of the sum of its
// channel's exponentials over all voxels. Requires as many `logits` as `ids`.
void ActionLogits(absl::Span<const float> channels, const env::ActionSpace& actions,
                  absl::Span<const int32_t> ids, absl::Span<float> logits);

// Softmax of some logits, in place.
void Softmax(absl::Span<float> logits);

// Both: probabilities of the actions `ids` alone, as many as they are.
void ActionProbabilities(absl::Span<const float> channels, const env::ActionSpace& actions,
                         absl::Span<const int32_t> ids, std::vector<float>& probabilities);

}  // namespace hod::models
