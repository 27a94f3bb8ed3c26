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

}  // namespace
}  // namespace hod::mcts
