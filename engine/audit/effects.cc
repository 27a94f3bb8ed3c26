#include "engine/audit/effects.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace hod::engine {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kConfidence = 0.975;  // On either side.
constexpr double kPower = 0.8;

struct Spread {
  int count = 0;
  double mean = kNothing;
  double standard_error = kNothing;  // The mean's.
};

Spread SpreadOf(absl::Span<const double> values) {
  Spread spread;
  double sum = 0, squares = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++spread.count;
    sum += value;
  }
  if (spread.count == 0) return spread;
  spread.mean = sum / spread.count;
  if (spread.count == 1) return spread;
  for (const double value : values) {
    if (!std::isnan(value)) squares += (value - spread.mean) * (value - spread.mean);
  }
  spread.standard_error = std::sqrt(squares / (spread.count - 1) / spread.count);
  return spread;
}

double StudentQuantile(int degrees, double probability) {
  return boost::math::quantile(boost::math::students_t(degrees), probability);
}

}  // namespace

Estimate MeanOverSeeds(absl::Span<const double> values) {
  const Spread spread = SpreadOf(values);
  if (spread.count < 2) return {spread.mean, kNothing, kNothing};
  const double reach = StudentQuantile(spread.count - 1, kConfidence) * spread.standard_error;
  return {spread.mean, spread.mean - reach, spread.mean + reach};
}

double SmallestDetectable(absl::Span<const double> values) {
  const Spread spread = SpreadOf(values);
  if (spread.count < 2) return kNothing;
  const int degrees = spread.count - 1;
  return (StudentQuantile(degrees, kConfidence) + StudentQuantile(degrees, kPower)) *
         spread.standard_error;
}

std::vector<double> Differences(absl::Span<const double> a, absl::Span<const double> b) {
  std::vector<double> differences;
  for (size_t i = 0; i < a.size(); ++i) differences.push_back(a[i] - b[i]);
  return differences;
}

bool IsEffect(const Estimate& estimate) { return estimate.low > 0 || estimate.high < 0; }

}  // namespace hod::engine
