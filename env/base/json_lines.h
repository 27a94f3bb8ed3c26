// Metrics: one JSON object a line, appended, as pandas.read_json(path, lines=True) reads it.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace hod {

class JsonLinesWriter {
 public:
  // Opens for appending. A last line left unfinished by a killed writer is cut off.
  static absl::StatusOr<JsonLinesWriter> Open(const std::string& path);

  // The line is in the file when this returns.
  absl::Status Write(const nlohmann::json& object);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  JsonLinesWriter(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

// All complete lines; a missing file has none. An unfinished last line is left out, any other line
// that is not an object is an error naming file and line.
absl::StatusOr<std::vector<nlohmann::json>> ReadJsonLines(const std::string& path);

// The number under `key`; 0 where there is none or something else, as in damaged metrics.
double NumberAt(const nlohmann::json& object, const char* key);

}  // namespace hod
