#include "engine/results/quantile.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace hod::engine {

double Quantile(std::vector<double>& samples, double q) {
  if (samples.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto at =
      samples.begin() + static_cast<ptrdiff_t>(q * static_cast<double>(samples.size() - 1));
  std::nth_element(samples.begin(), at, samples.end());
  return *at;
}

}  // namespace hod::engine
