// The reference's recorded searches, and files of searches that are damaged.
#include <nlohmann/json.hpp>

#include "mcts/traces/search_trace.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::mcts {
namespace {

TEST_CASE("recorded searches are repeated without a difference") {
  const std::string dir = SharedData("conformance");
  if (dir.empty()) return;
  const std::vector<std::string> files = TraceFiles(dir, /*searches=*/true);
  INFO("folder " << dir);
  REQUIRE_FALSE(files.empty());
  for (const std::string& file : files) {
    const auto report = VerifySearches(file);
    INFO(file << " " << report.status().ToString());
    REQUIRE(report.ok());
    INFO(report->first_difference.value_or(""));
    CHECK_FALSE(report->first_difference.has_value());
    CHECK(report->searches >= report->roots);
    CHECK(report->roots > 0);
  }
}

TEST_CASE("damaged records of searches are errors or differences, never a crash") {
  const std::string dir = SharedData("conformance");
  if (dir.empty()) return;
  const std::vector<std::string> files = TraceFiles(dir, /*searches=*/true);
  REQUIRE_FALSE(files.empty());
  const TempDir temp;
  const auto verify = [&](const std::string& line) {
    WriteGzipLines(temp / "searches.gz", {line});
    const auto report = VerifySearches(temp / "searches.gz");
    return report.ok() ? report->first_difference.value_or("accepted")
                       : std::string(report.status().message());
  };
  nlohmann::json record = nlohmann::json::parse(ReadGzipLines(files.front()).front());
  record["results"].erase("100");  // Half of the work.
  REQUIRE(verify(record.dump()) == "accepted");
  std::vector<std::string> keys;
  for (const auto& item : record.items()) keys.push_back(item.key());
  for (const std::string& key : keys) {
    if (key == "last_interacted") continue;  // May be absent: nobody has touched anything.
    nlohmann::json damaged = record;
    damaged.erase(key);
    CHECK_THAT(verify(damaged.dump()),
               Catch::Contains("searches.gz: line 1") && Catch::Contains(key));
    for (const nlohmann::json& wrong : {nlohmann::json::object(), nlohmann::json(-7),
                                        nlohmann::json("x"), nlohmann::json({1, 2})}) {
      if (key == "name" && wrong.is_string()) continue;
      if (key == "seed" && wrong.is_number()) continue;
      damaged[key] = wrong;
      INFO(key << " = " << wrong.dump());
      if (key == "results" && wrong.empty()) continue;
      CHECK_THAT(verify(damaged.dump()), Catch::Contains("searches.gz: line 1"));
    }
  }
  nlohmann::json damaged = record;
  damaged["config"]["abilities"]["teleportation"] = true;
  damaged["player_locations"] = nullptr;
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("teleportation"));
  damaged = record;
  damaged["player_index"] = 4294967296;  // 0 in 32 bits.
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("player_index"));
  damaged = record;
  damaged["inventory_counts"][0][2] = 2147483647;
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("inventory_counts[0][2]"));
  damaged = record;
  damaged["mcts"]["puct_coefficient"] = 1e300;
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("puct_coefficient"));
  damaged = record;
  damaged["results"]["50"]["paths"].erase(0);
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("results.50.paths"));
  damaged = record;
  damaged["results"]["50"]["visits"][0][1] =
      damaged["results"]["50"]["visits"][0][1].get<int>() + 1;
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("results.50.visits[0][1]"));
  damaged = record;
  damaged["results"] = {{"1000000000", nlohmann::json::object()}};
  CHECK_THAT(verify(damaged.dump()), Catch::Contains("simulations"));
  CHECK_THAT(verify("{\"type\":\"mcts\""), Catch::Contains("line 1"));
  CHECK_THAT(verify(std::string(100000, '[')), Catch::Contains("line 1"));
  CHECK_THAT(std::string(VerifySearches(temp / "missing").status().message()),
             Catch::Contains("missing"));
}

}  // namespace
}  // namespace hod::mcts
