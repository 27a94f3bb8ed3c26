// The first difference between two JSON values. Whole numbers (ids, counts, checksums) are compared
// exactly, others with a tolerance.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace hod::env {

// Relative above 1, absolute below, as for the doubles of recorded traces.
inline constexpr double kTraceTolerance = 1e-9;

// Describes where `actual` first differs from `expected` ("players[1].reward: expected 1, got 0"),
// or nothing. `path` is the name of the value itself.
std::optional<std::string> FirstDifference(const nlohmann::json& expected,
                                           const nlohmann::json& actual, const std::string& path,
                                           double tolerance = kTraceTolerance);

}  // namespace hod::env
