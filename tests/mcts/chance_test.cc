#include "mcts/chance.h"

#include <algorithm>
#include <cmath>

#include "tests/support/catch.h"

namespace hod::mcts {
namespace {

struct Chance {
  explicit Chance(const std::vector<LikelyAction>& policy) {
    REQUIRE(StoreHumanPolicy(policy, 100000, tree, node).ok());
  }
  int32_t IdAt(double quantile) { return tree.human_ids[HumanAtQuantile(tree, node, quantile)]; }

  Tree tree;
  Node node;
};

const std::vector<LikelyAction> kSpread = {{0, 1},      {255, 2}, {256, 3},    {500, 0.5f},
                                           {600, 0.0f}, {768, 4}, {999, 1.25f}};
constexpr double kSum = 11.75;

TEST_CASE("quantiles lie where the cumulative distribution says") {
  Chance chance(kSpread);
  CHECK(chance.IdAt(0) == 0);
  CHECK(chance.IdAt(0.99 / kSum) == 0);
  CHECK(chance.IdAt(1.01 / kSum) == 255);
  CHECK(chance.IdAt(2.99 / kSum) == 255);
  CHECK(chance.IdAt(3.01 / kSum) == 256);
  CHECK(chance.IdAt(6.49 / kSum) == 500);
  CHECK(chance.IdAt(6.51 / kSum) == 768);
  CHECK(chance.IdAt(std::nextafter(1.0, 0.0)) == 999);
}

TEST_CASE("impossible actions are never drawn, and probabilities are those given") {
  Chance chance(kSpread);
  double sum = 0;
  for (int32_t h = chance.node.humans_begin; h < chance.node.humans_end; ++h) {
    CHECK(chance.tree.human_ids[h] != 600);
    sum += HumanProbability(chance.tree, chance.node, h);
  }
  CHECK(sum == Approx(1.0));
  CHECK(HumanProbability(chance.tree, chance.node, 0) == Approx(1 / kSum));
  CHECK(HumanProbability(chance.tree, chance.node, 4) == Approx(4 / kSum));
}

TEST_CASE("any positive sum will do") {
  for (const float scale : {1e-30f, 1e-6f, 1.0f, 1e30f}) {
    Chance chance({{3, scale}, {7, scale}});
    CHECK(chance.IdAt(0.4999) == 3);
    CHECK(chance.IdAt(0.5001) == 7);
  }
}

TEST_CASE("nodes that share the pool keep to their own actions") {
  Tree tree;
  Node first, second;
  REQUIRE(StoreHumanPolicy({{1, 0.5f}, {2, 0.5f}}, 10, tree, first).ok());
  REQUIRE(StoreHumanPolicy({{3, 0.25f}, {4, 0.75f}}, 10, tree, second).ok());
  CHECK(tree.human_ids[HumanAtQuantile(tree, first, 0.999999)] == 2);
  CHECK(tree.human_ids[HumanAtQuantile(tree, second, 0)] == 3);
  CHECK(HumanProbability(tree, second, second.humans_begin) == Approx(0.25));
}

TEST_CASE("even quantiles follow the distribution closely, from any start and in any part") {
  Chance chance(kSpread);
  for (const uint64_t seed : {1, 2, 3}) {
    for (const int from : {0, 17, 1000}) {
      int hits = 0;
      for (int i = from; i < from + 100; ++i) hits += chance.IdAt(EvenQuantile(seed, i)) == 768;
      CHECK(std::abs(hits - 100 * 4 / kSum) < 3);  // Independent draws: a deviation of 5 is usual.
    }
  }
  CHECK(EvenQuantile(1, 0) != EvenQuantile(2, 0));
}

TEST_CASE("even quantiles leave gaps of at most three lengths, none twice the even one") {
  for (const int count : {2, 3, 10, 33, 100, 377}) {
    std::vector<double> at;
    for (int i = 0; i < count; ++i) at.push_back(EvenQuantile(5, i));
    std::sort(at.begin(), at.end());
    CHECK(at.front() >= 0);
    CHECK(at.back() < 1);
    std::vector<double> lengths;  // All that differ.
    for (size_t i = 0; i < at.size(); ++i) {
      const double gap = i + 1 < at.size() ? at[i + 1] - at[i] : 1 + at.front() - at.back();
      CHECK(gap < 2.0 / count);
      const bool known = std::any_of(lengths.begin(), lengths.end(),
                                     [&](double l) { return std::abs(l - gap) < 1e-9; });
      if (!known) lengths.push_back(gap);
    }
    CHECK(lengths.size() <= 3);  // Steinhaus: for multiples of any number.
  }
}

}  // namespace
}  // namespace hod::mcts
