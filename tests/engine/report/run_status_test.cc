// What a run's metrics say of who plays and learns, now and over time.
#include "engine/report/run_status.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/report/play_curves.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/engine/tiny_run.h"

namespace hod::engine {
namespace {

using nlohmann::json;

void WriteLines(const RunDirectory& run, const std::string& role, const std::vector<json>& lines) {
  std::string text;
  for (const json& line : lines) absl::StrAppend(&text, line.dump(), "\n");
  WriteBytes(absl::StrCat(run.metrics(), "/", role, ".jsonl"), text);
}

double Now() { return absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()); }

// Ten minutes in which one worker plays here and from half time on four play elsewhere.
void WriteMetrics(const RunDirectory& run, double begin) {
  std::vector<json> learner, worker, link;
  for (int second = 0; second <= 600; second += 10) {
    const double time = begin + second;
    learner.push_back({{"time", time},
                       {"seconds", second},
                       {"step", 2 * second},
                       {"loss", 1.5},
                       {"progress", second / 1200.0},
                       {"timesteps", 50 * second}});
    worker.push_back({{"event", "episode"},
                      {"time", time},
                      {"seconds", second},
                      {"timesteps", 500},
                      {"checkpoint_step", std::max(2 * second - 60, 0)}});
    worker.push_back({{"event", "rate"}, {"time", time}, {"timesteps_per_second", 50.0}});
    if (second < 300) continue;
    link.push_back({{"time", time},
                    {"workers", 4},
                    {"timesteps_per_second", 200.0},
                    {"behind", 80},
                    {"delivered", second},
                    {"waiting", 3},
                    {"refused", 1},
                    {"dropped", 2},
                    {"lost", 0}});
  }
  WriteLines(run, "learner", learner);
  WriteLines(run, "selfplay-000", worker);
  WriteLines(run, "link", link);
}

TEST_CASE("A run's status is what its processes wrote last") {
  const TempDir folder;
  const RunDirectory run = RunDirectory::CreateOrResume(folder / "run", TinyConfig()).value();
  const RunStatus nothing = StatusOf(run).value();
  CHECK_FALSE(nothing.learner);
  CHECK_FALSE(nothing.link);
  CHECK(nothing.workers.empty());
  CHECK(ToJson(nothing)["learner"].is_null());
  CHECK_THAT(ToText(nothing), Catch::Contains("has not begun"));

  WriteMetrics(run, Now() - 630);
  WriteBytes(run.CheckpointPath(1190), "network");
  const RunStatus status = StatusOf(run).value();
  REQUIRE(status.learner);
  CHECK(status.learner->step == 1200);
  CHECK(status.learner->steps_per_second == Approx(2));
  CHECK(status.learner->progress == Approx(0.5));
  CHECK(status.learner->seconds_ago >= 30);
  CHECK(status.network == 1190);
  CHECK(status.network_age < 60);
  REQUIRE(status.workers.size() == 1);
  CHECK(status.workers[0].role == "selfplay-000");
  CHECK(status.workers[0].timesteps_per_second == 50);
  CHECK(status.workers[0].network == 1140);
  REQUIRE(status.link);
  CHECK(status.link->workers == 4);
  CHECK(status.link->delivered == 600);
  CHECK(status.link->dropped == 2);
  CHECK(ToJson(status)["link"]["behind"] == 80);
  CHECK_THAT(ToText(status), Catch::Contains("step 1200 (50%), 2.0 steps/s") &&
                                 Catch::Contains("network 50 steps behind") &&
                                 Catch::Contains("600 delivered, 3 waiting, 1 refused, 2 dropped"));
}

TEST_CASE("Who plays is drawn over the time of a run, here and on other machines") {
  const TempDir folder;
  const RunDirectory run = RunDirectory::CreateOrResume(folder / "run", TinyConfig()).value();
  RunMetrics metrics(run);
  REQUIRE(metrics.Poll().ok());
  CHECK(PlayCurves(metrics).empty());
  WriteMetrics(run, 1.7e9);
  REQUIRE(metrics.Poll().ok());
  const std::vector<Chart> charts = PlayCurves(metrics);
  REQUIRE(charts.size() == 5);
  for (const Chart& chart : charts) {
    INFO(chart.title);
    REQUIRE_FALSE(chart.series.empty());
    for (const Series& series : chart.series) {
      REQUIRE(series.x.size() == series.y.size());
      CHECK(series.x.front() >= 0);
      CHECK(series.x.back() <= 10.2);
    }
  }
  // Workers, their rate, and how old their networks are.
  const double here[] = {1, 50, 60}, elsewhere[] = {4, 200, 80};
  for (size_t i = 0; i < 3; ++i) {
    INFO(charts[i].title);
    REQUIRE(charts[i].series.size() == 2);
    const Series &local = charts[i].series[0], &others = charts[i].series[1];
    CHECK(local.y[local.y.size() / 2] == Approx(here[i]));
    CHECK(others.y.back() == Approx(elsewhere[i]));
    CHECK(others.x.front() == Approx(5));
  }
}

}  // namespace
}  // namespace hod::engine
