#include "engine/results/estimate_json.h"

#include <limits>

namespace hod::engine {
namespace {

double ReadNumberOrNull(JsonObjectReader& reader, const char* key) {
  const nlohmann::json* value = reader.Find(key);
  if (value != nullptr && value->is_number()) return value->get<double>();
  if (value != nullptr && !value->is_null()) reader.Fail(reader.Path(key), "a number or null");
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Estimate ReadEstimate(JsonObjectReader& reader) {
  Estimate estimate;
  estimate.mean = ReadNumberOrNull(reader, "mean");
  estimate.low = ReadNumberOrNull(reader, "low");
  estimate.high = ReadNumberOrNull(reader, "high");
  return estimate;
}

}  // namespace hod::engine
