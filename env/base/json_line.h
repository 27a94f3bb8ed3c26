// A line of a trace file as JSON.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"

namespace hod {

// Arrays and objects nested deeper than any trace needs are refused, since they are printed and
// compared recursively.
inline constexpr int kMaxJsonDepth = 32;

// Errors say what is wrong and at which byte of the line.
absl::StatusOr<nlohmann::json> ParseJsonLine(const std::string& line);

// A whole number in [lo, hi]; errors name `key`. json.get<int>() would cut off fractions, wrap
// large numbers and take true for 1.
absl::StatusOr<int64_t> IntegerFromJson(const nlohmann::json& json, int64_t lo, int64_t hi,
                                        const std::string& key);

}  // namespace hod
