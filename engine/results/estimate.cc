#include "engine/results/estimate.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hod::engine {
namespace {

double ReadNumberOrNull(JsonObjectReader& reader, const char* key) {
  const nlohmann::json* value = reader.Find(key);
  if (value != nullptr && value->is_number()) return value->get<double>();
  if (value != nullptr && !value->is_null()) reader.Fail(reader.Path(key), "a number or null");
  return std::numeric_limits<double>::quiet_NaN();
}

nlohmann::json NumberOrNull(double value) {
  return std::isnan(value) ? nlohmann::json() : nlohmann::json(value);
}

}  // namespace

Estimate operator*(double scale, const Estimate& e) {
  return {scale * e.mean, scale * e.low, scale * e.high};
}

std::string FormatNumber(double value, const NumberStyle& style) {
  if (std::isnan(value)) return "-";
  const std::string text = style.significant ? absl::StrFormat("%.*g", style.digits, value)
                                             : absl::StrFormat("%.*f", style.digits, value);
  return style.sign && text[0] != '-' ? "+" + text : text;
}

std::string FormatInterval(const Estimate& e, const NumberStyle& style) {
  if (std::isnan(e.low)) return "-";
  return absl::StrCat("[", FormatNumber(e.low, style), ", ", FormatNumber(e.high, style), "]");
}

std::string Format(const Estimate& e, const NumberStyle& style) {
  if (std::isnan(e.mean)) return "-";
  return absl::StrCat(FormatNumber(e.mean, style), " ", FormatInterval(e, style));
}

nlohmann::json ToJson(const Estimate& e) {
  return {
      {"mean", NumberOrNull(e.mean)}, {"low", NumberOrNull(e.low)}, {"high", NumberOrNull(e.high)}};
}

Estimate ReadEstimate(JsonObjectReader& reader) {
  Estimate estimate;
  estimate.mean = ReadNumberOrNull(reader, "mean");
  estimate.low = ReadNumberOrNull(reader, "low");
  estimate.high = ReadNumberOrNull(reader, "high");
  return estimate;
}

void ReadEstimate(JsonObjectReader& reader, const char* key, Estimate& out) {
  reader.ReadObject(key, [&](JsonObjectReader& fields) {
    fields.IgnoreOtherKeys();
    out = ReadEstimate(fields);
  });
}

}  // namespace hod::engine
