#include "engine/audit/effects.h"

#include <cmath>
#include <limits>

#include "tests/support/catch.h"

namespace hod::engine {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

TEST_CASE("Means over seeds have Student's interval") {
  // t(0.975; 4) = 2.776445, t(0.8; 4) = 0.940965; the standard error of 1 to 5 is sqrt(2.5 / 5).
  const Estimate mean = MeanOverSeeds({1, 2, 3, 4, 5});
  CHECK(mean.mean == Approx(3));
  CHECK(mean.low == Approx(3 - 2.776445 * std::sqrt(0.5)).epsilon(1e-6));
  CHECK(mean.high == Approx(3 + 2.776445 * std::sqrt(0.5)).epsilon(1e-6));
  CHECK(IsEffect(mean));
  CHECK(SmallestDetectable({1, 2, 3, 4, 5}) ==
        Approx((2.776445 + 0.940965) * std::sqrt(0.5)).epsilon(1e-5));
}

TEST_CASE("What was not measured is left out of means over seeds") {
  const Estimate mean = MeanOverSeeds({1, kNothing, 3});
  const Estimate same = MeanOverSeeds({1, 3});
  CHECK(mean.mean == Approx(2));
  CHECK(mean.low == Approx(same.low));
  CHECK(std::isnan(MeanOverSeeds({1, kNothing}).low));
  CHECK(std::isnan(MeanOverSeeds({kNothing}).mean));
  CHECK(std::isnan(SmallestDetectable({1})));
  CHECK_FALSE(IsEffect(MeanOverSeeds({1})));
}

TEST_CASE("Differences are taken seed by seed") {
  CHECK(Differences({3, 5}, {1, 6}) == std::vector<double>{2, -1});
}

}  // namespace
}  // namespace hod::engine
