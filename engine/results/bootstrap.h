// Bootstrap confidence intervals.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/types/span.h"
#include "engine/results/estimate.h"

namespace hod::engine {

// The mean of `values` (at least one), resampled 10,000 times.
Estimate BootstrapMean(const std::vector<double>& values, uint64_t seed);

// 100 * (1 - mean(with) / mean(without)): by how many percent `with` is lower. Pairs are resampled
// together. Requires equal lengths of at least one; 0 where mean(without) is 0.
Estimate BootstrapReduction(const std::vector<double>& with, const std::vector<double>& without,
                            uint64_t seed);

// Any statistic of a sample of `n` >= 1 members, given how often each was drawn. Resamples in which
// there is nothing to measure (NaN) are left out; without others the interval is NaN.
Estimate BootstrapStatistic(int n, uint64_t seed,
                            const std::function<double(absl::Span<const int> times)>& statistic);

}  // namespace hod::engine
