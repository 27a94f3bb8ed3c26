#include "mcts/parallel_evaluator.h"

#include <tbb/parallel_for.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "env/base/status.h"

namespace hod::mcts {

absl::Status ParallelEvaluator::Evaluate(absl::Span<const Position> positions,
                                         absl::Span<Evaluation> evaluations) {
  if (positions.size() != evaluations.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(positions.size(), " positions but ", evaluations.size(), " evaluations"));
  }
  std::vector<absl::Status> statuses(threads_);
  arena_.execute([&] {
    tbb::parallel_for(0, threads_, [&](int part) {
      const size_t begin = positions.size() * part / threads_;
      const size_t end = positions.size() * (part + 1) / threads_;
      if (begin == end) return;
      statuses[part] = inner_->Evaluate(positions.subspan(begin, end - begin),
                                        evaluations.subspan(begin, end - begin));
    });
  });
  for (const absl::Status& status : statuses) {
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

}  // namespace hod::mcts
