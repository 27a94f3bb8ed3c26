#include "mcts/chance.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace hod::mcts {

absl::Status StoreHumanPolicy(absl::Span<const LikelyAction> policy, int num_actions, Tree& tree,
                              Node& node) {
  node.humans_begin = static_cast<int32_t>(tree.human_ids.size());
  double sum = 0;
  int32_t last = -1;
  for (const LikelyAction& action : policy) {
    if (!(action.probability >= 0) || !std::isfinite(action.probability)) {
      return absl::InternalError(absl::StrCat("evaluation: human_policy of action ", action.id,
                                              " is ", action.probability));
    }
    if (action.id <= last || action.id >= num_actions) {
      return absl::InternalError(absl::StrCat("evaluation: human_policy has action ", action.id,
                                              ", expected ", last + 1, " to ", num_actions - 1));
    }
    last = action.id;
    if (action.probability == 0) continue;
    sum += action.probability;
    tree.human_ids.push_back(action.id);
    tree.human_cumulative.push_back(static_cast<float>(sum));
  }
  node.humans_end = static_cast<int32_t>(tree.human_ids.size());
  if (!(sum > 0) || !std::isfinite(static_cast<float>(sum))) {
    return absl::InternalError(absl::StrCat("evaluation: human_policy sums to ", sum));
  }
  return absl::OkStatus();
}

int32_t HumanAtQuantile(const Tree& tree, const Node& node, double quantile) {
  const auto begin = tree.human_cumulative.begin() + node.humans_begin;
  const auto end = tree.human_cumulative.begin() + node.humans_end;
  const auto at = std::upper_bound(begin, end, static_cast<float>(quantile * *(end - 1)));
  // Rounding may bring a quantile below 1 up to the sum.
  return node.humans_begin + static_cast<int32_t>(std::min(at, end - 1) - begin);
}

double HumanProbability(const Tree& tree, const Node& node, int32_t human) {
  const float before = human == node.humans_begin ? 0.0f : tree.human_cumulative[human - 1];
  return (tree.human_cumulative[human] - before) / tree.human_cumulative[node.humans_end - 1];
}

}  // namespace hod::mcts
