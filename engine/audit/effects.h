// How far fine-tuning moved what networks say and do, over the seeds of an audit.
#pragma once

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "engine/results/estimate.h"

namespace hod::engine {

// The mean of values that one seed each came to, with Student's 95 % interval: a seed has its own
// base, play, positions and houses, so that their spread is that of all of these. NaN values are
// left out; with fewer than two others the interval is NaN.
Estimate MeanOverSeeds(absl::Span<const double> values);

// The smallest mean that so many seeds of such a spread show with a probability of 80 % in a
// two-sided test at 5 %; NaN with fewer than two.
double SmallestDetectable(absl::Span<const double> values);

// Element by element, a - b. Requires equal lengths.
std::vector<double> Differences(absl::Span<const double> a, absl::Span<const double> b);

// Whether the interval excludes 0.
bool IsEffect(const Estimate& estimate);

}  // namespace hod::engine
