// One search with an evaluator of its own, to its end or as far as a latency budget allows.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "env/base/clock.h"
#include "mcts/evaluator.h"
#include "mcts/search.h"

namespace hod::mcts {

struct SearchLimits {
  absl::Duration time = absl::InfiniteDuration();  // Counted from the call on.
  std::function<MonotonicTime()> now = MonotonicNow;
};

// Runs a search that was just started, in rounds: as many leaves as may be in flight
// (SearchOptions::max_in_flight) are chosen, evaluated in one batch, and delivered. Those in flight
// count as visits, which drives the leaves of a batch apart; a batch ends early where the next leaf
// would be one of those in it.
//
// No round starts that is expected to end after the time, except the first, which evaluates the
// root: a round takes per leaf what the one before took, and in all at least what the shortest has
// taken. The last round is as large as still fits. Returns the evaluator's error, or the search's.
absl::Status RunSearch(Search& search, Evaluator& evaluator, const SearchLimits& limits);

}  // namespace hod::mcts
