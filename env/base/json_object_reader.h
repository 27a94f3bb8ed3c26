// Reads a JSON object key by key: remembers the first error, and finds keys nobody asked for.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace hod {

// Errors name the key with `path` before it ("config.players[0].is_human") and what was expected.
// After one, what was read is not to be used.
class JsonObjectReader {
 public:
  // `object` outlives this. An empty `path` is that of a whole line.
  JsonObjectReader(const nlohmann::json& object, std::string path);
  JsonObjectReader(nlohmann::json&& object, std::string path) = delete;

  bool Has(const char* key) const { return object_.is_object() && object_.contains(key); }
  std::vector<std::string> Keys() const;
  // The value of a key, or, with an error, null.
  const nlohmann::json* Find(const char* key);
  // The value of a key that may be missing.
  const nlohmann::json* FindOptional(const char* key) { return Has(key) ? Find(key) : nullptr; }

  void Read(const char* key, bool& out);
  void Read(const char* key, int& out) { Read(key, INT32_MIN, INT32_MAX, out); }
  void Read(const char* key, int64_t lo, int64_t hi, int& out);
  void Read(const char* key, int64_t lo, int64_t hi, int64_t& out);
  void Read(const char* key, std::optional<int>& out);  // Also null.
  void Read(const char* key, double& out);
  void Read(const char* key, std::string& out);
  void Read(const char* key, std::vector<std::string>& out);
  void Read(const char* key, std::vector<double>& out);
  // Reads the object that is the value of `key`, or each of those in an array. Keys that `read`
  // does not ask for are errors there too.
  using ReadFields = absl::FunctionRef<void(JsonObjectReader& fields)>;
  void ReadObject(const char* key, ReadFields read);
  void ReadObjects(const char* key, ReadFields read);
  // Fails where `key` has another value.
  void Expect(const char* key, const nlohmann::json& value);
  // Keys that nobody asks for are no errors.
  void IgnoreOtherKeys() { ignores_others_ = true; }

  // `path` is as from Path().
  void Fail(const std::string& path, const std::string& expected);
  void Fail(absl::Status error);  // The error of a reader of a part.
  std::string Path(const char* key) const;
  bool ok() const { return status_.ok(); }

  // The first error, or that of a key that was not asked for.
  absl::Status Finish() const;

 private:
  const nlohmann::json& object_;
  std::string path_;
  std::set<std::string> asked_;
  bool ignores_others_ = false;
  absl::Status status_;
};

}  // namespace hod
