// Files that tests read and write.
#pragma once

#include <string>
#include <vector>

namespace hod {

// Where data from outside lies: $HOD_SHARED_DIR, or shared beside the source tree. Whether it is
// there is for the test to see.
std::string SharedDir();
// The source tree.
std::string SourceDir();

// The folder of the reference's traces; empty if it is not there.
std::string ConformanceDir();

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

 private:
  std::string path_;
};

std::string ReadBytes(const std::string& path);
void WriteBytes(const std::string& path, const std::string& bytes);

// Lines of a gzip file, and back. Failures end the test.
std::vector<std::string> ReadGzipLines(const std::string& path);
void WriteGzipLines(const std::string& path, const std::vector<std::string>& lines);

}  // namespace hod
