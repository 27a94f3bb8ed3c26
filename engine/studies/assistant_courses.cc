#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/charts/chart.h"
#include "engine/results/bootstrap.h"
#include "engine/studies/assistant_study.h"
#include "engine/studies/study_names.h"
#include "env/base/status.h"

namespace hod::engine {
namespace {

// A figure of episodes and its course.
struct CourseFigure {
  const char* name;  // Part of a file's name.
  const char* title;
  double (*at_the_end)(const EpisodeFigures&);
  std::vector<double> EpisodeFigures::*course;
};
constexpr CourseFigure kFigures[] = {
    {"goal", "goal %", [](const EpisodeFigures& f) { return f.goal_percent; },
     &EpisodeFigures::goal_percent_course},
    {"actions", "place and break actions of the human",
     [](const EpisodeFigures& f) { return static_cast<double>(f.human_actions); },
     &EpisodeFigures::human_actions_course}};

Series SeriesOf(const std::string& name, const CourseFigure& figure, const AssistantCell& cell,
                const EpisodeFigures PairedFigures::*which, int horizon) {
  Series series;
  series.name = name;
  for (int moment = 0; moment <= kCourseParts; ++moment) {
    std::vector<double> values;
    for (const PairedFigures& house : cell.report.houses) {
      const EpisodeFigures& of = house.*which;
      values.push_back(CourseAt(of.*figure.course, figure.at_the_end(of), moment));
    }
    const Estimate mean = BootstrapMean(values, /*seed=*/1);
    series.x.push_back(static_cast<double>(moment) * horizon / kCourseParts);
    series.y.push_back(mean.mean);
    series.low.push_back(mean.low);
    series.high.push_back(mean.high);
  }
  return series;
}

}  // namespace

absl::StatusOr<std::vector<Picture>> DrawAssistantCourses(const AssistantStudy& study,
                                                          const std::vector<AssistantCell>& cells) {
  RunConfig config;
  for (const std::string& assignment : study.overrides) {
    RETURN_IF_ERROR(Override(config, assignment));
  }
  const int horizon = config.game.horizon;
  std::vector<Picture> pictures;
  for (const StudiedHouses& houses : study.houses) {
    for (const StudiedHuman& human : study.humans) {
      for (const CourseFigure& figure : kFigures) {
        Chart chart = {.title = absl::StrCat(houses.name, ", ", human.name, ": ", figure.title),
                       .x_label = "timestep",
                       .y_label = figure.title,
                       .series = {}};
        for (const AssistantCell& cell : cells) {
          if (cell.houses != houses.name || cell.human != human.name) continue;
          if (chart.series.empty()) {
            chart.series.push_back(
                SeriesOf("human alone", figure, cell, &PairedFigures::alone, horizon));
            chart.series.back().dashed = true;
          }
          chart.series.push_back(
              SeriesOf(cell.assistant, figure, cell, &PairedFigures::assisted, horizon));
        }
        pictures.push_back(
            {FileNameOf(absl::StrCat("course-", figure.name, "--", human.name, "--", houses.name)),
             chart.title, DrawChart(chart)});
      }
    }
  }
  return pictures;
}

}  // namespace hod::engine
