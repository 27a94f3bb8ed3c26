// Reads the file of a study of trainings.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/config/run_config.h"
#include "engine/studies/study_names.h"
#include "engine/studies/training_study.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {
namespace {

void DeclareCurve(settings::Declaration& d, StudiedCurve& curve) {
  d.Text("name", curve.name, "a text", "what the curve is called").required = true;
  d.Texts("set", curve.overrides, "a list of \"key=value\"",
          "settings over those of the study, as for --set");
  d.Text("along", curve.along, "the key of a setting whose values are numbers",
         "the setting that changes along the curve; without it there is one training");
  d.Numbers("values", curve.values, -1e12, 1e12, "its values, a training for each");
  d.Check([&curve](const settings::Declaration&) {
    if (curve.along.empty() == curve.values.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(curve.along.empty()
                                          ? "along: expected the key that values are of"
                                          : "values: expected those of the setting along");
  });
}

void DeclareHouses(settings::Declaration& d, JudgingHouses& houses) {
  d.Text("name", houses.name, "a text", "what the houses are called").required = true;
  d.Text("goals", houses.goals, env::kGoalSpecs, "where they come from").required = true;
  d.Integer("episodes", houses.episodes, 1, 1000000, "how many of them");
  d.Flag("play", houses.play,
         "also judge what the assistant saves, playing as it did while it learnt");
}

absl::Status CheckSeeds(const std::vector<int>& seeds) {
  if (seeds.empty()) return absl::InvalidArgumentError("seeds: expected at least one");
  for (const int seed : seeds) {
    if (std::count(seeds.begin(), seeds.end(), seed) > 1) {
      return absl::InvalidArgumentError(absl::StrCat("seeds: ", seed, " is there twice"));
    }
  }
  return absl::OkStatus();
}

settings::Declaration Declare(TrainingStudy& study) {
  settings::Declaration d;
  d.Text("config", study.config, "a run configuration (TOML)", "the run that all are variants of")
      .required = true;
  d.Texts("set", study.overrides, "a list of \"key=value\"", "settings of all, over that run's");
  d.Integers("seeds", study.seeds, 0, std::numeric_limits<int>::max(),
             "seeds of trainings: every one is made once with each");
  d.Text("human", study.human, "a human as for hod evaluate --human",
         "who builds where networks are judged");
  d.Integer("every", study.every, 1, 100000, "timesteps from one judged position to the next");
  d.Integer("judging_seed", study.judging_seed, 0, INT64_MAX,
            "of houses, builders and start locations where networks are judged");
  d.Tables("curve", study.curves, &DeclareCurve, "a run, or several along a setting");
  d.Tables("houses", study.houses, &DeclareHouses, "a kind of houses that networks are judged on");
  d.Check([&study](const settings::Declaration&) {
    RETURN_IF_ERROR(CheckSeeds(study.seeds));
    RETURN_IF_ERROR(CheckNames("curve", study.curves));
    return CheckNames("houses", study.houses);
  });
  return d;
}

}  // namespace

absl::StatusOr<TrainingStudy> LoadTrainingStudy(const std::string& path) {
  TrainingStudy study;
  settings::Declaration declaration = Declare(study);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return study;
}

std::string DescribeTrainingStudy() {
  TrainingStudy defaults;
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
