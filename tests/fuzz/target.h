// A fuzz target: one file that defines the two functions below for one reader of files from
// outside. The first has libFuzzer's interface, so targets link with libFuzzer as well as with
// driver.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

// Reads `data` with everything that checks what was read. Crashes, sanitizer reports, exceptions
// and calls of Expect() that fail are findings. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace hod::fuzz {

// Valid inputs to start from, made by our own writers.
std::vector<std::string> Seeds();

// Bytes as a file, for readers that take a path. The file has no name on any disk.
class InputFile {
 public:
  InputFile(const uint8_t* data, size_t size);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

// Ends the program with `what` if `condition` does not hold.
void Expect(bool condition, const std::string& what);

// An error has to name the file.
void ExpectNamed(const absl::Status& status, const InputFile& file);

// What `write(path)` leaves at a path of its own.
std::string Written(const std::function<absl::Status(const std::string& path)>& write);

// The contents of a gzip file.
std::string Gunzipped(const std::string& bytes);

}  // namespace hod::fuzz
