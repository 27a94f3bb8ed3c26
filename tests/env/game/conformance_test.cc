// The reference's recorded episodes, replayed step by step.
#include <future>

#include "env/traces/trace_verifier.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

TEST_CASE("recorded episodes replay without a difference") {
  const std::string dir = SharedData("conformance");
  if (dir.empty()) return;
  const std::vector<std::string> files = TraceFiles(dir, /*searches=*/false);
  INFO("folder " << dir);
  REQUIRE_FALSE(files.empty());
  std::vector<std::future<absl::StatusOr<VerifyReport>>> reports;
  for (const std::string& file : files) {
    reports.push_back(std::async(std::launch::async, VerifyEpisodes, file));
  }
  for (size_t i = 0; i < files.size(); ++i) {
    const absl::StatusOr<VerifyReport> report = reports[i].get();
    INFO(files[i] << " " << report.status().ToString());
    REQUIRE(report.ok());
    INFO(report->first_difference.value_or(""));
    CHECK_FALSE(report->first_difference.has_value());
    CHECK(report->episodes > 0);
    CHECK(report->steps > 0);
  }
}

}  // namespace
}  // namespace hod::env
