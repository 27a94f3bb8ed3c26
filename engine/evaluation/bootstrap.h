// Bootstrap confidence intervals.
#pragma once

#include <cstdint>
#include <vector>

namespace hod::engine {

struct Estimate {
  double mean = 0;
  double low = 0, high = 0;  // The 95% percentile interval.
};

// The mean of `values` (at least one), resampled 10,000 times.
Estimate BootstrapMean(const std::vector<double>& values, uint64_t seed);

// 100 * (1 - mean(with) / mean(without)): by how many percent `with` is lower. Pairs are resampled
// together. Requires equal lengths of at least one; 0 where mean(without) is 0.
Estimate BootstrapReduction(const std::vector<double>& with, const std::vector<double>& without,
                            uint64_t seed);

}  // namespace hod::engine
