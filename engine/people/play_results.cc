#include "engine/people/play_results.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "engine/charts/bars.h"
#include "engine/live/session.h"
#include "engine/results/bootstrap.h"
#include "engine/samples/human_timeline.h"
#include "env/base/descriptor.h"
#include "env/base/json_lines.h"
#include "env/base/json_object_reader.h"
#include "env/base/status.h"

namespace hod::engine {

using nlohmann::json;

namespace {

struct Figure {
  const char* key;
  const char* title;
  double (*get)(const BuiltHouse&);
  int digits;
};
constexpr Figure kFigures[] = {
    {"human_actions", "place/break actions",
     [](const BuiltHouse& h) { return static_cast<double>(h.figures.human_actions); }, 1},
    {"seconds", "seconds", [](const BuiltHouse& h) { return h.seconds; }, 0},
    {"timesteps", "timesteps",
     [](const BuiltHouse& h) { return static_cast<double>(h.figures.timesteps); }, 0},
    {"goal_percent", "goal %", [](const BuiltHouse& h) { return h.figures.goal_percent; }, 1},
    {"assistant_percent", "share built by the assistant, %",
     [](const BuiltHouse& h) { return h.figures.assistant_percent; }, 1},
    {"assistant_wrong", "wrong edits of the assistant",
     [](const BuiltHouse& h) { return static_cast<double>(h.figures.assistant_wrong); }, 1},
};

// Follows the events of one participant.
class EventReader {
 public:
  EventReader(const PlayStudy& study, int participant, StudyResults& results)
      : study_(study),
        participant_(participant),
        stages_(StagesOf(study, participant)),
        results_(results) {}

  absl::Status Read(const json& event) {
    JsonObjectReader reader(event, "");
    reader.IgnoreOtherKeys();
    std::string kind;
    reader.Read("event", kind);
    if (kind == "stage") {
      reader.Read("index", 0, static_cast<int64_t>(stages_.size()) - 1, at_);
    } else if (kind == "end") {
      ReadHouse(reader);
    } else if (kind == "answers") {
      const json* const answers = reader.Find("answers");
      if (answers != nullptr && answers->is_object()) ReadAnswers(*answers);
    }
    return reader.Finish();
  }

  bool complete() const { return at_ + 1 == static_cast<int>(stages_.size()); }

 private:
  const StudyStage& stage() const { return stages_[at_]; }

  void ReadHouse(JsonObjectReader& reader) {
    if (stage().kind != StudyStage::Kind::kHouse) return;
    BuiltHouse house{participant_, stage().place, stage().condition, "", "", {}, 0};
    reader.Read("goal", house.goal);
    reader.Read("reason", house.reason);
    reader.ReadObject("figures", [&](JsonObjectReader& fields) {
      ReadFigures(fields, house.figures);
      fields.Read("seconds", house.seconds);
    });
    if (reader.ok()) results_.houses.push_back(std::move(house));
  }

  void ReadAnswers(const json& answers) {
    const bool compares = stage().kind == StudyStage::Kind::kComparison;
    if (!compares && stage().kind != StudyStage::Kind::kQuestions) return;
    for (const auto& [id, value] : answers.items()) {
      results_.answers.push_back({participant_, compares ? -1 : stage().condition, id,
                                  compares ? Unblinded(value) : value});
    }
  }

  // The name of the condition that a person knows by a letter; other answers as they are.
  json Unblinded(const json& answer) const {
    for (const StudyStage& stage : stages_) {
      if (stage.kind != StudyStage::Kind::kIntroduction) continue;
      const StudyCondition& condition = study_.conditions[stage.condition];
      const bool alone = condition.assistant == kNoopAssistant;
      if (answer == (alone ? std::string("alone") : LabelOf(stage.place))) return condition.name;
    }
    return answer;
  }

