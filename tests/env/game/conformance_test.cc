// The reference's recorded episodes, replayed step by step.
#include <future>

#include "env/traces/trace_verifier.h"
#include "tests/support/catch.h"
#include "tests/support/env/test_files.h"

namespace hod::env {
namespace {

TEST_CASE("recorded episodes replay without a difference") {
  const std::string dir = ConformanceDir();
  if (dir.empty()) {
    WARN("skipped: no recorded episodes here (set HOD_SHARED_DIR)");
    return;
  }
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
