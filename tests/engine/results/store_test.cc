// Stored results: reused if they follow from the same, made anew otherwise.
#include "engine/results/store.h"

#include "env/base/files.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::engine {
namespace {

using nlohmann::json;

const json kOrigin = {{"seed", 1}, {"data", "abc"}};

// What the store has, or null.
json Found(const ResultStore& store, const json& origin = kOrigin) {
  json found;
  const bool ok = store.Find("one", origin, [&](const json& result) {
    found = result.at("value");
    return absl::OkStatus();
  });
  return ok ? found : json();
}

TEST_CASE("A result is found again by its name and origin") {
  const TempDir dir;
  const ResultStore store = *ResultStore::Open(dir.path() + "/made/here");
  CHECK(Found(store).is_null());
  REQUIRE(store.Put("one", kOrigin, {{"value", 0.1}}).ok());
  CHECK(Found(store) == 0.1);
  CHECK(Found(*ResultStore::Open(dir.path() + "/made/here")) == 0.1);
  CHECK(Found(store, {{"seed", 2}, {"data", "abc"}}).is_null());
  CHECK(Found(store, json::object()).is_null());
  REQUIRE(store.Put("one", kOrigin, {{"value", 2}}).ok());
  CHECK(Found(store) == 2);
}

TEST_CASE("What is damaged or refused is not found, and is replaced") {
  const TempDir dir;
  const ResultStore store = *ResultStore::Open(dir.path());
  REQUIRE(store.Put("one", kOrigin, {{"value", 1}}).ok());
  const std::string whole = *ReadFile(store.Path("one"));
  for (const std::string& text :
       {std::string(), std::string("[]"), std::string("{}"), std::string("{\"result\": {}}"),
        whole.substr(0, whole.size() / 2), "x" + whole}) {
    INFO(text);
    WriteBytes(dir / "one.json", text);
    CHECK(Found(store).is_null());
  }
  WriteBytes(dir / "one.json", whole);
  CHECK(Found(store) == 1);
  json other = json::parse(whole);
  other["result"] = {{"valve", 1}};  // What `at` throws for.
  WriteBytes(dir / "one.json", other.dump());
  CHECK(Found(store).is_null());
  CHECK_FALSE(store.Find("one", kOrigin,
                         [](const json&) { return absl::DataLossError("not what it was"); }));
  REQUIRE(store.Put("one", kOrigin, {{"value", 3}}).ok());
  CHECK(Found(store) == 3);
}

TEST_CASE("A store that cannot be written says where") {
  const TempDir dir;
  const std::string file = dir / "file";
  WriteBytes(file, "");
  CHECK_THAT(std::string(ResultStore::Open(file).status().message()), Catch::Contains(file));
  const ResultStore store = *ResultStore::Open(dir.path());
  CHECK_THAT(std::string(store.Put("no/folder", kOrigin, {}).message()),
             Catch::Contains("no/folder.json"));
}

TEST_CASE("Hashes tell contents apart") {
  const TempDir dir;
  CHECK(HashOf("a") != HashOf("b"));
  CHECK(HashOf("").size() == 16);
  WriteBytes(dir / "file", "abc");
  CHECK(*HashOfFile(dir / "file") == HashOf("abc"));
  CHECK_FALSE(HashOfFile(dir.path() + "/none").ok());
}

}  // namespace
}  // namespace hod::engine
