#include "engine/results/bootstrap.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "engine/results/quantile.h"
#include "env/base/random.h"

namespace hod::engine {
namespace {

constexpr int kResamples = 10000;

using Indices = Eigen::ArrayXi;

// The estimate of a statistic of a sample of `n`, given as the chosen indices.
Estimate Bootstrap(int n, uint64_t seed, const std::function<double(const Indices&)>& statistic) {
  Rng rng(seed);
  Indices sample = Indices::LinSpaced(n, 0, n - 1);
  Estimate estimate;
  estimate.mean = statistic(sample);
  std::vector<double> draws(kResamples);
  for (double& draw : draws) {
    for (int& index : sample) index = rng.Below(n);
    draw = statistic(sample);
  }
  std::erase_if(draws, [](double draw) { return std::isnan(draw); });
  estimate.low = Quantile(draws, 0.025);
  estimate.high = Quantile(draws, 0.975);
  return estimate;
}

Eigen::Map<const Eigen::ArrayXd> AsArray(const std::vector<double>& values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}

}  // namespace

Estimate BootstrapMean(const std::vector<double>& values, uint64_t seed) {
  const auto array = AsArray(values);
  return Bootstrap(static_cast<int>(values.size()), seed,
                   [&](const Indices& sample) { return array(sample).mean(); });
}

Estimate BootstrapReduction(const std::vector<double>& with, const std::vector<double>& without,
                            uint64_t seed) {
  const auto a = AsArray(with), b = AsArray(without);
  return Bootstrap(static_cast<int>(with.size()), seed, [&](const Indices& sample) {
    const double base = b(sample).mean();
    return base == 0 ? 0.0 : 100 * (1 - a(sample).mean() / base);
  });
}

Estimate BootstrapStatistic(int n, uint64_t seed,
                            const std::function<double(absl::Span<const int>)>& statistic) {
  std::vector<int> times(n);
  return Bootstrap(n, seed, [&](const Indices& sample) {
    std::fill(times.begin(), times.end(), 0);
    for (const int index : sample) ++times[index];
    return statistic(times);
  });
}

}  // namespace hod::engine
