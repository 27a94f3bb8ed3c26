#include "env/base/json_lines.h"

#include <filesystem>
#include <fstream>

#include "env/base/files.h"
#include "tests/support/base/full_disk.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod {
namespace {

using nlohmann::json;

void Append(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

TEST_CASE("Lines of JSON are appended, and each is there at once") {
  const TempDir dir;
  const std::string path = dir / "metrics.jsonl";
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
  const TempDir dir;
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
  const TempDir dir;
  for (const char* bad : {"nonsense", "[1]", "{\"a\": }", ""}) {
    const std::string path = dir.Write("metrics.jsonl", std::string("{}\n") + bad + "\n{}\n");
    const auto lines = ReadJsonLines(path);
    REQUIRE_FALSE(lines.ok());
    CHECK(std::string(lines.status().message()) == path + ": line 2: expected a JSON object");
  }
}

TEST_CASE("What is no number in metrics counts as 0") {
  const json line = {{"a", 1.5}, {"b", 2}, {"c", "3"}, {"d", nullptr}};
  CHECK(NumberAt(line, "a") == 1.5);
  CHECK(NumberAt(line, "b") == 2);
  for (const char* key : {"c", "d", "e"}) CHECK(NumberAt(line, key) == 0);
}

TEST_CASE("A writer says which file it cannot write, and goes on where it was") {
  const TempDir dir;
  const std::string missing = dir / "no/metrics.jsonl";
  const auto closed = JsonLinesWriter::Open(missing);
  REQUIRE_FALSE(closed.ok());
  CHECK_THAT(std::string(closed.status().message()), Catch::Contains(missing));

  const std::string path = dir / "metrics.jsonl";
  auto writer = JsonLinesWriter::Open(path);
  REQUIRE(writer->Write({{"a", 1}}).ok());
  absl::Status status;
  {
    const FullDisk full(100);
    status = writer->Write({{"text", std::string(1000, 'x')}});
  }
  REQUIRE_FALSE(status.ok());
  CHECK_THAT(std::string(status.message()), Catch::Contains(path));
  REQUIRE(writer->Write({{"a", 2}}).ok());
  CHECK(*ReadFile(path) == "{\"a\":1}\n{\"a\":2}\n");
}

TEST_CASE("Text that is not UTF-8 does not stop a writer") {
  const TempDir dir;
  const std::string path = dir / "metrics.jsonl";
  REQUIRE(JsonLinesWriter::Open(path)->Write({{"path", "H\xE4user"}}).ok());
  CHECK(ReadJsonLines(path)->at(0)["path"] == "H\uFFFDuser");
}

TEST_CASE("A growing file is followed, each line once") {
  const TempDir dir;
  const std::string path = dir / "metrics.jsonl";
  JsonLinesFollower follower(path);
  CHECK(follower.Poll()->empty());
  Append(path, "{\"n\":0}\n{\"n\":1}\n{\"n\"");
  CHECK(*follower.Poll() == std::vector<json>{{{"n", 0}}, {{"n", 1}}});
  CHECK(follower.Poll()->empty());
  Append(path, ":2}\n");
  CHECK(*follower.Poll() == std::vector<json>{{{"n", 2}}});
  CHECK_FALSE(follower.restarted());
  for (int n = 3; n < 1000; ++n) {
    Append(path, "{\"n\":" + std::to_string(n) + "}\n");
    if (n % 7 == 0) REQUIRE(follower.Poll()->back()["n"] == n);
  }
  CHECK_FALSE(follower.restarted());
}

TEST_CASE("A file that was cut, rewritten, replaced or removed is followed from its beginning") {
  const TempDir dir;
  const std::string path = dir.Write("metrics.jsonl", "{\"n\":0}\n{\"n\":1}\n");
  JsonLinesFollower follower(path);
  REQUIRE(follower.Poll()->size() == 2);
  CHECK_FALSE(follower.restarted());

  dir.Write("metrics.jsonl", "{\"n\":2}\n");  // Shorter.
  CHECK(*follower.Poll() == std::vector<json>{{{"n", 2}}});
  CHECK(follower.restarted());
  dir.Write("metrics.jsonl", "{\"n\":3}\n{\"n\":4}\n");  // Longer.
  CHECK(follower.Poll()->size() == 2);
  CHECK(follower.restarted());
  CHECK(follower.Poll()->empty());
  CHECK_FALSE(follower.restarted());
  // Another file that begins alike.
  std::filesystem::rename(dir.Write("other", "{\"n\":3}\n{\"n\":4}\n{\"n\":5}\n"), path);
  CHECK(follower.Poll()->size() == 3);
  CHECK(follower.restarted());
  std::filesystem::remove(path);
  CHECK(follower.Poll()->empty());
  CHECK(follower.restarted());
  CHECK(follower.Poll()->empty());
  CHECK_FALSE(follower.restarted());
}

TEST_CASE("A bad line is an error at every call, with its number in the file") {
  const TempDir dir;
  const std::string path = dir.Write("metrics.jsonl", "{}\n{}\n");
  JsonLinesFollower follower(path);
  REQUIRE(follower.Poll().ok());
  Append(path, "{}\nbad\n");
  for (int i = 0; i < 2; ++i) {
    CHECK(follower.Poll().status().message() == path + ": line 4: expected a JSON object");
  }
}

}  // namespace
}  // namespace hod
