#include "models/training/advantages.h"

namespace hod::models {

std::vector<float> GeneralizedAdvantages(absl::Span<const Transition> transitions, double gamma,
                                         double lambda) {
  std::vector<float> advantages(transitions.size());
  double later = 0;
  for (size_t i = transitions.size(); i-- > 0;) {
    const Transition& t = transitions[i];
    const double surprise = t.reward + gamma * t.next_value - t.value;
    later = surprise + (t.last ? 0 : gamma * lambda * later);
    advantages[i] = static_cast<float>(later);
  }
  return advantages;
}

}  // namespace hod::models
