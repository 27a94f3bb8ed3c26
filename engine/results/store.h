// A directory of finished results: what is asked for again is not made again.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace hod::engine {

// A result is stored under a name, beside a hash of its origin: of all that it follows from,
// settings and data. It is a file DIRECTORY/NAME.json that appears whole or not at all:
//
//   {"origin": {...}, "key": "hash of the origin", "result": ...}
class ResultStore {
 public:
  // Makes the directory.
  static absl::StatusOr<ResultStore> Open(const std::string& directory);

  std::string Path(absl::string_view name) const;

  // Whether there is a result of that name and origin, which `take` has taken. What is there but
  // is damaged, follows from something else or is refused by `take`, is said on standard error.
  // `take` may throw nlohmann::json::exception, which refuses, too.
  bool Find(absl::string_view name, const nlohmann::json& origin,
            absl::FunctionRef<absl::Status(const nlohmann::json& result)> take) const;

  // Replaces what is stored under that name.
  absl::Status Put(absl::string_view name, const nlohmann::json& origin,
                   const nlohmann::json& result) const;

 private:
  explicit ResultStore(std::string directory) : directory_(std::move(directory)) {}

  std::string directory_;
};

// The hash of bytes that are part of an origin.
std::string HashOf(absl::string_view bytes);
// The hash of a file's contents. Errors name the file.
absl::StatusOr<std::string> HashOfFile(const std::string& path);

}  // namespace hod::engine
