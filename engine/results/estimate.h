// An estimate with its interval: in memory, in files, in tables.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "env/base/json_object_reader.h"

namespace hod::engine {

// What could not be measured is NaN, null in JSON and "-" in tables.
struct Estimate {
  double mean = 0;
  double low = 0, high = 0;  // The 95% percentile interval.
};

// The same estimate in another unit.
Estimate operator*(double scale, const Estimate& estimate);

// How numbers are printed: with so many digits after the point, or so many significant ones.
struct NumberStyle {
  int digits = 1;
  bool significant = false;
  bool sign = false;  // Also "+".
};
// "36.3 [32.7, 40.1]"
std::string Format(const Estimate& estimate, const NumberStyle& style = {});
// "36.3", or "-".
std::string FormatNumber(double value, const NumberStyle& style = {});
// "[32.7, 40.1]", or "-".
std::string FormatInterval(const Estimate& estimate, const NumberStyle& style = {});

nlohmann::json ToJson(const Estimate& estimate);
// The mean, low and high of an object that may hold more.
Estimate ReadEstimate(JsonObjectReader& reader);
// Those of the object that is the value of `key`; what else it holds is passed over.
void ReadEstimate(JsonObjectReader& reader, const char* key, Estimate& out);

}  // namespace hod::engine