  const PlayStudy& study_;
  const int participant_;
  const std::vector<StudyStage> stages_;
  StudyResults& results_;
  int at_ = 0;
};

// Means over a participant's houses, by participant.
std::map<int, double> MeansOf(const StudyResults& results, int condition, const Figure& figure) {
  std::map<int, std::pair<double, int>> sums;
  for (const BuiltHouse& house : results.houses) {
    if (house.condition != condition) continue;
    auto& [sum, count] = sums[house.participant];
    sum += figure.get(house);
    ++count;
  }
  std::map<int, double> means;
  for (const auto& [participant, sum] : sums) means[participant] = sum.first / sum.second;
  return means;
}

// The values of those participants who have both.
std::pair<std::vector<double>, std::vector<double>> Paired(const std::map<int, double>& a,
                                                           const std::map<int, double>& b) {
  std::pair<std::vector<double>, std::vector<double>> pairs;
  for (const auto& [participant, value] : a) {
    const auto other = b.find(participant);
    if (other == b.end()) continue;
    pairs.first.push_back(value);
    pairs.second.push_back(other->second);
  }
  return pairs;
}

std::vector<double> Values(const std::map<int, double>& by_participant) {
  std::vector<double> values;
  for (const auto& [participant, value] : by_participant) values.push_back(value);
  return values;
}

std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

}  // namespace

std::string ParticipantFolder(int participant) {
  return absl::StrFormat("%s%03d", kParticipantPrefix, participant);
}

absl::StatusOr<StudyResults> ReadStudyResults(const PlayStudy& study, const std::string& folder) {
  StudyResults results;
  std::set<int> participants;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    int number = 0;
    if (absl::StartsWith(name, kParticipantPrefix) &&
        absl::SimpleAtoi(name.substr(sizeof(kParticipantPrefix) - 1), &number) && number > 0) {
      participants.insert(number);
    }
  }
  if (error) return SystemError(folder, "list", error.value());
  for (const int participant : participants) {
    const std::string path =
        absl::StrCat(folder, "/", ParticipantFolder(participant), "/", kEventsFile);
    ASSIGN_OR_RETURN(const std::vector<json> events, ReadJsonLines(path));
    EventReader reader(study, participant, results);
    for (size_t line = 0; line < events.size(); ++line) {
      RETURN_IF_ERROR(Annotate(reader.Read(events[line]), absl::StrCat(path, ", line ", line + 1)));
    }
    (reader.complete() ? results.complete : results.incomplete).push_back(participant);
  }
  return results;
}

std::vector<ConditionSummary> Summarise(const PlayStudy& study, const StudyResults& results) {
  const auto seed = static_cast<uint64_t>(study.seed);
  std::vector<ConditionSummary> summary;
  for (int condition = 0; condition < static_cast<int>(study.conditions.size()); ++condition) {
    ConditionSummary& s = summary.emplace_back();
    s.name = study.conditions[condition].name;
    s.saved = {kUnknown, kUnknown, kUnknown};
    for (const Figure& figure : kFigures) {
      const std::map<int, double> means = MeansOf(results, condition, figure);
      s.participants = static_cast<int>(means.size());
      if (means.empty()) continue;
      s.figures[figure.key] = BootstrapMean(Values(means), seed);
      const auto [here, first] = Paired(means, MeansOf(results, 0, figure));
      if (condition == 0 || here.empty()) continue;
      std::vector<double> differences;
      for (size_t i = 0; i < here.size(); ++i) differences.push_back(here[i] - first[i]);
      s.differences[figure.key] = BootstrapMean(differences, seed);
      if (std::string(figure.key) == "human_actions") {
        s.saved = BootstrapReduction(here, first, seed);
      }
    }
    for (const ScreenItem& item : study.questions) {
      std::vector<double> ratings;
      for (const GivenAnswer& answer : results.answers) {
        if (answer.condition == condition && answer.question == item.id &&
            answer.value.is_number_integer()) {
          ratings.push_back(answer.value.get<double>());
        }
      }
      if (!ratings.empty()) s.ratings[item.id] = BootstrapMean(ratings, seed);
    }
  }
  return summary;
}

std::string FormatStudy(const PlayStudy& study, const StudyResults& results,
                        const std::vector<ConditionSummary>& summary) {
  std::string text = absl::StrFormat("%d participants are done, %d are not.\n\n",
                                     results.complete.size(), results.incomplete.size());
  const auto row = [&](const std::string& title, const auto& cell) {
    absl::StrAppendFormat(&text, "%-34s", title);
    for (const ConditionSummary& condition : summary) {
      absl::StrAppendFormat(&text, "%-26s", cell(condition));
    }
    text += '\n';
  };
  const auto at = [](const std::map<std::string, Estimate>& estimates, const std::string& key,
                     int digits) {
    const auto found = estimates.find(key);
    return found == estimates.end() ? "-" : Format(found->second, {.digits = digits});
  };
  row("", [](const ConditionSummary& c) { return c.name; });
  row("participants", [](const ConditionSummary& c) { return absl::StrCat(c.participants); });
  for (const Figure& figure : kFigures) {
    row(figure.title,
        [&](const ConditionSummary& c) { return at(c.figures, figure.key, figure.digits); });
  }
  row("actions saved, %", [](const ConditionSummary& c) { return Format(c.saved); });
  for (const ScreenItem& item : study.questions) {
    if (item.kind != ScreenItem::Kind::kScale) continue;
    row(absl::StrFormat("%s (%d to %d)", item.id, item.from, item.to),
        [&](const ConditionSummary& c) { return at(c.ratings, item.id, 2); });
  }
  std::map<std::string, std::map<std::string, int>> chosen;
  for (const GivenAnswer& answer : results.answers) {
    if (answer.condition < 0 && answer.value.is_string()) {
      ++chosen[answer.question][answer.value.get<std::string>()];
    }
  }
  for (const ScreenItem& item : study.comparisons) {
    if (item.kind != ScreenItem::Kind::kChoice) continue;
    std::vector<std::string> counts;
    for (const auto& [name, count] : chosen[item.id]) {
      counts.push_back(absl::StrCat(name, " ", count));
    }
    absl::StrAppend(&text, item.id, ": ", absl::StrJoin(counts, ", "), "\n");
  }
  absl::StrAppend(&text, "Means over participants with 95% bootstrap intervals; saved: beside ",
                  study.conditions.front().name, ", within participants.\n");
  return text;
}

