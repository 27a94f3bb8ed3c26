// What a study of trainings shows.
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "engine/charts/chart.h"
#include "engine/studies/training_study.h"
#include "env/draw/sheet.h"

namespace hod::engine {
namespace {

using Judged = StudiedTraining::Judged;

struct Figure {
  const char* title;
  Estimate (*of)(const Judged&);
  NumberStyle style;
  bool of_play;  // Only where houses are played.
  bool drawn;
};
constexpr NumberStyle kNats = {.digits = 3, .significant = true};
constexpr Figure kFigures[] = {
    {"cross entropy, nats a voxel", [](const Judged& j) { return j.belief.cross_entropy; }, kNats,
     false, true},
    {"Brier score of edits", [](const Judged& j) { return j.belief.brier; }, kNats, false, false},
    {"edits found, 70 % right, %",
     [](const Judged& j) { return 100 * j.belief.found[0]; },
     {},
     false,
     true},
    {"80 % right", [](const Judged& j) { return 100 * j.belief.found[1]; }, {}, false, false},
    {"90 % right", [](const Judged& j) { return 100 * j.belief.found[2]; }, {}, false, false},
    {"saved, %", [](const Judged& j) { return j.play->human_actions_saved; }, {}, true, false},
    {"wrong edits",
     [](const Judged& j) { return ComparisonOf(*j.play, "assistant_wrong").assisted; },
     {},
     true,
     false},
};

// The trainings that differ in their seeds alone are neighbours.
using Seeds = absl::Span<const StudiedTraining>;

std::vector<Seeds> BySeeds(const TrainingStudy& study,
                           const std::vector<StudiedTraining>& trainings) {
  std::vector<Seeds> groups;
  for (size_t i = 0; i < trainings.size(); i += study.seeds.size()) {
    groups.push_back(absl::MakeConstSpan(trainings).subspan(i, study.seeds.size()));
  }
  return groups;
}

// Of one training, its own estimate; of several, their mean, the lowest and the highest.
Estimate OverSeeds(Seeds seeds, size_t houses, const Figure& figure) {
  if (seeds.size() == 1) return figure.of(seeds.front().judged[houses]);
  std::vector<double> means;
  for (const StudiedTraining& training : seeds) {
    means.push_back(figure.of(training.judged[houses]).mean);
  }
  return {absl::c_accumulate(means, 0.0) / static_cast<double>(means.size()),
          *absl::c_min_element(means), *absl::c_max_element(means)};
}

const StudiedCurve& CurveOf(const TrainingStudy& study, const StudiedTraining& training) {
  return *absl::c_find_if(study.curves,
                          [&](const StudiedCurve& c) { return c.name == training.curve; });
}

std::string LabelOf(const TrainingStudy& study, const StudiedTraining& training) {
  if (!training.value) return training.curve;
  return absl::StrCat(training.curve, ", ", CurveOf(study, training).along, " = ", *training.value);
}

// `seed` is that of `training`, or "all".
std::string Row(const std::string& label, const std::string& seed, const StudiedTraining& training,
                const JudgingHouses& houses, auto estimate) {
  std::string row = absl::StrFormat("| %s | %s | %d | %d | %.1f |", label, seed, training.steps,
                                    training.positions, training.seconds / 60);
  for (const Figure& figure : kFigures) {
    if (figure.of_play && !houses.play) continue;
    absl::StrAppend(&row, " ", Format(estimate(figure), figure.style), " |");
  }
  return row + "\n";
}

// A curve's figure along its setting.
Series SeriesOf(const TrainingStudy& study, const std::vector<StudiedTraining>& trainings,
                const StudiedCurve& curve, size_t houses, const Figure& figure) {
  Series series;
  series.name = curve.name;
  for (const Seeds& seeds : BySeeds(study, trainings)) {
    if (seeds.front().curve != curve.name) continue;
    const Estimate estimate = OverSeeds(seeds, houses, figure);
    series.x.push_back(*seeds.front().value);
    series.y.push_back(estimate.mean);
    series.low.push_back(estimate.low);
    series.high.push_back(estimate.high);
  }
  return series;
}

// Which settings change, each once.
std::vector<std::string> Settings(const TrainingStudy& study) {
  std::vector<std::string> keys;
  for (const StudiedCurve& curve : study.curves) {
    if (!curve.along.empty() && !absl::c_linear_search(keys, curve.along)) {
      keys.push_back(curve.along);
    }
  }
  return keys;
}

env::Canvas DrawReliabilityOn(const TrainingStudy& study,
                              const std::vector<StudiedTraining>& trainings, size_t houses) {
  std::vector<BeliefFigures> beliefs;
  for (const StudiedCurve& curve : study.curves) {
    BeliefFigures& last = beliefs.emplace_back();
    for (const Seeds& seeds : BySeeds(study, trainings)) {
      if (seeds.front().curve == curve.name) last = seeds.front().judged[houses].belief;
    }
    last.name = curve.name;
  }
  return DrawReliability(beliefs);
}

}  // namespace

std::string FormatTrainingStudy(const TrainingStudy& study,
                                const std::vector<StudiedTraining>& trainings) {
  std::string text;
  for (size_t h = 0; h < study.houses.size(); ++h) {
    const JudgingHouses& houses = study.houses[h];
    absl::StrAppendFormat(&text, "## %s\n\n| training | seed | steps | positions | minutes |",
                          houses.name);
    std::string rule = "|---|---|---|---|---|";
    for (const Figure& figure : kFigures) {
      if (figure.of_play && !houses.play) continue;
      absl::StrAppend(&text, " ", figure.title, " |");
      rule += "---|";
    }
    absl::StrAppend(&text, "\n", rule, "\n");
    for (const Seeds& seeds : BySeeds(study, trainings)) {
      const std::string label = LabelOf(study, seeds.front());
      for (const StudiedTraining& training : seeds) {
        text += Row(label, absl::StrCat(training.seed), training, houses,
                    [&](const Figure& figure) { return figure.of(training.judged[h]); });
      }
      if (seeds.size() == 1) continue;
      text += Row(label, "all", seeds.front(), houses,
                  [&](const Figure& figure) { return OverSeeds(seeds, h, figure); });
    }
    absl::StrAppendFormat(&text,
                          "\n%d houses, with 95%% bootstrap intervals over them; of all seeds, the "
                          "mean, the lowest and the highest.\n\n",
                          houses.episodes);
  }
  return text;
}

nlohmann::json TrainingStudyJson(const TrainingStudy& study,
                                 const std::vector<StudiedTraining>& trainings) {
  nlohmann::json all = nlohmann::json::array();
  for (const StudiedTraining& training : trainings) {
    nlohmann::json judged = nlohmann::json::array();
    for (size_t h = 0; h < study.houses.size(); ++h) {
      const Judged& j = training.judged[h];
      nlohmann::json on = {{"houses", study.houses[h].name}, {"belief", ToJson(j.belief)}};
      if (j.play) {
        on["saved_percent"] = ToJson(j.play->human_actions_saved);
        for (const char* key : {"assistant_wrong", "goal_percent", "human_actions"}) {
          on[key] = ToJson(ComparisonOf(*j.play, key).assisted);
        }
      }
      judged.push_back(std::move(on));
    }
    const StudiedCurve& curve = CurveOf(study, training);
    nlohmann::json one = {{"curve", training.curve},     {"seed", training.seed},
                          {"steps", training.steps},     {"positions", training.positions},
                          {"seconds", training.seconds}, {"set", curve.overrides},
                          {"judged", std::move(judged)}};
    if (training.value) one[curve.along] = *training.value;
    all.push_back(std::move(one));
  }
  nlohmann::json houses = nlohmann::json::array();
  for (const JudgingHouses& h : study.houses) {
    houses.push_back({{"name", h.name}, {"goals", h.goals}, {"episodes", h.episodes}});
  }
  return {{"config", study.config},      {"set", study.overrides},
          {"human", study.human},        {"judging_seed", study.judging_seed},
          {"houses", std::move(houses)}, {"trainings", std::move(all)}};
}

env::Canvas DrawTrainingStudy(const TrainingStudy& study,
                              const std::vector<StudiedTraining>& trainings) {
  std::vector<env::Canvas> charts;
  for (size_t h = 0; h < study.houses.size(); ++h) {
    charts.push_back(DrawReliabilityOn(study, trainings, h));
    for (const std::string& key : Settings(study)) {
      for (const Figure& figure : kFigures) {
        if (!figure.drawn) continue;
        Chart chart = {.title = study.houses[h].name,
                       .x_label = key,
                       .y_label = figure.title,
                       .series = {},
                       .log2_x = true};
        for (const StudiedCurve& curve : study.curves) {
          if (curve.along == key) {
            chart.series.push_back(SeriesOf(study, trainings, curve, h, figure));
          }
        }
        charts.push_back(DrawChart(chart));
      }
    }
  }
  return env::DrawGrid(charts, static_cast<int>(charts.size() / study.houses.size()));
}

}  // namespace hod::engine
