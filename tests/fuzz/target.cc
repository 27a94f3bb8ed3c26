#include "tests/fuzz/target.h"

#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"

namespace hod::fuzz {

InputFile::InputFile(const uint8_t* data, size_t size)
    : fd_(memfd_create("input", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(fd_)) {
  Expect(fd_ >= 0, "memfd_create failed");
  for (size_t at = 0; at < size;) {
    const ssize_t count = write(fd_, data + at, size - at);
    Expect(count > 0, "cannot write the input");
    at += static_cast<size_t>(count);
  }
}

InputFile::~InputFile() { close(fd_); }

void Expect(bool condition, const std::string& what) {
  if (condition) return;
  std::fprintf(stderr, "expected: %s\n", what.c_str());
  std::abort();
}

void ExpectNamed(const absl::Status& status, const InputFile& file) {
  Expect(status.ok() || absl::StrContains(status.message(), file.path()),
         "the name of the file in: " + std::string(status.message()));
}

std::string Written(const std::function<absl::Status(const std::string&)>& write) {
  char directory[] = "/tmp/hod-fuzz-XXXXXX";
  Expect(mkdtemp(directory) != nullptr, "a temporary directory");
  const std::string path = std::string(directory) + "/seed";
  const absl::Status status = write(path);
  Expect(status.ok(), "a seed, got: " + status.ToString());
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::filesystem::remove_all(directory);
  return bytes;
}

std::string Gunzipped(const std::string& bytes) {
  const InputFile file(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  gzFile stream = gzopen(file.path().c_str(), "rb");
  Expect(stream != nullptr, "a gzip file");
  std::string contents;
  char buffer[1 << 14];
  for (int count; (count = gzread(stream, buffer, sizeof(buffer))) > 0;) {
    contents.append(buffer, static_cast<size_t>(count));
  }
  gzclose(stream);
  return contents;
}

}  // namespace hod::fuzz
