#include "models/decode.h"

#include <Eigen/Core>
#include <cmath>

#include "models/kernels.h"

namespace hod::models {
namespace {

using env::ActionType;

// The first channel of a type (env/game/actions.h).
int ChannelOf(ActionType type) {
  constexpr int kPlace = 1, kBreak = kPlace + env::kNumBlocks, kMoves = kBreak + 1;
  switch (type) {
    case ActionType::kNoop:
      return 0;
    case ActionType::kPlace:
      return kPlace;
    case ActionType::kBreak:
      return kBreak;
    case ActionType::kGive:
      return kMoves + 6;
    default:
      return kMoves + static_cast<int>(type) - static_cast<int>(ActionType::kMovePosX);
  }
}

}  // namespace

void ActionProbabilities(absl::Span<const float> channels, const env::ActionSpace& actions,
                         absl::Span<const int32_t> ids, std::vector<float>& probabilities) {
  probabilities.resize(ids.size());
  if (ids.empty()) return;
  const Kernels& kernels = FastestKernels(Precision::kFloat32);
  const auto volume = static_cast<size_t>(actions.volume());
  actions.ForEach(ids, [&](size_t i, const env::Action& action) {
    const float* const channel = channels.data() + (ChannelOf(action.type) + action.block) * volume;
    if (env::HasLocation(action.type)) {
      probabilities[i] = channel[action.location];
      return;
    }
    float highest, sum;
    kernels.sum_exp(channel, actions.volume(), &highest, &sum);
    probabilities[i] = highest + std::log(sum);
  });
  Eigen::Map<Eigen::ArrayXf> all(probabilities.data(), static_cast<Eigen::Index>(ids.size()));
  all = (all - all.maxCoeff()).exp();
  all /= all.sum();
}

}  // namespace hod::models