env::Canvas DrawStudy(const PlayStudy& study, const std::vector<ConditionSummary>& summary) {
  constexpr int kWidth = 1000;
  BarTable table;
  table.title = study.title;
  std::vector<std::pair<std::string, std::string>> columns = {
      {"human_actions", "place/break actions"},
      {"seconds", "seconds"},
      {"assistant_percent", "built by the assistant, %"}};
  const env::Color colors[] = {{0.36, 0.56, 0.78}, {0.80, 0.55, 0.30}, {0.42, 0.66, 0.42}};
  for (size_t i = 0; i < columns.size(); ++i) {
    table.columns.push_back({columns[i].second, colors[i]});
  }
  for (const ConditionSummary& condition : summary) {
    BarTable::Row row{condition.name, {}};
    for (const auto& [key, title] : columns) {
      const auto found = condition.figures.find(key);
      const Estimate estimate =
          found == condition.figures.end() ? Estimate{kUnknown, kUnknown, kUnknown} : found->second;
      row.bars.push_back({estimate.mean, Format(estimate)});
    }
    table.rows.push_back(std::move(row));
  }
  return DrawBars(table, kWidth);
}

json StudyJson(const PlayStudy& study, const StudyResults& results,
               const std::vector<ConditionSummary>& summary) {
  json houses = json::array(), answers = json::array(), conditions = json::array();
  for (const BuiltHouse& house : results.houses) {
    json row = ToJson(house.figures);
    row.update({{"participant", house.participant},
                {"place", house.place},
                {"condition", study.conditions[house.condition].name},
                {"goal", house.goal},
                {"reason", house.reason},
                {"seconds", house.seconds}});
    houses.push_back(std::move(row));
  }
  for (const GivenAnswer& answer : results.answers) {
    answers.push_back(
        {{"participant", answer.participant},
         {"condition",
          answer.condition < 0 ? json() : json(study.conditions[answer.condition].name)},
         {"question", answer.question},
         {"answer", answer.value}});
  }
  const auto estimates = [](const std::map<std::string, Estimate>& by_key) {
    json object = json::object();
    for (const auto& [key, estimate] : by_key) object[key] = ToJson(estimate);
    return object;
  };
  for (const ConditionSummary& c : summary) {
    conditions.push_back({{"condition", c.name},
                          {"participants", c.participants},
                          {"figures", estimates(c.figures)},
                          {"differences", estimates(c.differences)},
                          {"human_actions_saved", ToJson(c.saved)},
                          {"ratings", estimates(c.ratings)}});
  }
  return {{"title", study.title},
          {"complete", results.complete},
          {"incomplete", results.incomplete},
          {"conditions", conditions},
          {"houses", houses},
          {"answers", answers}};
}

std::string StudyCsv(const PlayStudy& study, const StudyResults& results) {
  std::string csv =
      "participant,place,condition,goal,reason,seconds,timesteps,goal_percent,human_actions,"
      "assistant_actions,human_percent,assistant_percent,assistant_wrong";
  for (const ScreenItem& item : study.questions) absl::StrAppend(&csv, ",", CsvField(item.id));
  csv += '\n';
  for (const BuiltHouse& house : results.houses) {
    const EpisodeFigures& f = house.figures;
    absl::StrAppend(&csv, house.participant, ",", house.place, ",",
                    CsvField(study.conditions[house.condition].name), ",", CsvField(house.goal),
                    ",", house.reason, ",", absl::StrFormat("%.3f", house.seconds), ",");
    absl::StrAppend(&csv, f.timesteps, ",", f.goal_percent, ",", f.human_actions, ",",
                    f.assistant_actions, ",", f.human_percent, ",", f.assistant_percent, ",",
                    f.assistant_wrong);
    for (const ScreenItem& item : study.questions) {
      const auto answer = std::find_if(results.answers.begin(), results.answers.end(),
                                       [&, id = item.id](const auto& a) {
                                         return a.participant == house.participant &&
                                                a.condition == house.condition && a.question == id;
                                       });
      csv += ',';
      if (answer == results.answers.end()) continue;
      csv += CsvField(answer->value.is_string() ? answer->value.get<std::string>()
                                                : answer->value.dump());
    }
    csv += '\n';
  }
  return csv;
}

}  // namespace hod::engine
