// Reads the file of a study of assistants.
#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/play/player_spec.h"
#include "engine/studies/assistant_study.h"
#include "engine/studies/study_names.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {
namespace {

void DeclareAssistant(settings::Declaration& d, StudiedAssistant& assistant) {
  d.Text("name", assistant.name, "a text", "what the assistant is called").required = true;
  d.Text("spec", assistant.spec, "an assistant as for hod evaluate --assistant", "who it is")
      .required = true;
  d.Texts("set", assistant.overrides, "a list of \"key=value\"",
          "settings over those it was trained with, as for --set");
}

void DeclareHuman(settings::Declaration& d, StudiedHuman& human) {
  d.Text("name", human.name, "a text", "what the human is called").required = true;
  d.Text("spec", human.spec, "a human as for hod evaluate --human", "who it is").required = true;
}

void DeclareHouses(settings::Declaration& d, StudiedHouses& houses) {
  d.Text("name", houses.name, "a text", "what the houses are called").required = true;
  d.Text("goals", houses.goals, env::kGoalSpecs, "where they come from").required = true;
  d.Integer("episodes", houses.episodes, 1, 1000000, "how many of them");
}

settings::Declaration Declare(AssistantStudy& study) {
  settings::Declaration d;
  d.Text("baseline", study.baseline, "the name of an assistant",
         "the assistant that all are compared with, in pairs of houses")
      .required = true;
  d.Integer("seed", study.seed, 0, INT64_MAX, "of houses, builders and start locations");
  d.Texts("set", study.overrides, "a list of \"key=value\"",
          "settings of all, over those that each was trained with: world and horizon");
  d.Tables("assistant", study.assistants, &DeclareAssistant, "an assistant");
  d.Tables("human", study.humans, &DeclareHuman, "a human");
  d.Tables("houses", study.houses, &DeclareHouses, "a kind of houses");
  d.Check([&study](const settings::Declaration&) {
    RETURN_IF_ERROR(CheckNames("assistant", study.assistants));
    RETURN_IF_ERROR(CheckNames("human", study.humans));
    RETURN_IF_ERROR(CheckNames("houses", study.houses));
    const bool known = std::any_of(study.assistants.begin(), study.assistants.end(),
                                   [&](const auto& a) { return a.name == study.baseline; });
    if (known) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("baseline: \"", study.baseline, "\" is no assistant of this study"));
  });
  return d;
}

}  // namespace

absl::StatusOr<AssistantStudy> LoadAssistantStudy(const std::string& path) {
  AssistantStudy study;
  settings::Declaration declaration = Declare(study);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return study;
}

std::string DescribeAssistantStudy() {
  AssistantStudy defaults;
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
