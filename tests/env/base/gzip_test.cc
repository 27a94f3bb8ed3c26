// Gzip in memory and as files of lines.
#include "env/base/gzip.h"

#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "env/base/files.h"
#include "env/base/gzip_lines.h"
#include "tests/support/base/full_disk.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

using Catch::Contains;

std::string LinesFile(const TempDir& dir, const std::string& name,
                      const std::vector<std::string>& lines) {
  auto writer = GzipLineWriter::Create(dir / name);
  REQUIRE(writer.ok());
  for (const std::string& line : lines) REQUIRE(writer->Write(line).ok());
  REQUIRE(writer->Finish().ok());
  return dir / name;
}

// All lines up to the end, or the error.
absl::StatusOr<std::vector<std::string>> Lines(const std::string& path,
                                               size_t max_line = kMaxTraceLine) {
  auto reader = GzipLineReader::Open(path, max_line);
  if (!reader.ok()) return reader.status();
  std::vector<std::string> lines;
  for (std::string line;;) {
    const absl::StatusOr<bool> more = reader->Next(line);
    if (!more.ok()) return more.status();
    if (!*more) return lines;
    lines.push_back(line);
    if (reader->line_number() != static_cast<int64_t>(lines.size())) {
      return absl::InternalError("wrong line number");
    }
  }
}

TEST_CASE("Lines come back, and the file is one gzip member") {
  const TempDir dir;
  const std::vector<std::string> lines = {"first", "", std::string(300000, 'x'), "last"};
  const std::string path = LinesFile(dir, "a.gz", lines);
  CHECK(*Lines(path) == lines);
  const std::string bytes = *ReadFile(path);
  CHECK(IsGzip(bytes));
  CHECK(*Gunzip(bytes, 1 << 20) == "first\n\n" + lines[2] + "\nlast\n");
  CHECK(Lines(LinesFile(dir, "empty.gz", {}))->empty());
}

TEST_CASE("A file in writing has no name yet, and is given up without a trace") {
  const TempDir dir;
  {
    auto writer = GzipLineWriter::Create(dir / "a.gz");
    REQUIRE(writer->Write("line").ok());
    CHECK_FALSE(std::filesystem::exists(dir / "a.gz"));
  }
  CHECK(dir.NumFiles() == 0);
  absl::Status status;
  {
    const FullDisk full(100);
    auto writer = GzipLineWriter::Create(dir / "a.gz");
    for (int i = 0; i < 1000; ++i) REQUIRE(writer->Write(std::to_string(i * 7919)).ok());
    status = writer->Finish();
  }
  CHECK_THAT(std::string(status.message()), Contains(dir / "a.gz" + ": cannot write"));
  CHECK(dir.NumFiles() == 0);
  CHECK_THAT(std::string(GzipLineWriter::Create(dir / "no/a.gz").status().message()),
             Contains(dir / "no/a.gz"));
}

TEST_CASE("Damaged files and long lines are errors with file and line") {
  const TempDir dir;
  const std::string whole = *ReadFile(LinesFile(dir, "a.gz", {"first", "second"}));
  const std::string cut = dir.Write("cut.gz", whole.substr(0, whole.size() - 5));
  CHECK_THAT(std::string(Lines(cut).status().message()), Contains(cut + ": after line"));
  CHECK_THAT(std::string(Lines(dir / "a.gz", 5).status().message()),
             Contains("line 2 is longer than 5 bytes"));
  CHECK_THAT(std::string(Lines(dir.path()).status().message()), Contains("Is a directory"));
  CHECK(absl::IsNotFound(Lines(dir / "none").status()));
  CHECK_FALSE(Lines("").ok());
}

TEST_CASE("Lines are written to a pipe and read from it") {
  const TempDir dir;
  const std::string pipe = dir / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  absl::StatusOr<std::vector<std::string>> read;
  std::thread reader([&] { read = Lines(pipe); });
  LinesFile(dir, "pipe", {"a", "b"});
  reader.join();
  CHECK(*read == std::vector<std::string>{"a", "b"});
  // One that is opened again would have lost its beginning.
  CHECK_THAT(std::string(FirstLine(pipe).status().message()),
             Contains(pipe + ": a pipe or a device, expected a file"));
  CHECK(*FirstLine(LinesFile(dir, "a.gz", {"a", "b"})) == "a");
}

TEST_CASE("Gzip data in memory is inflated within bounds, or refused with the offset") {
  const TempDir dir;
  const std::string whole = *ReadFile(LinesFile(dir, "a.gz", {std::string(200000, 'x')}));
  const auto error = [](const std::string& bytes, size_t max_bytes) {
    return std::string(Gunzip(bytes, max_bytes).status().message());
  };
  CHECK(Gunzip(whole, 200001).ok());
  CHECK_THAT(error(whole, 200000), Contains("inflates to more than 200000 bytes"));
  const std::string cut = whole.substr(0, whole.size() - 1);
  CHECK(error(cut, 1 << 20) == "offset " + std::to_string(cut.size()) + ": truncated gzip data");
  CHECK(error(whole + "x", 1 << 20) == "offset " + std::to_string(whole.size()) +
                                           ": expected the end of the file after the gzip data");
  std::string corrupt = whole;
  corrupt[corrupt.size() - 6] ^= 1;  // Damages the checksum.
  CHECK_THAT(error(corrupt, 1 << 20), Contains("corrupt gzip data"));
  CHECK_FALSE(IsGzip("plain"));
  CHECK_THAT(error("plain", 100), Contains("offset"));
}

}  // namespace
}  // namespace hod
