// Quantiles of what was measured.
#pragma once

#include <vector>

namespace hod::engine {

// The sample that stands at the share `q`, from 0 to 1, of their order, rounded down. NaN without
// samples. Reorders them.
double Quantile(std::vector<double>& samples, double q);

}  // namespace hod::engine
