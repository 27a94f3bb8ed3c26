// What came of a study with people: figures of houses, answers, and how conditions compare within
// participants.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/people/play_study.h"
#include "engine/play/episode_tally.h"
#include "engine/results/estimate.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// Files of a study's folder: the study as it was begun, and a folder for each participant.
inline constexpr char kStudyFile[] = "study.toml";
std::string ParticipantFolder(int participant);  // "participant-007"

struct BuiltHouse {
  int participant = 0, place = 0, condition = 0;
  std::string goal, reason;  // How it ended: as in docs/play.md, "end".
  EpisodeFigures figures;
  double seconds = 0;
};

struct GivenAnswer {
  int participant = 0;
  int condition = -1;  // -1: of the comparison.
  std::string question;
  nlohmann::json value;  // A whole number or a text; in comparisons the name of a condition.
};

struct StudyResults {
  std::vector<BuiltHouse> houses;  // Without practice.
  std::vector<GivenAnswer> answers;
  std::vector<int> complete, incomplete;  // Participants.
};

// Reads what lies in the study's folder. Errors name the file and line.
absl::StatusOr<StudyResults> ReadStudyResults(const PlayStudy& study, const std::string& folder);

// A condition over all participants who are done with it. Estimates are means over participants of
// their mean over houses, with bootstrap intervals over participants.
struct ConditionSummary {
  std::string name;
  int participants = 0;
  std::map<std::string, Estimate> figures;      // "human_actions", "seconds", ...
  std::map<std::string, Estimate> differences;  // From the first condition, within participants.
  Estimate saved;                               // Percent of the actions in the first condition.
  std::map<std::string, Estimate> ratings;      // By question, of scales.
};
std::vector<ConditionSummary> Summarise(const PlayStudy& study, const StudyResults& results);

std::string FormatStudy(const PlayStudy& study, const StudyResults& results,
                        const std::vector<ConditionSummary>& summary);
env::Canvas DrawStudy(const PlayStudy& study, const std::vector<ConditionSummary>& summary);
nlohmann::json StudyJson(const PlayStudy& study, const StudyResults& results,
                         const std::vector<ConditionSummary>& summary);
// A row for each house: the columns of evaluation, then the answers of its condition.
std::string StudyCsv(const PlayStudy& study, const StudyResults& results);

}  // namespace hod::engine
