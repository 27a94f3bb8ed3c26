#include "env/base/output_folder.h"

#include <filesystem>
#include <string>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

namespace fs = std::filesystem;

TEST_CASE("Whether files could be written to a folder is told without making it") {
  const TempDir dir;
  const std::string file = dir.Write("file", "old");
  fs::create_symlink(dir.path(), dir / "link");
  fs::create_symlink("no/target", dir / "dangling");
  const int num_files = dir.NumFiles();
  for (const std::string& path : {dir.path(), dir / "new", dir / "new/", dir / "new/below//it",
                                  dir / "link", dir / "link/new", std::string("relative/new")}) {
    INFO(path);
    CHECK(CheckFolderWritable(path).ok());
  }
  for (const std::string& path :
       {file, file + "/below", dir / "dangling", dir / "dangling/below", std::string("/dev/null"),
        std::string("/proc/new"), dir / std::string(300, 'x')}) {
    INFO(path);
    CHECK_THAT(std::string(CheckFolderWritable(path).message()),
               Catch::StartsWith(path + ": cannot write to: "));
  }
  CHECK(absl::IsInvalidArgument(CheckFolderWritable("")));
  CHECK(dir.NumFiles() == num_files);
}

}  // namespace
}  // namespace hod
