#include "engine/report/play_curves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "engine/report/learning_curves.h"

namespace hod::engine {
namespace {

constexpr size_t kMaxPoints = 100;
constexpr double kShortestPart = 10;  // Seconds; an episode may take a few.

// The run's time in equal parts.
class Parts {
 public:
  explicit Parts(const RunMetrics& metrics) {
    double last = 0;
    begin_ = std::numeric_limits<double>::infinity();
    const auto hold = [&](const ProcessMetrics& process) {
      for (const double time : process.lines.Column("time")) {
        begin_ = std::min(begin_, time);
        last = std::max(last, time);
      }
    };
    for (const ProcessMetrics* worker : metrics.workers()) hold(*worker);
    hold(metrics.learner());
    hold(metrics.link());
    const double length = std::max(last - begin_, 0.0);
    seconds_ = std::max(length / kMaxPoints, kShortestPart);
    size_ = std::isfinite(begin_) ? static_cast<size_t>(length / seconds_) + 1 : 0;
  }

  size_t size() const { return size_; }
  double seconds() const { return seconds_; }
  double MinutesSince(double time) const { return (time - begin_) / 60; }
  size_t Of(double time) const {
    return std::min(static_cast<size_t>(std::max(time - begin_, 0.0) / seconds_), size_ - 1);
  }
  std::vector<double> Minutes() const {
    std::vector<double> minutes(size_);
    for (size_t i = 0; i < size_; ++i) minutes[i] = (static_cast<double>(i) + 0.5) * seconds_ / 60;
    return minutes;
  }

 private:
  double begin_ = 0, seconds_ = 0;
  size_t size_ = 0;
};

// The learner's step at a time.
double StepAt(const std::vector<double>& times, const std::vector<double>& steps, double time) {
  const auto after = std::upper_bound(times.begin(), times.end(), time);
  return after == times.begin() ? 0 : steps[static_cast<size_t>(after - times.begin()) - 1];
}

}  // namespace

std::vector<Chart> PlayCurves(const RunMetrics& metrics) {
  const Parts parts(metrics);
  const std::vector<double> learner_times = metrics.learner().lines.Column("time");
  const std::vector<double> learner_steps = metrics.learner().lines.Column("step");
  std::vector<std::set<std::string>> players(parts.size());
  std::vector<double> timesteps(parts.size()), behind(parts.size()), episodes(parts.size());
  for (const ProcessMetrics* worker : metrics.workers()) {
    const std::vector<double> times = worker->lines.Column("time");
    const std::vector<double> lengths = worker->lines.Column("timesteps");
    const std::vector<double> networks = worker->lines.Column("checkpoint_step");
    for (size_t i = 0; i < times.size(); ++i) {
      const size_t part = parts.Of(times[i]);
      players[part].insert(worker->role);
      timesteps[part] += lengths[i];
      behind[part] += std::max(StepAt(learner_times, learner_steps, times[i]) - networks[i], 0.0);
      ++episodes[part];
    }
  }
  const MetricTable& link = metrics.link().lines;
  std::vector<double> link_minutes = link.Column("time");
  for (double& minute : link_minutes) minute = parts.MinutesSince(minute);

  Series workers{"here", parts.Minutes(), {}, {}, {}}, rate = workers, age = workers;
  bool any = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    workers.y.push_back(static_cast<double>(players[i].size()));
    rate.y.push_back(timesteps[i] / parts.seconds());
    age.y.push_back(episodes[i] > 0 ? behind[i] / episodes[i] : NAN);
    any |= episodes[i] > 0;
  }
  const auto linked = [&](const char* key, const char* name) {
    return Thinned({name, link_minutes, link.Column(key), {}, {}}, kMaxPoints);
  };
  std::vector<Chart> charts;
  const auto draw = [&](const char* title, const char* unit, const Series& here, const char* key) {
    std::vector<Series> series;
    if (any) series.push_back(here);
    if (link.rows() > 0) series.push_back(linked(key, "on other machines"));
    if (!series.empty()) charts.push_back({title, "minutes", unit, std::move(series)});
  };
  draw("Who plays", "workers", workers, "workers");
  draw("How fast", "timesteps a second", rate, "timesteps_per_second");
  draw("How old their networks are", "steps behind the learner", age, "behind");
  if (link.rows() == 0) return charts;
  charts.push_back(
      {"Shards that wait in Redis", "minutes", "shards", {linked("waiting", "waiting")}});
  charts.push_back({"Shards that did not arrive",
                    "minutes",
                    "shards, in all",
                    {linked("dropped", "dropped by hosts"), linked("refused", "refused"),
                     linked("lost", "lost by Redis")}});
  return charts;
}

}  // namespace hod::engine
