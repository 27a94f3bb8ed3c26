#include "tests/support/base/test_files.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "env/base/gzip_lines.h"
#include "tests/support/catch.h"

namespace hod {

namespace fs = std::filesystem;

std::string SharedData(const std::string& name) {
  const char* dir = std::getenv("HOD_SHARED_DIR");
  std::string path = (dir != nullptr ? dir : SourceDir() + "/../shared") + "/" + name;
  if (fs::exists(path)) return path;
  WARN("skipped: there is no " << path << " (set HOD_SHARED_DIR)");
  return "";
}

std::string SourceDir() { return HOD_SOURCE_DIR; }

std::vector<std::string> TraceFiles(const std::string& dir, bool searches) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(dir, error)) {
    const std::string name = entry.path().filename().string();
    const std::string suffix = ".jsonl.gz";
    const bool is_trace = name.size() > suffix.size() &&
                          name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
    if (is_trace && (name.rfind("mcts", 0) == 0) == searches) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TempDir::TempDir() {
  std::string pattern = (fs::temp_directory_path() / "hod-test-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempDir::~TempDir() { fs::remove_all(path_); }

int TempDir::NumFiles() const {
  return static_cast<int>(std::distance(fs::directory_iterator(path_), {}));
}

std::string TempDir::Write(const std::string& name, const std::string& bytes) const {
  std::string path = *this / name;
  WriteBytes(path, bytes);
  return path;
}

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteBytes(const std::string& path, const std::string& bytes) {
  fs::remove(path);  // Some file systems sync a file that is written over.
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  REQUIRE(file.good());
}

std::vector<std::string> ReadGzipLines(const std::string& path) {
  auto reader = GzipLineReader::Open(path);
  REQUIRE(reader.ok());
  std::vector<std::string> lines;
  for (std::string line;;) {
    const auto more = reader->Next(line);
    REQUIRE(more.ok());
    if (!*more) return lines;
    lines.push_back(line);
  }
}

void WriteGzipLines(const std::string& path, const std::vector<std::string>& lines) {
  auto writer = GzipLineWriter::Create(path);
  REQUIRE(writer.ok());
  for (const std::string& line : lines) REQUIRE(writer->Write(line).ok());
  REQUIRE(writer->Finish().ok());
}

}  // namespace hod
