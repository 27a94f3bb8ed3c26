#include "mcts/run_search.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "env/base/status.h"

namespace hod::mcts {
namespace {

// How long rounds take.
class Pace {
 public:
  void Measured(absl::Duration round, size_t leaves) {
    shortest_ = std::min(shortest_.value_or(round), round);
    per_leaf_ = round / static_cast<double>(leaves);
  }
  // Zero before any was measured.
  absl::Duration Expected(size_t leaves) const {
    return std::max(shortest_.value_or(absl::ZeroDuration()),
                    per_leaf_ * static_cast<double>(leaves));
  }

 private:
  std::optional<absl::Duration> shortest_;
  absl::Duration per_leaf_;
};

}  // namespace

absl::Status RunSearch(Search& search, Evaluator& evaluator, const SearchLimits& limits) {
  MonotonicTime round_began = limits.now();
  const MonotonicTime deadline = round_began + limits.time;
  Pace pace;
  std::vector<Position> leaves;
  std::vector<Evaluation> evaluations;
  while (!search.done()) {
    leaves.clear();
    const auto fits_one_more = [&] {
      return search.root().visits == 0 ||
             round_began + pace.Expected(leaves.size() + 1) <= deadline;
    };
    while (fits_one_more()) {
      const Position* leaf = search.NextLeaf();
      if (leaf == nullptr) break;
      leaves.push_back(*leaf);
    }
    if (leaves.empty()) {
      search.Stop();
      break;
    }
    evaluations.resize(std::max(evaluations.size(), leaves.size()));
    const auto batch = absl::MakeSpan(evaluations).first(leaves.size());
    RETURN_IF_ERROR(evaluator.Evaluate(leaves, batch));
    for (const Evaluation& evaluation : batch) {
      RETURN_IF_ERROR(search.Deliver(evaluation));
    }
    const MonotonicTime now = limits.now();
    pace.Measured(now - round_began, leaves.size());
    round_began = now;
  }
  return absl::OkStatus();
}

}  // namespace hod::mcts
