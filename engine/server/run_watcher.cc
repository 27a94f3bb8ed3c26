#include "engine/server/run_watcher.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/report/learning_curves.h"
#include "engine/report/report.h"
#include "engine/results/estimate.h"
#include "engine/samples/shard_directory.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr double kRateSeconds = 60;                  // Over which the learner's rate is taken.
constexpr absl::Duration kQuiet = absl::Minutes(1);  // A learner so quiet may have ended.

absl::Time TimeOf(double seconds) { return absl::UnixEpoch() + absl::Seconds(seconds); }

// Clocks of other machines may be ahead.
absl::Duration Age(absl::Time now, absl::Time then) {
  const absl::Duration age = std::max(now - then, absl::ZeroDuration());
  return absl::Floor(age, age < absl::Minutes(1) ? absl::Seconds(10)
                          : age < absl::Hours(1) ? absl::Minutes(1)
                                                 : absl::Hours(1));
}

std::string AgeText(absl::Time now, absl::Time then) {
  const int64_t seconds = absl::ToInt64Seconds(Age(now, then));
  if (seconds < 60) return absl::StrCat(seconds, " s ago");
  if (seconds < 3600) return absl::StrCat(seconds / 60, " min ago");
  return absl::StrCat(seconds / 3600, " h ago");
}

// When a file was last written; nothing if it is gone.
std::optional<absl::Time> WrittenAt(const std::string& path) {
  std::error_code error;
  const auto time = std::filesystem::last_write_time(path, error);
  if (error) return std::nullopt;
  return absl::FromChrono(std::chrono::file_clock::to_sys(time));
}

// Steps a second over the last minute of learning.
double LearnerRate(const MetricTable& lines) {
  const std::vector<double> seconds = lines.Column("seconds"), steps = lines.Column("step");
  if (seconds.empty()) return 0;
  size_t first = seconds.size() - 1;
  while (first > 0 && seconds.back() - seconds[first] < kRateSeconds) --first;
  const double elapsed = seconds.back() - seconds[first];
  return elapsed > 0 ? (steps.back() - steps[first]) / elapsed : 0;
}

std::string StatusOf(const ProcessMetrics& learner, absl::Time now) {
  if (learner.last_time == 0) return "nothing learnt yet";
  const double percent = 100 * learner.lines.Last("progress");
  const absl::Time last = TimeOf(learner.last_time);
  if (now - last > kQuiet) {
    return absl::StrFormat("quiet at %.1f %%, last heard of %s", percent, AgeText(now, last));
  }
  return absl::StrFormat("training, %.1f %%, %.3g steps/s", percent, LearnerRate(learner.lines));
}

}  // namespace

absl::Status RunWatcher::Poll(absl::Time now) {
  const absl::Status looked = Look(now);
  shown_.status = looked.ok() ? StatusOf(metrics_.learner(), now) : std::string(looked.message());
  return looked;
}

absl::Status RunWatcher::Look(absl::Time now) {
  ASSIGN_OR_RETURN(const bool grown, metrics_.Poll());
  if (grown) shown_.curves = Curves();
  shown_.workers = Workers(now);
  ASSIGN_OR_RETURN(WatchedTable lag, Lag(now));
  ASSIGN_OR_RETURN(shown_.tables, Evaluations());
  shown_.tables.push_back(std::move(lag));
  return absl::OkStatus();
}

std::vector<WatchedCurve> RunWatcher::Curves() const {
  std::vector<WatchedCurve> curves;
  for (const Chart& chart : LearningCurves(run_.config(), metrics_)) {
    for (const Series& whole : chart.series) {
      const Series series = Thinned(whole, max_points_);
      WatchedCurve& curve = curves.emplace_back();
      curve.title = absl::StrCat(chart.title, ": ", series.name, ", ", chart.y_label);
      curve.x = chart.x_label;
      for (size_t i = 0; i < series.x.size(); ++i) {
        curve.points.emplace_back(series.x[i], series.y[i]);
      }
    }
  }
  return curves;
}

