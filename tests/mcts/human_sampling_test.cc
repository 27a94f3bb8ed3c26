#include "mcts/human_sampling.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

namespace hod::mcts {
namespace {

// Chi-square of counts against expected shares, over the entries with a positive share. Fails on an
// impossible draw.
double ChiSquare(const std::vector<int32_t>& draws, const std::vector<float>& probabilities) {
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  std::vector<int> counts(probabilities.size());
  for (const int32_t draw : draws) ++counts.at(draw);
  double chi_square = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (probabilities[i] == 0) {
      REQUIRE(counts[i] == 0);
      continue;
    }
    const double expected = static_cast<double>(draws.size()) * probabilities[i] / sum;
    chi_square += std::pow(counts[i] - expected, 2) / expected;
  }
  return chi_square;
}

// Mass at the ends, on both sides of a block of 256, in the middle; unnormalised.
std::vector<float> Spread() {
  std::vector<float> p(1000, 0.0f);
  p[0] = 1;
  p[255] = 2;
  p[256] = 3;
  p[500] = 0.5f;
  p[767] = 0.25f;
  p[768] = 4;
  p[999] = 1.25f;
  return p;
}

constexpr double kLimit6 = 22.46;  // The 0.999 quantile of chi-square with 6 degrees of freedom.

TEST_CASE("draws follow the distribution") {
  env::Rng rng(1);
  std::vector<int32_t> draws;
  DrawActions(Spread(), 40000, rng, draws);
  REQUIRE(draws.size() == 40000);
  CHECK(ChiSquare(draws, Spread()) < kLimit6);
}

TEST_CASE("draws come in random order: every part follows the distribution") {
  env::Rng rng(2);
  std::vector<int32_t> draws;
  DrawActions(Spread(), 40000, rng, draws);
  for (int part = 0; part < 4; ++part) {
    const std::vector<int32_t> quarter(draws.begin() + part * 10000,
                                       draws.begin() + (part + 1) * 10000);
    CHECK(ChiSquare(quarter, Spread()) < kLimit6);
  }
}

TEST_CASE("single draws follow the distribution, too") {
  env::Rng rng(3);
  std::vector<int32_t> draws;
  for (int i = 0; i < 20000; ++i) DrawActions(Spread(), 1, rng, draws);
  REQUIRE(draws.size() == 20000);  // Appended.
  CHECK(ChiSquare(draws, Spread()) < kLimit6);
}

TEST_CASE("any positive mass will do, and exactly as many draws come as asked for") {
  env::Rng rng(4);
  for (const float scale : {1e-30f, 1e-6f, 1.0f, 1e30f}) {
    for (const int size : {1, 255, 256, 257, 12107}) {
      std::vector<float> p(size, 0.0f);
      p[size - 1] = scale;
      p[size / 2] = scale;
      std::vector<int32_t> draws;
      DrawActions(p, 50, rng, draws);
      REQUIRE(draws.size() == 50);
      for (const int32_t draw : draws) CHECK((draw == size - 1 || draw == size / 2));
    }
  }
  std::vector<int32_t> draws = {7};
  DrawActions(Spread(), 0, rng, draws);
  CHECK(draws == std::vector<int32_t>{7});
}

TEST_CASE("dense distributions lose no draw to rounding") {
  env::Rng rng(5);
  for (int i = 0; i < 200; ++i) {
    std::vector<float> p(1 + rng.Below(2000));
    for (float& x : p) x = static_cast<float>(std::exp(5 * rng.Normal()));
    std::vector<int32_t> draws;
    DrawActions(p, 100, rng, draws);
    REQUIRE(draws.size() == 100);
  }
}

}  // namespace
}  // namespace hod::mcts
