// Weighted random choice among a few named values.
#pragma once

#include <initializer_list>
#include <utility>

#include "env/base/random.h"

namespace hod::env {

// `options` are (value, weight > 0), at least one.
template <typename T>
T Choose(Rng& rng, std::initializer_list<std::pair<T, double>> options) {
  double total = 0;
  for (const auto& [value, weight] : options) total += weight;
  double left = rng.Uniform() * total;
  for (const auto& [value, weight] : options) {
    left -= weight;
    if (left < 0) return value;
  }
  return options.begin()->first;
}

}  // namespace hod::env
