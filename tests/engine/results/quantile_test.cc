#include "engine/results/quantile.h"

#include <cmath>

#include "tests/support/catch.h"

namespace hod::engine {
namespace {

TEST_CASE("A quantile is the sample at its share of their order, rounded down") {
  std::vector<double> samples = {4, 1, 3, 2};
  CHECK(Quantile(samples, 0) == 1);
  CHECK(Quantile(samples, 0.33) == 1);
  CHECK(Quantile(samples, 0.34) == 2);
  CHECK(Quantile(samples, 0.5) == 2);
  CHECK(Quantile(samples, 0.99) == 3);
  CHECK(Quantile(samples, 1) == 4);
  std::vector<double> none;
  CHECK(std::isnan(Quantile(none, 0.5)));
}

}  // namespace
}  // namespace hod::engine
