// Estimates in files. What could not be measured is NaN here and null there.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/results/bootstrap.h"
#include "env/base/json_object_reader.h"

namespace hod::engine {

inline nlohmann::json ToJson(const Estimate& e) {
  return {{"mean", e.mean}, {"low", e.low}, {"high", e.high}};
}

// The mean, low and high of an object that may hold more.
Estimate ReadEstimate(JsonObjectReader& reader);

}  // namespace hod::engine
