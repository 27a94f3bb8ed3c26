#include "engine/report/run_status.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/report/run_metrics.h"
#include "env/base/progress.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

constexpr size_t kRecentLines = 10;  // The learner's last lines, a few seconds each.

std::string Ago(double seconds) { return DurationText(absl::Seconds(seconds)) + " ago"; }

}  // namespace

absl::StatusOr<RunStatus> StatusOf(const RunDirectory& run) {
  RunMetrics metrics(run);
  RETURN_IF_ERROR(metrics.Poll().status());
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  // Clocks may have been set.
  const auto since = [&](double time) { return std::max(now - time, 0.0); };
  const auto whole = [](const MetricTable& table, const char* key) {
    return static_cast<int64_t>(table.Last(key));
  };
  RunStatus status;
  status.path = run.path();
  if (const ProcessMetrics& learner = metrics.learner(); learner.lines.rows() > 0) {
    const MetricTable& lines = learner.lines;
    const std::vector<double> steps = lines.Column("step"), seconds = lines.Column("seconds");
    const size_t first = lines.rows() - std::min(lines.rows(), kRecentLines);
    const double passed = seconds.back() - seconds[first];
    status.learner = {whole(lines, "step"),
                      lines.Last("progress"),
                      passed > 0 ? (steps.back() - steps[first]) / passed : 0,
                      lines.Last("loss"),
                      whole(lines, "timesteps"),
                      since(learner.last_time)};
  }
  ASSIGN_OR_RETURN(const auto latest, run.LatestCheckpoint());
  if (latest) {
    status.network = latest->first;
    std::error_code ignored;
    const auto written = std::filesystem::last_write_time(latest->second, ignored);
    const auto age = std::filesystem::file_time_type::clock::now() - written;
    status.network_age = std::max(std::chrono::duration<double>(age).count(), 0.0);
  }
  for (const ProcessMetrics* worker : metrics.workers()) {
    status.workers.push_back({worker->role, worker->rates.Last("timesteps_per_second"),
                              whole(worker->lines, "checkpoint_step"), since(worker->last_time)});
  }
  if (const ProcessMetrics& link = metrics.link(); link.lines.rows() > 0) {
    status.link = {whole(link.lines, "workers"), link.lines.Last("timesteps_per_second"),
                   whole(link.lines, "behind"),  whole(link.lines, "delivered"),
                   whole(link.lines, "waiting"), whole(link.lines, "refused"),
                   whole(link.lines, "dropped"), whole(link.lines, "lost"),
                   since(link.last_time)};
  }
  return status;
}

nlohmann::json ToJson(const RunStatus& status) {
  using nlohmann::json;
  json result = {
      {"run", status.path}, {"network", status.network}, {"network_age", status.network_age},
      {"learner", nullptr}, {"workers", json::array()},  {"link", nullptr}};
  if (const auto& learner = status.learner) {
    result["learner"] = {{"step", learner->step},
                         {"progress", learner->progress},
                         {"steps_per_second", learner->steps_per_second},
                         {"loss", learner->loss},
                         {"timesteps", learner->timesteps},
                         {"seconds_ago", learner->seconds_ago}};
  }
  for (const RunStatus::Worker& worker : status.workers) {
    result["workers"].push_back({{"role", worker.role},
                                 {"timesteps_per_second", worker.timesteps_per_second},
                                 {"network", worker.network},
                                 {"seconds_ago", worker.seconds_ago}});
  }
  if (const auto& link = status.link) {
    result["link"] = {
        {"workers", link->workers},        {"timesteps_per_second", link->timesteps_per_second},
        {"behind", link->behind},          {"delivered", link->delivered},
        {"waiting", link->waiting},        {"refused", link->refused},
        {"dropped", link->dropped},        {"lost", link->lost},
        {"seconds_ago", link->seconds_ago}};
  }
  return result;
}

std::string ToText(const RunStatus& status) {
  std::string text = status.path + "\n";
  if (const auto& learner = status.learner) {
    absl::StrAppendFormat(&text,
                          "learner        step %d (%.0f%%), %.1f steps/s, loss %.3f, %d timesteps "
                          "read  %s\n",
                          learner->step, 100 * learner->progress, learner->steps_per_second,
                          learner->loss, learner->timesteps, Ago(learner->seconds_ago));
  } else {
    text += "learner        has not begun\n";
  }
  if (status.network >= 0) {
    absl::StrAppendFormat(&text, "network        of step %d, written %s\n", status.network,
                          Ago(status.network_age));
  }
  for (const RunStatus::Worker& worker : status.workers) {
    absl::StrAppendFormat(&text, "%s   %8.0f timesteps/s, network %d steps behind  %s\n",
                          worker.role, worker.timesteps_per_second,
                          std::max(status.network - worker.network, int64_t{0}),
                          Ago(worker.seconds_ago));
  }
  if (const auto& link = status.link) {
    absl::StrAppendFormat(&text,
                          "other machines %5d workers, %.0f timesteps/s, networks up to %d steps "
                          "behind; shards: %d delivered, %d waiting, %d refused, %d dropped, %d "
                          "lost  %s\n",
                          link->workers, link->timesteps_per_second, link->behind, link->delivered,
                          link->waiting, link->refused, link->dropped, link->lost,
                          Ago(link->seconds_ago));
  }
  return text;
}

}  // namespace hod::engine
