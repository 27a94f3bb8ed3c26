// Whole files and lines of JSON, also where storage fails.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include "env/base/files.h"
#include "env/base/json_lines.h"
#include "tests/support/env/files.h"

namespace hod {
namespace {

namespace fs = std::filesystem;

// While it lives, no file of this process can grow beyond `bytes`: as on a full disk, writes fail.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit = {bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  void (*old_handler_)(int);
  rlimit old_;
};

int NumFiles(const std::string& directory) {
  return static_cast<int>(std::distance(fs::directory_iterator(directory), {}));
}

TEST_CASE("Files are read whole") {
  const env::TempDir dir;
  const std::string bytes("a\0b\r\n\xff", 6);
  CHECK(*ReadFile(dir.Write("binary", bytes)) == bytes);
  CHECK(ReadFile(dir.Write("empty", ""))->empty());
  for (const std::string& path : {dir.path() + "/missing", dir.path()}) {
    const absl::StatusOr<std::string> read = ReadFile(path);
    REQUIRE_FALSE(read.ok());
    CHECK_THAT(std::string(read.status().message()), Catch::StartsWith(path + ": cannot read"));
  }
}

TEST_CASE("A file is replaced as a whole") {
  const env::TempDir dir;
  const std::string path = dir.path() + "/file";
  REQUIRE(WriteFileAtomically(path, "first, and longer").ok());
  CHECK(*ReadFile(path) == "first, and longer");
  REQUIRE(WriteFileAtomically(path, "second").ok());
  CHECK(*ReadFile(path) == "second");
  CHECK(NumFiles(dir.path()) == 1);
}

TEST_CASE("A full disk leaves the old file, and no other") {
  const env::TempDir dir;
  const std::string path = dir.Write("file", "old");
  absl::Status status;
  {
    const FullDisk full(4096);
    status = WriteFileAtomically(path, std::string(100000, 'x'));
  }
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(std::string(status.message()), Catch::Contains(path));
  CHECK(*ReadFile(path) == "old");
  CHECK(NumFiles(dir.path()) == 1);
}

TEST_CASE("A file that cannot be put in place leaves nothing") {
  const env::TempDir dir;
  const std::string missing = dir.path() + "/no/such/file";
  CHECK_THAT(std::string(WriteFileAtomically(missing, "x").message()), Catch::Contains(missing));
  const std::string occupied = dir.path() + "/occupied";  // By a directory with a file in it.
  REQUIRE(MakeDirectories(occupied + "/inner").ok());
  CHECK_THAT(std::string(WriteFileAtomically(occupied, "x").message()), Catch::Contains(occupied));
  CHECK(NumFiles(dir.path()) == 1);
  const std::string below_file = dir.Write("file", "") + "/directory";
  CHECK_THAT(std::string(MakeDirectories(below_file).message()), Catch::Contains(below_file));
}

TEST_CASE("Lines of JSON are appended, and each is there at once") {
  const env::TempDir dir;
  const std::string path = dir.path() + "/metrics.jsonl";
  CHECK(ReadJsonLines(path)->empty());
  for (int opened = 0; opened < 2; ++opened) {
    absl::StatusOr<JsonLinesWriter> writer = JsonLinesWriter::Open(path);
    REQUIRE(writer.ok());
    for (int i = 0; i < 2; ++i) {
      REQUIRE(writer->Write({{"line", 2 * opened + i}, {"text", "two\nlines"}}).ok());
      CHECK(static_cast<int>(ReadJsonLines(path)->size()) == 2 * opened + i + 1);
    }
  }
  const auto lines = ReadJsonLines(path);
  for (int i = 0; i < 4; ++i) CHECK((*lines)[i]["line"] == i);
  CHECK((*lines)[3]["text"] == "two\nlines");
}

TEST_CASE("A line that a killed writer left unfinished is left out and then cut off") {
  const env::TempDir dir;
  const std::string path = dir.Write("metrics.jsonl", "{\"a\": 1}\n{\"b\": 22");
  CHECK(ReadJsonLines(path)->size() == 1);
  REQUIRE(JsonLinesWriter::Open(path)->Write({{"c", 3}}).ok());
  CHECK(*ReadFile(path) == "{\"a\": 1}\n{\"c\":3}\n");

  const std::string torn = dir.Write("torn.jsonl", "{\"a\"");
  CHECK(ReadJsonLines(torn)->empty());
  REQUIRE(JsonLinesWriter::Open(torn).ok());
  CHECK(ReadFile(torn)->empty());
}

TEST_CASE("A line that is no object is an error with file and line") {
  const env::TempDir dir;
  for (const char* bad : {"nonsense", "[1]", "{\"a\": }", ""}) {
    const std::string path = dir.Write("metrics.jsonl", std::string("{}\n") + bad + "\n{}\n");
    const auto lines = ReadJsonLines(path);
    REQUIRE_FALSE(lines.ok());
    CHECK(std::string(lines.status().message()) == path + ": line 2: expected a JSON object");
  }
}

TEST_CASE("What is no number in metrics counts as 0") {
  const nlohmann::json line = {{"a", 1.5}, {"b", 2}, {"c", "3"}, {"d", nullptr}};
  CHECK(NumberAt(line, "a") == 1.5);
  CHECK(NumberAt(line, "b") == 2);
  for (const char* key : {"c", "d", "e"}) CHECK(NumberAt(line, key) == 0);
}

TEST_CASE("A writer says which file it cannot write") {
  const env::TempDir dir;
  const std::string missing = dir.path() + "/no/metrics.jsonl";
  const auto closed = JsonLinesWriter::Open(missing);
  REQUIRE_FALSE(closed.ok());
  CHECK_THAT(std::string(closed.status().message()), Catch::Contains(missing));

  const std::string path = dir.path() + "/metrics.jsonl";
  auto writer = JsonLinesWriter::Open(path);
  REQUIRE(writer.ok());
  absl::Status status;
  {
    const FullDisk full(100);
    status = writer->Write({{"text", std::string(1000, 'x')}});
  }
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(std::string(status.message()), Catch::Contains(path));
}

}  // namespace
}  // namespace hod
