// A small seeded random generator whose streams are the same on every machine and library version,
// unlike those of the standard distributions. Satisfies UniformRandomBitGenerator.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <utility>

#include "absl/strings/string_view.h"

namespace hod {

// SplitMix64 (Steele, Lea, Flood 2014). Streams for independent purposes come from Fork().
class Rng {
 public:
  using result_type = uint64_t;

  explicit Rng(uint64_t seed = 0) : state_(seed) {}

  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return ~uint64_t{0}; }

  uint64_t operator()() { return Mix(state_ += 0x9E3779B97F4A7C15ull); }

  // Uniform in [0, n), n > 0. The bias of 2^-64 * n is irrelevant here.
  int Below(int n) {
    return static_cast<int>(
        (static_cast<unsigned __int128>((*this)()) * static_cast<unsigned>(n)) >> 64);
  }
  // Uniform in [lo, hi], both ends included.
  int Between(int lo, int hi) { return lo + Below(hi - lo + 1); }
  // Uniform in [0, 1).
  double Uniform() { return static_cast<double>((*this)() >> 11) * 0x1.0p-53; }
  bool Chance(double probability) { return Uniform() < probability; }

  // Standard normal (Box-Muller).
  double Normal() {
    const double u = 1.0 - Uniform(), v = Uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }
  // Gamma(shape, 1) (Marsaglia and Tsang 2000), shape > 0.
  double Gamma(double shape) {
    if (shape < 1.0) {
      const double u = 1.0 - Uniform();
      return Gamma(shape + 1.0) * std::pow(u, 1.0 / shape);
    }
    const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
      const double x = Normal(), t = 1.0 + c * x;
      if (t <= 0) continue;
      const double v = t * t * t;
      if (std::log(1.0 - Uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
  }

  // An independent stream, by number or by name; does not advance this generator.
  Rng Fork(uint64_t stream) const { return Rng(Mix(state_ ^ Mix(stream + 0xD1B54A32D192ED03ull))); }
  Rng Fork(absl::string_view name) const {
    uint64_t hash = 0xCBF29CE484222325ull;  // FNV-1a.
    for (const char c : name) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001B3ull;
    return Fork(hash);
  }

 private:
  static uint64_t Mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  uint64_t state_;
};

// A random order, each equally likely (Fisher-Yates).
template <typename Sequence>
void Shuffle(Sequence& items, Rng& rng) {
  using std::swap;
  for (size_t i = items.size(); i > 1; --i) {
    swap(items[i - 1], items[rng.Below(static_cast<int>(i))]);
  }
}

// The index of the item in which `at` lies if the items stand side by side, each as wide as its
// weight, from 0 on. `weight_of` gives an item's weight, which is not negative; at least one is
// positive. An `at` past the end, where rounding may bring it, lies in the last positive one.
template <typename Items, typename WeightOf = std::identity>
size_t IndexAt(const Items& items, double at, WeightOf weight_of = {}) {
  size_t index = 0, i = 0;
  for (const auto& item : items) {
    const double weight = std::invoke(weight_of, item);
    if (weight > 0) {
      index = i;
      if ((at -= weight) < 0) break;
    }
    ++i;
  }
  return index;
}

// The index of a random item, as likely as its share of all weights; see IndexAt.
template <typename Items, typename WeightOf = std::identity>
size_t WeightedIndex(const Items& items, Rng& rng, WeightOf weight_of = {}) {
  double total = 0;
  for (const auto& item : items) total += std::invoke(weight_of, item);
  return IndexAt(items, rng.Uniform() * total, weight_of);
}

// One of a few named values, as likely as its weight.
template <typename T>
T Choose(Rng& rng, std::initializer_list<std::pair<T, double>> options) {
  return options.begin()[WeightedIndex(options, rng, &std::pair<T, double>::second)].first;
}

}  // namespace hod
