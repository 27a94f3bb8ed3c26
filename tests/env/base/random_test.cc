#include "env/base/random.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace hod {
namespace {

// Every earlier version of Hod drew the same, so what is seeded stays as it was.
TEST_CASE("The stream of a seed is the same for ever") {
  Rng rng(1);
  CHECK(rng() == 0x910A2DEC89025CC1ull);
  CHECK(rng() == 0xBEEB8DA1658EEC67ull);
  CHECK(Rng(1).Fork(uint64_t{2})() == 0x3044EB4A575B8F23ull);
  CHECK(Rng(1).Fork("order")() == 0x650F13810C4EFF6Full);
}

TEST_CASE("Forks by name differ, and leave their origin as it was") {
  Rng rng(7);
  const uint64_t next = Rng(7)();
  std::set<uint64_t> firsts;
  for (const char* name : {"", "a", "b", "ab", "ba", "order", "dropout"}) {
    firsts.insert(rng.Fork(name)());
    CHECK(rng.Fork(name)() == rng.Fork(std::string(name))());
  }
  CHECK(firsts.size() == 7);
  CHECK(rng() == next);
}

TEST_CASE("A shuffle draws from the back, and can give every order") {
  std::vector<int> items(10), expected(10);
  std::iota(items.begin(), items.end(), 0);
  expected = items;
  Rng rng(3), twin(3);
  Shuffle(items, rng);
  for (size_t i = expected.size(); i > 1; --i) {
    std::swap(expected[i - 1], expected[twin.Below(static_cast<int>(i))]);
  }
  CHECK(items == expected);
  CHECK(rng() == twin());

  std::map<std::vector<int>, int> orders;
  for (int i = 0; i < 6000; ++i) {
    std::vector<int> three = {0, 1, 2};
    Shuffle(three, rng);
    ++orders[three];
  }
  CHECK(orders.size() == 6);
  for (const auto& [order, count] : orders) CHECK(std::abs(count - 1000) < 150);

  std::vector<int> none;
  Shuffle(none, rng);
  CHECK(none.empty());
}

TEST_CASE("A weighted index is as likely as its weight") {
  const std::array<float, 4> weights = {1, 0, 3, 4};
  std::array<int, 4> counts{};
  Rng rng(5);
  for (int i = 0; i < 8000; ++i) ++counts[WeightedIndex(weights, rng)];
  CHECK(counts[1] == 0);
  for (const int i : {0, 2, 3}) CHECK(std::abs(counts[i] - 1000 * weights[i]) < 200);
}

TEST_CASE("A weighted index takes one number of the stream") {
  Rng rng(5), twin(5);
  WeightedIndex(std::vector<double>{1, 2}, rng);
  twin.Uniform();
  CHECK(rng() == twin());
}

TEST_CASE("Items lie side by side, and what is past the end is in the last that has a width") {
  const std::vector<std::pair<char, double>> items = {{'a', 0}, {'b', 0.25}, {'c', 0.5}, {'d', 0}};
  const auto at = [&](double where) {
    return items[IndexAt(items, where, &std::pair<char, double>::second)].first;
  };
  CHECK(at(0) == 'b');
  CHECK(at(0.2) == 'b');
  CHECK(at(0.25) == 'c');
  CHECK(at(0.7) == 'c');
  CHECK(at(0.75) == 'c');
  CHECK(at(1) == 'c');
}

TEST_CASE("A choice among named values is as likely as its weight") {
  Rng rng(11);
  int tall = 0;
  for (int i = 0; i < 4000; ++i) {
    tall += Choose<std::string>(rng, {{"tall", 1}, {"low", 3}}) == "tall";
  }
  CHECK(std::abs(tall - 1000) < 120);
}

}  // namespace
}  // namespace hod
