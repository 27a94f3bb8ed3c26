// Beliefs about the goal: for every voxel, how likely each type of block is.
#pragma once

#include <array>

#include "absl/types/span.h"
#include "env/game/blocks.h"

namespace hod::env {

// Over the block types that one voxel may be meant to hold.
using GoalLogits = std::array<float, kNumBlocks>;        // Unnormalised.
using GoalDistribution = std::array<float, kNumBlocks>;  // Sums to 1.

// One voxel of a belief, which is logits, [kNumBlocks][volume].
GoalLogits LogitsAt(absl::Span<const float> belief, int volume, int location);
GoalDistribution Softmax(const GoalLogits& logits);

}  // namespace hod::env
