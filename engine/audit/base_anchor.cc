#include "engine/audit/base_anchor.h"

#include <map>

#include "engine/audit/questions.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

// The mean of a target and of a prediction, which is scaled to a sum of 1.
env::ActionDistribution Anchored(const env::ActionDistribution& target,
                                 const env::ActionDistribution& predicted, double weight) {
  double sum = 0;
  for (const auto& [id, probability] : predicted) sum += probability;
  if (target.empty() || sum <= 0) return target;
  std::map<int32_t, double> mean;
  for (const auto& [id, probability] : target) mean[id] += probability / (1 + weight);
  for (const auto& [id, probability] : predicted) {
    mean[id] += weight * probability / sum / (1 + weight);
  }
  env::ActionDistribution anchored;
  for (const auto& [id, probability] : mean) {
    anchored.emplace_back(id, static_cast<float>(probability));
  }
  return anchored;
}

}  // namespace

absl::Status AnchorToBase(const RunConfig& config, const std::string& checkpoint, double weight,
                          std::vector<Fragment>& positions) {
  if (weight == 0) return absl::OkStatus();
  return AskNetwork(config, checkpoint, positions,
                    [&](size_t i, const AskedPosition&, const Answer& answer) {
                      Timestep& step = positions[i].steps.front();
                      step.search_policy = Anchored(step.search_policy, answer.policy, weight);
                      step.human_policy = Anchored(step.human_policy, answer.human, weight);
                    });
}

}  // namespace hod::engine