std::vector<WatchedWorker> RunWatcher::Workers(absl::Time now) const {
  std::vector<WatchedWorker> workers;
  const auto add = [&](const ProcessMetrics& process, std::string rate) {
    if (process.last_time == 0) return;
    workers.push_back({process.role, std::move(rate),
                       absl::ToDoubleSeconds(Age(now, TimeOf(process.last_time)))});
  };
  const ProcessMetrics& learner = metrics_.learner();
  std::string rate = absl::StrFormat("%.3g steps/s", LearnerRate(learner.lines));
  if (const double played = learner.lines.Last("timesteps_per_second"); played > 0) {  // PPO plays.
    absl::StrAppendFormat(&rate, ", %.0f timesteps/s", played);
  }
  add(learner, std::move(rate));
  for (const ProcessMetrics* worker : metrics_.workers()) {
    add(*worker, worker->rates.rows() == 0
                     ? ""
                     : absl::StrFormat("%.0f timesteps/s, %.0f evaluations/s",
                                       worker->rates.Last("timesteps_per_second"),
                                       worker->rates.Last("evaluations_per_second")));
  }
  return workers;
}

absl::StatusOr<WatchedTable> RunWatcher::Lag(absl::Time now) const {
  WatchedTable table{"Lag", {"", "", "lag"}, {}};
  const auto add = [&](std::string what, std::string where, std::string lag) {
    table.rows.push_back({std::move(what), std::move(where), std::move(lag)});
  };
  const auto written = [&](const std::string& path) {
    const std::optional<absl::Time> at = WrittenAt(path);
    return at ? "written " + AgeText(now, *at) : "";
  };
  const MetricTable& learner = metrics_.learner().lines;
  const double step = learner.Last("step");
  if (learner.rows() > 0) {
    add("learner", absl::StrFormat("step %.0f", step), "");
    add("timesteps played for it", absl::StrFormat("%.0f", learner.Last("timesteps")), "");
  }
  ASSIGN_OR_RETURN(const auto checkpoint, run_.LatestCheckpoint());
  if (checkpoint) {
    add("newest checkpoint", absl::StrFormat("step %d", checkpoint->first),
        written(checkpoint->second));
  }
  for (const ProcessMetrics* worker : metrics_.workers()) {
    if (worker->lines.rows() == 0) continue;
    const double played = worker->lines.Last("checkpoint_step");
    add(absl::StrCat(worker->role, " plays with"), absl::StrFormat("step %.0f", played),
        absl::StrFormat("%.0f steps behind", std::max(step - played, 0.0)));
  }
  ASSIGN_OR_RETURN(const std::vector<ShardId> shards, ListShards(run_.shards()));
  std::map<int, ShardId> newest;
  for (const ShardId shard : shards) newest[shard.worker] = shard;  // Ascending.
  for (const auto& [worker, shard] : newest) {
    add(absl::StrCat("newest shard of ", WorkerRole(worker)),
        absl::StrCat("number ", shard.sequence),
        written(absl::StrCat(run_.shards(), "/", ShardName(shard))));
  }
  return table;
}

absl::StatusOr<std::vector<WatchedTable>> RunWatcher::Evaluations() const {
  std::vector<WatchedTable> tables;
  const std::string path = run_.path() + "/evaluation.json";
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return tables;
  ASSIGN_OR_RETURN(const EvaluationReport report, LoadEvaluation(path));
  WatchedTable& table = tables.emplace_back();
  table.title = absl::StrCat("Evaluation, ", report.houses.size(), " houses");
  table.columns = {"", "human alone", "with assistant", "difference"};
  for (const FigureComparison& c : report.comparisons) {
    table.rows.push_back({c.title, Format(c.alone), Format(c.assisted), Format(c.difference)});
  }
  table.rows.push_back({"human actions saved, %", "", "", Format(report.human_actions_saved)});
  table.rows.push_back(
      {"the same, at equal progress", "", "", Format(report.saved_at_equal_progress)});
  return tables;
}

}  // namespace hod::engine
