// Files of JSON objects, one a line, as metrics are kept: appended to by one process, followed by
// others. pandas.read_json(path, lines=True) reads them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/base/files.h"

namespace hod {

class JsonLinesWriter {
 public:
  // Opens for appending. A last line left unfinished by a killed writer is cut off.
  static absl::StatusOr<JsonLinesWriter> Open(const std::string& path);

  // The line is in the file when this returns; after an error nothing of it is.
  absl::Status Write(const nlohmann::json& object);

 private:
  explicit JsonLinesWriter(AppendLog log) : log_(std::move(log)) {}

  AppendLog log_;
};

// Reads a file that grows, each line once. An unfinished last line waits until it is complete.
class JsonLinesFollower {
 public:
  explicit JsonLinesFollower(std::string path) : path_(std::move(path)) {}

  // The objects of the lines that were completed since the last call; none while the file is
  // missing. Where another file has come into its place, or it was cut, all from its beginning:
  // see restarted(). A line that is not an object is an error naming file and line, now and at
  // every later call.
  absl::StatusOr<std::vector<nlohmann::json>> Poll();

  // Whether what earlier calls gave is no longer in the file, as of the last call.
  bool restarted() const { return restarted_; }

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  int64_t offset_ = 0;  // Where the first byte not yet returned is.
  int64_t lines_ = 0;   // Before that offset.
  std::string tail_;    // The last bytes before it, to see that they are still the same.
  bool restarted_ = false;
};

// All complete lines; a missing file has none. An unfinished last line is left out, any other line
// that is not an object is an error naming file and line.
absl::StatusOr<std::vector<nlohmann::json>> ReadJsonLines(const std::string& path);

// The number under `key`; 0 where there is none or something else, as in damaged metrics.
double NumberAt(const nlohmann::json& object, const char* key);

}  // namespace hod
