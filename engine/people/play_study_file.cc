// Reads the file of a study with people.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/people/play_study.h"
#include "env/base/status.h"
#include "env/houses/sources/source.h"
#include "env/settings/describe.h"
#include "env/settings/toml.h"

namespace hod::engine {
namespace {

constexpr int kMaxConditions = 6;  // Letters A to F, and 720 orders.

void DeclareCondition(settings::Declaration& d, StudyCondition& condition) {
  d.Text("name", condition.name, "a text", "what it is called in results").required = true;
  d.Text("assistant", condition.assistant, "an assistant as for hod evaluate --assistant",
         "who helps; noop: nobody")
      .required = true;
  d.Texts("set", condition.overrides, "a list of \"key=value\"",
          "settings over those it was trained with, as for --set");
}

void DeclareQuestion(settings::Declaration& d, ScreenItem& item) {
  d.Text("id", item.id, "a text", "its column in results").required = true;
  d.Text("text", item.text, "a text", "what is asked; {label} is who helped, by letter").required =
      true;
  d.Choice("kind", item.kind, {"scale", "choice", "text"}, "how it is answered");
  d.Integer("from", item.from, 0, 100, "the low end of a scale");
  d.Integer("to", item.to, 1, 100, "and its high end");
  d.Text("low", item.low, "a text", "what the low end means");
  d.Text("high", item.high, "a text", "what the high end means");
  d.Texts("choices", item.choices, "a list of texts",
          "of a choice; in a comparison without them: one of those who helped");
}

absl::Status CheckQuestions(const char* key, const std::vector<ScreenItem>& questions,
                            bool needs_choices) {
  std::set<std::string> ids;
  for (const ScreenItem& item : questions) {
    if (!ids.insert(item.id).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(key, ": two have the id \"", item.id, "\", expected different ones"));
    }
    if (item.kind == ScreenItem::Kind::kScale && item.from >= item.to) {
      return absl::InvalidArgumentError(absl::StrCat(key, ", \"", item.id, "\": from ", item.from,
                                                     " to ", item.to,
                                                     ", expected a scale that rises"));
    }
    if (item.kind == ScreenItem::Kind::kChoice && needs_choices && item.choices.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(key, ", \"", item.id, "\": expected choices"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckConditions(const std::vector<StudyCondition>& conditions) {
  if (conditions.empty() || conditions.size() > kMaxConditions) {
    return absl::InvalidArgumentError(absl::StrCat("condition: there are ", conditions.size(),
                                                   ", expected 1 to ", kMaxConditions));
  }
  std::set<std::string> names;
  for (const StudyCondition& condition : conditions) {
    if (!names.insert(condition.name).second) {
      return absl::InvalidArgumentError(absl::StrCat("condition: two are called \"", condition.name,
                                                     "\", expected different names"));
    }
  }
  return absl::OkStatus();
}

settings::Declaration Declare(PlayStudy& study) {
  settings::Declaration d;
  d.Text("title", study.title, "a text", "what the person reads first");
  d.Text("consent", study.consent, "a text", "what the person agrees to");
  d.Text("goals", study.goals, env::kGoalSpecs,
         "the houses: the first is for practice, the next those of the first place, and so on");
  d.Texts("set", study.overrides, "a list of \"key=value\"",
          "settings of all, over those that each assistant was trained with: the world");
  d.Integer("seed", study.seed, 0, INT64_MAX, "of houses and start locations");
  d.Integer("horizon", study.horizon, 1, 1000000, "timesteps of a house, at most");
  d.Integer("houses", study.houses, 1, 100, "houses of each condition");
  d.Flag("practice", study.practice, "whether a house alone comes first, which does not count");
  d.Flag("thoughts", study.shows_thoughts, "whether the person may see what the assistant thinks");
  d.Choice("orders", study.orders, {"all", "latin square"},
           "in which orders conditions come, participant by participant");
  d.Number("seconds_per_action", study.seconds_per_action, 0.05, 60,
           "assistants act at most this often");
  d.Tables("condition", study.conditions, &DeclareCondition,
           "a condition; others are compared with the first");
  d.Tables("question", study.questions, &DeclareQuestion, "asked after each condition");
  d.Tables("comparison", study.comparisons, &DeclareQuestion, "asked at the end");
  d.Check([&study](const settings::Declaration&) {
    RETURN_IF_ERROR(CheckConditions(study.conditions));
    RETURN_IF_ERROR(CheckQuestions("question", study.questions, /*needs_choices=*/true));
    return CheckQuestions("comparison", study.comparisons, /*needs_choices=*/false);
  });
  return d;
}

}  // namespace

absl::StatusOr<PlayStudy> LoadPlayStudy(const std::string& path) {
  PlayStudy study;
  settings::Declaration declaration = Declare(study);
  RETURN_IF_ERROR(settings::ReadTomlFile(path, declaration));
  return study;
}

std::string DescribePlayStudy() {
  PlayStudy defaults;
  return settings::Describe(Declare(defaults));
}

}  // namespace hod::engine
