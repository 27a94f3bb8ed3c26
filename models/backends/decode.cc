#include "models/backends/decode.h"

#include <Eigen/Core>
#include <cmath>

#include "models/backends/kernels.h"

namespace hod::models {

void ActionLogits(absl::Span<const float> channels, const env::ActionSpace& actions,
                  absl::Span<const int32_t> ids, absl::Span<float> logits) {
  const Kernels& kernels = FastestKernels(Precision::kFloat32);
  const auto volume = static_cast<size_t>(actions.volume());
  actions.ForEach(ids, [&](size_t i, const env::Action& action) {
    const float* const channel = channels.data() + env::ChannelOf(action) * volume;
    if (env::HasLocation(action.type)) {
      logits[i] = channel[action.location];
      return;
    }
    float highest, sum;
    kernels.sum_exp(channel, actions.volume(), &highest, &sum);
    logits[i] = highest + std::log(sum);
  });
}

void Softmax(absl::Span<float> logits) {
  if (logits.empty()) return;
  Eigen::Map<Eigen::ArrayXf> all(logits.data(), static_cast<Eigen::Index>(logits.size()));
  all = (all - all.maxCoeff()).exp();
  all /= all.sum();
}

void ActionProbabilities(absl::Span<const float> channels, const env::ActionSpace& actions,
                         absl::Span<const int32_t> ids, std::vector<float>& probabilities) {
  probabilities.resize(ids.size());
  ActionLogits(channels, actions, ids, absl::MakeSpan(probabilities));
  Softmax(absl::MakeSpan(probabilities));
}

}  // namespace hod::models
