#include "env/game/goal_belief.h"

#include <algorithm>
#include <cmath>

namespace hod::env {

GoalLogits LogitsAt(absl::Span<const float> belief, int volume, int location) {
  GoalLogits logits;
  for (int b = 0; b < kNumBlocks; ++b) logits[b] = belief[b * volume + location];
  return logits;
}

GoalDistribution Softmax(const GoalLogits& logits) {
  const float highest = *std::max_element(logits.begin(), logits.end());
  GoalDistribution goal;
  float sum = 0;
  for (int b = 0; b < kNumBlocks; ++b) sum += goal[b] = std::exp(logits[b] - highest);
  for (float& p : goal) p /= sum;
  return goal;
}

}  // namespace hod::env
