#include "env/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "env/base/status.h"
#include "tests/support/base/full_disk.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using Catch::StartsWith;

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

mode_t ModeOf(const std::string& path) {
  struct stat info;
  REQUIRE(stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777;
}

// What the far end of a pipe reads while `write` runs.
template <typename Write>
std::string ThroughPipe(const std::string& pipe, Write write) {
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  absl::StatusOr<std::string> read;
  std::thread reader([&] { read = ReadFile(pipe); });
  write();
  reader.join();
  REQUIRE(read.ok());
  struct stat info;
  REQUIRE(lstat(pipe.c_str(), &info) == 0);
  CHECK(S_ISFIFO(info.st_mode));
  return *read;
}

TEST_CASE("Files are read whole") {
  const TempDir dir;
  const std::string bytes("a\0b\r\n\xff", 6);
  CHECK(*ReadFile(dir.Write("binary", bytes)) == bytes);
  CHECK(ReadFile(dir.Write("empty", ""))->empty());
  const std::string large(1000000, 'x');
  CHECK(*ReadFile(dir.Write("large", large)) == large);
  CHECK_FALSE(ReadFile("/proc/self/status")->empty());
  for (const std::string& path : {dir / "missing", dir.path()}) {
    const absl::StatusOr<std::string> read = ReadFile(path);
    REQUIRE_FALSE(read.ok());
    CHECK_THAT(MessageOf(read.status()), StartsWith(path + ": cannot read"));
  }
  CHECK(absl::IsNotFound(ReadFile(dir / "missing").status()));
  const std::optional<FileError> error =
      FileErrorOf(Annotate(ReadFile(dir.path()).status(), "while reading"));
  REQUIRE(error);
  CHECK(error->error == EISDIR);
  CHECK(error->path == dir.path());
  CHECK_FALSE(FileErrorOf(absl::NotFoundError("missing")));
  CHECK_THAT(MessageOf(ReadFile(dir.path()).status()), Contains("directory"));
  CHECK_THAT(MessageOf(ReadFile("").status()), Contains("empty path"));
}

TEST_CASE("What is larger than allowed is refused, also where the size is not known") {
  const TempDir dir;
  const std::string path = dir.Write("file", "12345");
  CHECK(*ReadFile(path, 5) == "12345");
  CHECK(MessageOf(ReadFile(path, 4).status()) == path + ": has 5 bytes, expected at most 4");
  CHECK(MessageOf(ReadFile("/dev/zero", 100000).status()) ==
        "/dev/zero: has more than 100000 bytes, the most expected");
}

TEST_CASE("A file is replaced as a whole") {
  const TempDir dir;
  const std::string path = dir / "file";
  REQUIRE(WriteFileAtomically(path, "first, and longer").ok());
  CHECK(*ReadFile(path) == "first, and longer");
  REQUIRE(WriteFileAtomically(path, "second").ok());
  CHECK(*ReadFile(path) == "second");
  CHECK(dir.NumFiles() == 1);
}

TEST_CASE("A file appears when it is committed, and leaves nothing otherwise") {
  const TempDir dir;
  const std::string path = dir / "file";
  {
    auto given_up = AtomicFile::Create(path);
    REQUIRE(given_up->Write("lost").ok());
  }
  CHECK(dir.NumFiles() == 0);
  auto file = AtomicFile::Create(path);
  AtomicFile moved = *std::move(file);
  REQUIRE(moved.Write("one ").ok());
  REQUIRE(moved.Write("two").ok());
  CHECK_FALSE(fs::exists(path));
  REQUIRE(moved.Commit().ok());
  CHECK(*ReadFile(path) == "one two");
  CHECK_FALSE(moved.Write("three").ok());
  CHECK_FALSE(moved.Commit().ok());
  CHECK(*ReadFile(path) == "one two");
  CHECK(dir.NumFiles() == 1);
}

TEST_CASE("Two writers of one file do not meet: the last to commit has written it") {
  const TempDir dir;
  auto first = AtomicFile::Create(dir / "file"), second = AtomicFile::Create(dir / "file");
  for (const fs::directory_entry& entry : fs::directory_iterator(dir.path())) {
    CHECK(FinalName(entry.path().string()) == dir / "file");
  }
  REQUIRE(first->Write("first").ok());
  REQUIRE(second->Write("second").ok());
  REQUIRE(second->Commit().ok());
  REQUIRE(first->Commit().ok());
  CHECK(*ReadFile(dir / "file") == "first");
  CHECK(dir.NumFiles() == 1);
}

TEST_CASE("The name of an unfinished file tells that of the finished one") {
  CHECK(FinalName("a.json.tmp") == "a.json");
  CHECK(FinalName("a.json.12.tmp") == "a.json");
  CHECK(FinalName("a1.tmp") == "a1");
  CHECK(FinalName("5.tmp") == "5");
  CHECK_FALSE(FinalName("a.json"));
  CHECK_FALSE(FinalName("tmp"));
}

TEST_CASE("A full disk leaves the old file, and no other") {
  const TempDir dir;
  const std::string path = dir.Write("file", "old");
  absl::Status status;
  {
    const FullDisk full(4096);
    status = WriteFileAtomically(path, std::string(100000, 'x'));
  }
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(MessageOf(status), StartsWith(path + ": cannot write: "));
  CHECK(*ReadFile(path) == "old");
  CHECK(dir.NumFiles() == 1);
}

TEST_CASE("After an error a file cannot be committed") {
  const TempDir dir;
  auto file = AtomicFile::Create(dir / "file");
  absl::Status failed;
  {
    const FullDisk full(10);
    failed = file->Write("more than ten bytes");
  }
  REQUIRE_FALSE(failed.ok());
  CHECK(file->Write("x") == failed);
  CHECK(file->Commit() == failed);
  CHECK(dir.NumFiles() == 0);
}

TEST_CASE("A file that cannot be put in place leaves nothing") {
  const TempDir dir;
  const std::string missing = dir / "no/such/file";
  CHECK_THAT(MessageOf(WriteFileAtomically(missing, "x")), Contains(missing));
  const std::string occupied = dir / "occupied";  // A directory with a file in it.
  REQUIRE(MakeDirectories(occupied + "/inner").ok());
  CHECK_THAT(MessageOf(WriteFileAtomically(occupied, "x")), Contains(occupied));
  CHECK_THAT(MessageOf(WriteFileAtomically(dir / "new/", "x")), Contains("directory"));
  CHECK(dir.NumFiles() == 1);
  const std::string below_file = dir.Write("file", "") + "/directory";
  CHECK_THAT(MessageOf(MakeDirectories(below_file)), Contains(below_file));
}

TEST_CASE("Empty paths are refused by name") {
  for (const absl::Status& status :
       {WriteFileAtomically("", "x"), AppendLog::Open("").status(), MakeDirectories(""),
        CheckWritable(""), ReadFile("").status()}) {
    CHECK(absl::IsInvalidArgument(status));
    CHECK_THAT(MessageOf(status), StartsWith("an empty path, expected "));
  }
}

TEST_CASE("Permissions are those of the file before, or those the user gives new files") {
  const TempDir dir;
  const std::string path = dir.Write("file", "old");
  REQUIRE(chmod(path.c_str(), 0640) == 0);
  const mode_t old_mask = umask(027);
  REQUIRE(WriteFileAtomically(path, "new").ok());
  REQUIRE(WriteFileAtomically(dir / "other", "new").ok());
  umask(old_mask);
  CHECK(ModeOf(path) == 0640);
  CHECK(ModeOf(dir / "other") == 0640);
  umask(022);
  REQUIRE(WriteFileAtomically(dir / "third", "new").ok());
  umask(old_mask);
  CHECK(ModeOf(dir / "third") == 0644);
}

TEST_CASE("A symbolic link stays, and its target is written, even if it is not there yet") {
  const TempDir dir;
  REQUIRE(MakeDirectories(dir / "elsewhere").ok());
  fs::create_symlink("elsewhere/target", dir / "link");
  fs::create_symlink(dir / "link", dir / "link_to_link");
  for (const char* contents : {"first", "second"}) {
    REQUIRE(WriteFileAtomically(dir / "link_to_link", contents).ok());
    CHECK(*ReadFile(dir / "elsewhere/target") == contents);
    CHECK(fs::is_symlink(dir / "link"));
    CHECK(fs::is_symlink(dir / "link_to_link"));
    CHECK_FALSE(fs::is_symlink(dir / "elsewhere/target"));
  }
  fs::create_symlink("circle", dir / "circle");
  CHECK_FALSE(WriteFileAtomically(dir / "circle", "x").ok());
  CHECK(fs::is_symlink(dir / "circle"));
}

TEST_CASE("Devices are written through and stay devices") {
  for (int i = 0; i < 2; ++i) {
    REQUIRE(WriteFileAtomically("/dev/null", "x").ok());
    CHECK(fs::is_character_file("/dev/null"));
  }
  CHECK_THAT(MessageOf(WriteFileAtomically("/dev/full", "x")),
             StartsWith("/dev/full: cannot write: No space left"));
  CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("Pipes are written through and read") {
  const TempDir dir;
  const std::string large(200000, 'x');
  CHECK(ThroughPipe(dir / "pipe",
                    [&] { REQUIRE(WriteFileAtomically(dir / "pipe", large).ok()); }) == large);
  CHECK(ThroughPipe(dir / "second", [&] {
          auto log = AppendLog::Open(dir / "second");
          REQUIRE(log->Write("a\n").ok());
          REQUIRE(log->Write("b\n").ok());
        }) == "a\nb\n");
}

TEST_CASE("An open file given by number is written where it stands") {
  const TempDir dir;
  const std::string path = dir / "file";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(write(fd, "before ", 7) == 7);
  for (const std::string& folder :
       {std::string("/dev/fd/"), std::string("/proc/self/fd/"),
        std::string("/proc/thread-self/fd/"), absl::StrCat("/proc/", getpid(), "/fd/")}) {
    REQUIRE(WriteFileAtomically(absl::StrCat(folder, fd), "written ").ok());
  }
  fs::create_symlink(absl::StrCat("/dev/fd/", fd), dir / "link");
  REQUIRE(WriteFileAtomically(dir / "link", "linked ").ok());
  REQUIRE(write(fd, "after", 5) == 5);
  close(fd);
  CHECK(*ReadFile(path) == "before written written written written linked after");
  CHECK(dir.NumFiles() == 2);
  CHECK_FALSE(WriteFileAtomically(absl::StrCat("/dev/fd/", fd), "closed").ok());
}

TEST_CASE("A link of /proc leads to a pipe whose name is no path, and to no deleted file") {
  const TempDir dir;
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t other = fork();
  if (other == 0) {
    pause();
    _exit(0);
  }
  const std::string folder = absl::StrCat("/proc/", other, "/fd/");
  REQUIRE(WriteFileAtomically(absl::StrCat(folder, ends[1]), "through").ok());
  CHECK(CheckWritable(absl::StrCat(folder, ends[1])).ok());
  char bytes[16];
  CHECK(read(ends[0], bytes, sizeof(bytes)) == 7);
  kill(other, SIGKILL);
  waitpid(other, nullptr, 0);
  close(ends[0]);
  close(ends[1]);

  const int deleted = open((dir / "deleted").c_str(), O_RDWR | O_CREAT, 0600);
  fs::remove(dir / "deleted");
  const pid_t holder = fork();
  if (holder == 0) {
    pause();
    _exit(0);
  }
  const std::string link = absl::StrCat("/proc/", holder, "/fd/", deleted);
  CHECK(absl::IsNotFound(WriteFileAtomically(link, "x")));
  kill(holder, SIGKILL);
  waitpid(holder, nullptr, 0);
  close(deleted);
  CHECK(dir.NumFiles() == 0);
}

TEST_CASE("Standard output is written after what was printed, and stays open") {
  const TempDir dir;
  const std::string path = dir / "out";
  std::fflush(stdout);
  const int kept = dup(STDOUT_FILENO);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  dup2(file, STDOUT_FILENO);
  std::fputs("printed ", stdout);
  const absl::Status status = WriteFileAtomically("/dev/stdout", "written ");
  std::fputs("printed again", stdout);
  std::fflush(stdout);
  dup2(kept, STDOUT_FILENO);
  close(kept);
  close(file);
  CHECK(status.ok());
  CHECK(*ReadFile(path) == "printed written printed again");
}

TEST_CASE("A log grows by lines, and a torn last line is cut off however long the file") {
  const TempDir dir;
  const std::string path = dir / "log";
  REQUIRE(AppendLog::Open(path)->Write("first\n").ok());
  REQUIRE(AppendLog::Open(path)->Write("second\n").ok());
  CHECK(*ReadFile(path) == "first\nsecond\n");
  const std::string whole(100000, 'x'), torn(200000, 'y');
  dir.Write("log", whole + "\n" + torn);
  REQUIRE(AppendLog::Open(path)->Write("next\n").ok());
  CHECK(*ReadFile(path) == whole + "\nnext\n");
  dir.Write("log", torn);
  REQUIRE(AppendLog::Open(path).ok());
  CHECK(ReadFile(path)->empty());
}

TEST_CASE("A huge log is opened without reading it") {
  const TempDir dir;
  const std::string path = dir.Write("log", "");
  fs::resize_file(path, uintmax_t{1} << 34);  // A hole that takes no space.
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND);
  REQUIRE(write(fd, "\ntorn", 5) == 5);
  close(fd);
  REQUIRE(AppendLog::Open(path).ok());
  CHECK(fs::file_size(path) == (uintmax_t{1} << 34) + 1);
}

TEST_CASE("Whether a file could be written is told without writing") {
  const TempDir dir;
  const std::string file = dir.Write("file", "old");
  fs::create_symlink("target", dir / "link");
  fs::create_symlink("no/target", dir / "dangling");
  REQUIRE(mkfifo((dir / "pipe").c_str(), 0600) == 0);
  const int num_files = dir.NumFiles();
  for (const std::string& path : {file, dir / "new", dir / "link", dir / "pipe",
                                  std::string("/dev/null"), std::string("/dev/stderr")}) {
    INFO(path);
    CHECK(CheckWritable(path).ok());
  }
  for (const std::string& path :
       {dir.path(), dir / "new/", dir / "no/new", file + "/below", dir / "dangling",
        std::string("/"), std::string("/dev/fd/999999"), dir / std::string(300, 'x'),
        dir / std::string(253, 'x'), std::string("/proc/new")}) {
    INFO(path);
    const absl::Status status = CheckWritable(path);
    REQUIRE_FALSE(status.ok());
    CHECK_THAT(MessageOf(status), StartsWith(path + ": cannot "));
  }
  CHECK(dir.NumFiles() == num_files);
  CHECK(*ReadFile(file) == "old");
}

TEST_CASE("A pipe waits for its reader, and a signal ends that") {
  const TempDir dir;
  const std::string pipe = dir / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  std::signal(SIGUSR1, [](int) {});
  absl::Status status;
  std::atomic<bool> ended = false;
  std::thread writer([&] {
    status = WriteFileAtomically(pipe, "text");
    ended = true;
  });
  while (!ended) {
    pthread_kill(writer.native_handle(), SIGUSR1);
    absl::SleepFor(absl::Milliseconds(1));
  }
  writer.join();
  CHECK(MessageOf(status) ==
        pipe + ": cannot wait for a reader of the pipe: Interrupted system call");
  std::signal(SIGUSR1, SIG_DFL);

  absl::StatusOr<std::string> read;
  std::thread reader([&] {
    absl::SleepFor(absl::Milliseconds(60));
    read = ReadFile(pipe);
  });
  CHECK(WriteFileAtomically(pipe, "text").ok());
  reader.join();
  CHECK(*read == "text");
}

TEST_CASE("Files and folders that may not be written are not replaced") {
  if (geteuid() == 0) return;  // Everything may be written.
  const TempDir dir;
  const std::string path = dir.Write("file", "old");
  REQUIRE(chmod(path.c_str(), 0400) == 0);
  CHECK(absl::IsPermissionDenied(CheckWritable(path)));
  CHECK(absl::IsPermissionDenied(WriteFileAtomically(path, "new")));
  REQUIRE(chmod(dir.path().c_str(), 0500) == 0);
  CHECK(absl::IsPermissionDenied(CheckWritable(dir / "new")));
  REQUIRE(chmod(dir.path().c_str(), 0700) == 0);
  CHECK(*ReadFile(path) == "old");
}

}  // namespace
}  // namespace hod
