#include "engine/server/watched_runs.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

using nlohmann::json;

constexpr size_t kMaxPoints = 500;          // A curve has at most so many,
constexpr size_t kMaxPointsOfTitle = 2000;  // and so have the curves with one title of all runs.

// As many digits as can be seen.
json Rounded(double value, int digits) {
  if (!std::isfinite(value)) return nullptr;
  return std::strtod(absl::StrFormat("%.*g", digits, value).c_str(), nullptr);
}

json ToJson(const WatchedRun& run) {
  json curves = json::array(), workers = json::array(), tables = json::array();
  for (const WatchedCurve& curve : run.curves) {
    json points = json::array();
    for (const auto& [x, y] : curve.points) {
      points.push_back(json::array({Rounded(x, 6), Rounded(y, 4)}));
    }
    curves.push_back({{"title", curve.title}, {"x", curve.x}, {"points", std::move(points)}});
  }
  for (const WatchedWorker& worker : run.workers) {
    workers.push_back(
        {{"name", worker.name}, {"rate", worker.rate}, {"age_seconds", worker.age_seconds}});
  }
  for (const WatchedTable& table : run.tables) {
    tables.push_back({{"title", table.title}, {"columns", table.columns}, {"rows", table.rows}});
  }
  return {{"name", run.name},
          {"status", run.status},
          {"curves", std::move(curves)},
          {"workers", std::move(workers)},
          {"tables", std::move(tables)}};
}

}  // namespace

absl::StatusOr<WatchedRuns> WatchedRuns::Open(const std::vector<std::string>& paths,
                                              const std::string& record) {
  const size_t max_points = std::clamp<size_t>(kMaxPointsOfTitle / paths.size(), 1, kMaxPoints);
  WatchedRuns watched;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(const RunDirectory run, RunDirectory::Open(path));
    const bool elsewhere = !record.empty() && watched.runs_.empty();
    const std::string episodes = elsewhere ? record : path + "/episodes";
    watched.runs_.push_back({RunWatcher(run, max_points), EpisodeWatcher(run, episodes), {}});
  }
  RETURN_IF_ERROR(watched.Look());
  return watched;
}

absl::Status WatchedRuns::Look() {
  absl::Status first;
  const absl::Time now = absl::Now();
  for (Watched& watched : runs_) {
    absl::Status status = watched.run.Poll(now);
    watched.shown = watched.run.shown();
    const absl::Status episode = watched.episodes.Poll();
    if (status.ok() && !episode.ok()) watched.shown.status = std::string(episode.message());
    status.Update(episode);
    first.Update(status);
  }
  return first;
}

const WatchedRuns::Watched& WatchedRuns::WithNewestEpisode() const {
  return *std::max_element(runs_.begin(), runs_.end(), [](const Watched& a, const Watched& b) {
    return a.episodes.recorded() < b.episodes.recorded();
  });
}

WatchedRuns::News WatchedRuns::Poll() {
  std::vector<WatchedRun> before;
  for (Watched& watched : runs_) before.push_back(std::move(watched.shown));
  const absl::Time recorded = WithNewestEpisode().episodes.recorded();
  Look().IgnoreError();  // It is in the status of the run.
  News news;
  news.episode = WithNewestEpisode().episodes.recorded() > recorded;
  news.any = news.episode;
  for (size_t i = 0; i < runs_.size(); ++i) news.any |= runs_[i].shown != before[i];
  return news;
}

json WatchedRuns::Message(bool with_episode) const {
  json runs = json::array();
  for (const Watched& watched : runs_) {
    json& run = runs.emplace_back(ToJson(watched.shown));
    if (with_episode && &watched == &WithNewestEpisode() && !watched.episodes.episode().is_null()) {
      run["episode"] = watched.episodes.episode();
    }
  }
  return {{"type", "watch"}, {"runs", std::move(runs)}};
}

}  // namespace hod::engine
