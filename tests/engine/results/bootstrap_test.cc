// Confidence intervals of known samples.
#include "engine/results/bootstrap.h"

#include <cmath>
#include <limits>
#include <vector>

#include "env/base/random.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

bool Equal(const Estimate& a, const Estimate& b) {
  return a.mean == b.mean && a.low == b.low && a.high == b.high;
}

TEST_CASE("Values without spread have an interval without width") {
  CHECK(Equal(BootstrapMean({2.5, 2.5, 2.5}, 1), {2.5, 2.5, 2.5}));
  CHECK(Equal(BootstrapMean({-7}, 1), {-7, -7, -7}));
}

TEST_CASE("The interval of a mean is as wide as its standard error says") {
  std::vector<double> coins(100, 0.0);
  std::fill(coins.begin(), coins.begin() + 50, 1.0);
  const Estimate estimate = BootstrapMean(coins, 1);
  CHECK(estimate.mean == 0.5);
  CHECK(estimate.low == Approx(0.5 - 1.96 * 0.05).margin(0.015));
  CHECK(estimate.high == Approx(0.5 + 1.96 * 0.05).margin(0.015));

  Rng rng(3);
  for (int n : {2, 5, 40}) {
    std::vector<double> values;
    for (int i = 0; i < n; ++i) values.push_back(10 + 3 * rng.Normal());
    const Estimate normal = BootstrapMean(values, n);
    CHECK(normal.low < normal.mean);
    CHECK(normal.mean < normal.high);
  }
}

TEST_CASE("Estimates depend on the seed alone") {
  const std::vector<double> values = {1.03, 2.91, 4.27, 8.55, 16.2, 32.7, 64.1};
  CHECK(Equal(BootstrapMean(values, 5), BootstrapMean(values, 5)));
  CHECK_FALSE(Equal(BootstrapMean(values, 5), BootstrapMean(values, 6)));
}

TEST_CASE("A reduction resamples pairs together") {
  // Every pair is reduced by a fifth, so every resample is; unpaired, the spread would be large.
  const std::vector<double> without = {10, 200, 3000, 40}, with = {8, 160, 2400, 32};
  const Estimate reduction = BootstrapReduction(with, without, 1);
  CHECK(reduction.mean == Approx(20));
  CHECK(reduction.low == Approx(20));
  CHECK(reduction.high == Approx(20));

  const Estimate mixed = BootstrapReduction({50, 90, 120}, {100, 100, 100}, 1);
  CHECK(mixed.mean == Approx(100.0 * (300 - 260) / 300));
  CHECK(mixed.low >= Approx(-20));
  CHECK(mixed.high <= Approx(50));
  CHECK(mixed.low < mixed.mean);
  CHECK(mixed.mean < mixed.high);
}

TEST_CASE("There is no reduction of nothing") {
  CHECK(Equal(BootstrapReduction({1, 2}, {0, 0}, 1), {0, 0, 0}));
}

TEST_CASE("A statistic of how often members were drawn is that of the drawn members") {
  const std::vector<double> values = {1.03, 2.91, 4.27, 8.55, 16.2, 32.7, 64.1};
  const Estimate mean = BootstrapMean(values, 5);
  const Estimate same = BootstrapStatistic(7, 5, [&](absl::Span<const int> times) {
    double sum = 0;
    for (size_t i = 0; i < values.size(); ++i) sum += times[i] * values[i];
    return sum / 7;
  });
  CHECK(same.mean == Approx(mean.mean));
  CHECK(same.low == Approx(mean.low));
  CHECK(same.high == Approx(mean.high));
}

TEST_CASE("Resamples with nothing to measure are left out") {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  // Only the first member can be measured; it is missing from a third of the resamples.
  const Estimate some = BootstrapStatistic(
      3, 1, [](absl::Span<const int> times) { return times[0] > 0 ? 4.0 : kNan; });
  CHECK(Equal(some, {4, 4, 4}));
  const Estimate none = BootstrapStatistic(3, 1, [](absl::Span<const int>) { return kNan; });
  CHECK(std::isnan(none.mean));
  CHECK(std::isnan(none.low));
  CHECK(std::isnan(none.high));
}

}  // namespace
}  // namespace hod::engine
