#include "env/base/json_object_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/json.h"
#include "env/base/status.h"

namespace hod {

using nlohmann::json;

JsonObjectReader::JsonObjectReader(const json& object, std::string path)
    : object_(object), path_(std::move(path)) {
  if (!object.is_object()) Fail(path_, "an object");
}

std::vector<std::string> JsonObjectReader::Keys() const {
  std::vector<std::string> keys;
  if (!object_.is_object()) return keys;
  for (const auto& item : object_.items()) keys.push_back(item.key());
  return keys;
}

const json* JsonObjectReader::Find(const char* key) {
  asked_.insert(key);
  if (!Has(key)) {
    Fail(Path(key), "this key");
    return nullptr;
  }
  return &object_.at(key);
}

void JsonObjectReader::Read(const char* key, bool& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  if (!value->is_boolean()) return Fail(Path(key), "true or false");
  out = value->get<bool>();
}

void JsonObjectReader::Read(const char* key, int64_t lo, int64_t hi, int64_t& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  const auto number = IntegerFromJson(*value, lo, hi, "");
  if (number.ok()) {
    out = *number;
  } else if (lo == INT32_MIN && hi == INT32_MAX) {
    Fail(Path(key), "an integer");
  } else if (hi == INT64_MAX) {
    Fail(Path(key), absl::StrCat("a whole number of at least ", lo));
  } else {
    Fail(Path(key), absl::StrCat("a whole number from ", lo, " to ", hi));
  }
}

void JsonObjectReader::Read(const char* key, int64_t lo, int64_t hi, int& out) {
  int64_t number = out;
  Read(key, lo, hi, number);
  out = static_cast<int>(number);
}

void JsonObjectReader::Read(const char* key, std::optional<int>& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  out.reset();
  if (value->is_null()) return;
  const auto number = IntegerFromJson(*value, INT32_MIN, INT32_MAX, "");
  if (!number.ok()) return Fail(Path(key), "an integer or null");
  out = static_cast<int>(*number);
}

void JsonObjectReader::Read(const char* key, double& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  if (!value->is_number()) return Fail(Path(key), "a number");
  out = value->get<double>();
}

void JsonObjectReader::Read(const char* key, std::string& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  if (!value->is_string()) return Fail(Path(key), "a text");
  out = value->get<std::string>();
}

void JsonObjectReader::Read(const char* key, std::vector<std::string>& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  const bool texts =
      value->is_array() &&
      std::all_of(value->begin(), value->end(), [](const json& text) { return text.is_string(); });
  if (!texts) return Fail(Path(key), "an array of texts");
  out = value->get<std::vector<std::string>>();
}

void JsonObjectReader::Read(const char* key, std::vector<double>& out) {
  const json* value = Find(key);
  if (value == nullptr) return;
  const bool numbers =
      value->is_array() && std::all_of(value->begin(), value->end(),
                                       [](const json& number) { return number.is_number(); });
  if (!numbers) return Fail(Path(key), "an array of numbers");
  out = value->get<std::vector<double>>();
}

void JsonObjectReader::ReadObject(const char* key, ReadFields read) {
  const json* value = Find(key);
  if (value == nullptr) return;
  JsonObjectReader fields(*value, Path(key));
  read(fields);
  Fail(fields.Finish());
}

void JsonObjectReader::ReadObjects(const char* key, ReadFields read) {
  const json* value = Find(key);
  if (value == nullptr) return;
  if (!value->is_array()) return Fail(Path(key), "an array");
  for (size_t i = 0; i < value->size() && ok(); ++i) {
    JsonObjectReader fields((*value)[i], absl::StrCat(Path(key), "[", i, "]"));
    read(fields);
    Fail(fields.Finish());
  }
}

void JsonObjectReader::Expect(const char* key, const json& value) {
  const json* found = Find(key);
  if (found != nullptr && *found != value) Fail(Path(key), DumpJson(value));
}

void JsonObjectReader::Fail(const std::string& path, const std::string& expected) {
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(
      absl::StrCat(path, path.empty() ? "" : ": ", "expected ", expected));
}

void JsonObjectReader::Fail(absl::Status error) {
  if (status_.ok()) status_ = std::move(error);
}

std::string JsonObjectReader::Path(const char* key) const {
  return absl::StrCat(path_, path_.empty() ? "" : ".", key);
}

absl::Status JsonObjectReader::Finish() const {
  RETURN_IF_ERROR(status_);
  if (ignores_others_) return absl::OkStatus();
  for (const auto& item : object_.items()) {
    if (asked_.count(item.key()) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(path_, path_.empty() ? "" : ": ", "unknown key ", item.key()));
  }
  return absl::OkStatus();
}

}  // namespace hod
