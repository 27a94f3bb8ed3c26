// Files that tests read and write.
#pragma once

#include <string>
#include <vector>

namespace hod {

// The path of data from outside, such as "human": in $HOD_SHARED_DIR, or in shared beside the
// source tree. Where they are missing it is "", with a warning by which CTest shows the test as
// skipped.
std::string SharedData(const std::string& name);
// The source tree.
std::string SourceDir();

// Paths of *.jsonl.gz in `dir`, sorted; `searches` picks mcts*.jsonl.gz, else all others.
std::vector<std::string> TraceFiles(const std::string& dir, bool searches);

// A directory of its own, removed at the end.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }
  // How many files and directories are in it, not counting what they hold.
  int NumFiles() const;
  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const;

 private:
  std::string path_;
};

std::string ReadBytes(const std::string& path);
void WriteBytes(const std::string& path, const std::string& bytes);

// Lines of a gzip file, and back. Failures end the test.
std::vector<std::string> ReadGzipLines(const std::string& path);
void WriteGzipLines(const std::string& path, const std::vector<std::string>& lines);

}  // namespace hod
