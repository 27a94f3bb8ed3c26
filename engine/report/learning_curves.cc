#include "engine/report/learning_curves.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "engine/charts/chart.h"
#include "env/base/json_lines.h"
#include "env/base/status.h"
#include "env/game/roles.h"

namespace hod::engine {
namespace {

using Lines = std::vector<nlohmann::json>;

constexpr size_t kMaxPoints = 200;     // Points of a curve; longer ones are averaged in groups.
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

std::vector<double> Column(const Lines& lines, const char* key, double scale) {
  std::vector<double> values;
  for (const nlohmann::json& line : lines) values.push_back(scale * NumberAt(line, key));
  return values;
}

// One curve of the learner's metrics over the minutes of training.
Series LearnerSeries(const Lines& lines, const char* key, const char* name) {
  const size_t group = lines.size() / kMaxPoints + 1;
  return {name,
          Grouped(Column(lines, "seconds", 1.0 / 60), group),
          Grouped(Column(lines, key, 1), group),
          {},
          {}};
}

// One curve of episode figures over the minutes of self-play.
Series EpisodeSeries(const Lines& episodes, const char* key, const char* name) {
  Series series{name, {}, {}, {}, {}};
  const std::vector<double> minutes = Column(episodes, "seconds", 1.0 / 60);
  const std::vector<double> values = Column(episodes, key, 1);
  double sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += values[i] - (i >= kEpisodeWindow ? values[i - kEpisodeWindow] : 0);
    series.x.push_back(minutes[i]);
    series.y.push_back(sum / static_cast<double>(std::min(i + 1, kEpisodeWindow)));
  }
  return series;
}

absl::StatusOr<Lines> EpisodesOfAllWorkers(const RunDirectory& run) {
  Lines episodes;
  for (int w = 0; w < run.config().NumWorkers(); ++w) {
    ASSIGN_OR_RETURN(Lines lines,
                     ReadJsonLines(absl::StrFormat("%s/selfplay-%03d.jsonl", run.metrics(), w)));
    const double began = lines.empty() ? 0 : NumberAt(lines.front(), "time");
    for (nlohmann::json& line : lines) {
      if (line.value("event", nlohmann::json()) != "episode") continue;
      if (!line.contains("seconds")) {  // As before 0.2, whose times are those of the wall clock.
        line["seconds"] = NumberAt(line, "time") - began;
      }
      episodes.push_back(std::move(line));
    }
  }
  std::stable_sort(episodes.begin(), episodes.end(), [](const auto& a, const auto& b) {
    return NumberAt(a, "seconds") < NumberAt(b, "seconds");
  });
  return episodes;
}

}  // namespace

absl::StatusOr<std::vector<LearningCurve>> DrawLearningCurves(const RunDirectory& run) {
  ASSIGN_OR_RETURN(Lines learner, ReadJsonLines(run.metrics() + "/learner.jsonl"));
  ASSIGN_OR_RETURN(const Lines episodes, EpisodesOfAllWorkers(run));

  std::vector<LearningCurve> curves;
  const auto draw = [&](const char* title, const char* unit, std::vector<Series> series) {
    curves.push_back({title, DrawChart({title, "minutes", unit, std::move(series)}).PngBytes()});
  };
  const auto draw_builders = [&](const char* title, const auto& series, const Lines& lines) {
    draw(title, "% of the goal",
         {series(lines, "goal_percent", "goal"),
          series(lines, "human_percent", "built by the human"),
          series(lines, "assistant_percent", "built by the assistant")});
  };
  if (run.config().learner.algorithm == Algorithm::kPpo) {
    Lines ended;  // Updates in which episodes ended.
    for (const nlohmann::json& line : learner) {
      if (NumberAt(line, "episodes") > 0) ended.push_back(line);
    }
    const RunConfig& config = run.config();
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
    return curves;
  }
  draw_builders("Self-play: who builds", EpisodeSeries, episodes);
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
  return curves;
}

}  // namespace hod::engine
