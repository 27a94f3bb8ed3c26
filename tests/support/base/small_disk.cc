#include "tests/support/base/small_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "env/base/descriptor.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

bool Mount(const std::string& folder, int64_t bytes) {
  return mount("tmpfs", folder.c_str(), "tmpfs", 0, absl::StrCat("size=", bytes).c_str()) == 0;
}

}  // namespace

bool SmallDisk::Available() {
  const TempDir folder;
  const bool available = Mount(folder.path(), 1 << 16);
  if (available) umount2(folder.path().c_str(), MNT_DETACH);
  if (!available) WARN("skipped: no file system may be mounted");
  return available;
}

SmallDisk::SmallDisk(std::string folder, int64_t bytes) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_);
  REQUIRE(Mount(folder_, bytes));
}

SmallDisk::~SmallDisk() { umount2(folder_.c_str(), MNT_DETACH); }

void SmallDisk::Fill(int64_t left) {
  const auto room = static_cast<int64_t>(std::filesystem::space(folder_).available);
  const Descriptor file(open((folder_ + "/ballast").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  REQUIRE(posix_fallocate(file.get(), 0, room - left) == 0);
}

void SmallDisk::Clear() { std::filesystem::remove(folder_ + "/ballast"); }

}  // namespace hod
