#include "engine/report/learning_curves.h"

#include <algorithm>
#include <string>
#include <utility>

#include "env/game/roles.h"

namespace hod::engine {
namespace {

constexpr size_t kMaxPoints = 200;     // A curve of the learner's has at most so many.
constexpr size_t kEpisodeWindow = 16;  // Episodes of a moving average.

// The mean of every group of `group` successive values.
std::vector<double> Grouped(const std::vector<double>& values, size_t group) {
  std::vector<double> means;
  for (size_t begin = 0; begin < values.size(); begin += group) {
    const size_t end = std::min(begin + group, values.size());
    double sum = 0;
    for (size_t i = begin; i < end; ++i) sum += values[i];
    means.push_back(sum / static_cast<double>(end - begin));
  }
  return means;
}

std::vector<double> Minutes(const MetricTable& table) {
  std::vector<double> minutes = table.Column("seconds");
  for (double& value : minutes) value /= 60;
  return minutes;
}

// One curve of the learner's metrics over the minutes of training.
Series LearnerSeries(const MetricTable& table, const char* key, const char* name) {
  return Thinned({name, Minutes(table), table.Column(key), {}, {}}, kMaxPoints);
}

// One curve of episode figures over the minutes of self-play.
Series EpisodeSeries(const MetricTable& episodes, const char* key, const char* name) {
  Series series{name, Minutes(episodes), {}, {}, {}};
  const std::vector<double> values = episodes.Column(key);
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += values[i] - (i >= kEpisodeWindow ? values[i - kEpisodeWindow] : 0);
    series.y.push_back(sum / static_cast<double>(std::min(i + 1, kEpisodeWindow)));
  }
  return series;
}

}  // namespace

Series Thinned(const Series& series, size_t max_points) {
  const size_t group = std::max<size_t>((series.x.size() + max_points - 1) / max_points, 1);
  Series thinned = series;
  for (std::vector<double>* values : {&thinned.x, &thinned.y, &thinned.low, &thinned.high}) {
    *values = Grouped(*values, group);
  }
  return thinned;
}

std::vector<Chart> LearningCurves(const RunConfig& config, const RunMetrics& metrics) {
  const MetricTable& learner = metrics.learner().lines;
  std::vector<Chart> charts;
  const auto draw = [&](const char* title, const char* unit, std::vector<Series> series) {
    charts.push_back({title, "minutes", unit, std::move(series)});
  };
  const auto draw_builders = [&](const char* title, const auto& series, const MetricTable& table) {
    draw(title, "% of the goal",
         {series(table, "goal_percent", "goal"),
          series(table, "human_percent", "built by the human"),
          series(table, "assistant_percent", "built by the assistant")});
  };
  if (config.learner.algorithm == Algorithm::kPpo) {
    const MetricTable ended = learner.Where("episodes");  // Updates in which episodes ended.
    if (config.player == env::kHuman) {
      draw("Alone: what stands at the end", "% of the goal",
           {LearnerSeries(ended, "goal_percent", "goal")});
    } else {
      draw_builders("Who builds", LearnerSeries, ended);
      draw("Auxiliary losses", "nats a voxel",
           {LearnerSeries(learner, "goal_loss", "goal"),
            LearnerSeries(learner, "place_block_loss", "block of a place")});
    }
    draw("Reward", "a timestep", {LearnerSeries(learner, "reward_per_timestep", "reward")});
    draw("Entropy of the policy", "nats",
         {LearnerSeries(learner, "type_entropy", "type"),
          LearnerSeries(learner, "location_entropy", "within the type")});
    draw("Value loss", "squared error", {LearnerSeries(learner, "value_loss", "value")});
    return charts;
  }
  draw_builders("Self-play: who builds", EpisodeSeries, metrics.Episodes());
  draw("Goal prediction, cells still to change", "share",
       {LearnerSeries(learner, "goal_recall", "recall"),
        LearnerSeries(learner, "goal_precision", "precision")});
  draw("Losses", "nats",
       {LearnerSeries(learner, "policy_loss", "policy"),
        LearnerSeries(learner, "human_loss", "human action (KL)")});
  draw("Goal loss", "nats a cell", {LearnerSeries(learner, "goal_loss", "cross entropy")});
  draw("Human action prediction", "share",
       {LearnerSeries(learner, "human_accuracy", "first guess right")});
  draw("Value loss", "squared error", {LearnerSeries(learner, "value_loss", "value")});
  return charts;
}

}  // namespace hod::engine
