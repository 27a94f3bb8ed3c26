// Assistants beside humans on houses, all of each: the tables of the paper (Section 5).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/charts/picture.h"
#include "engine/evaluation/evaluate.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// A study as its file describes it (configs/assistants.toml).
struct StudiedAssistant {
  std::string name;
  std::string spec;                    // As for OpenAssistant().
  std::vector<std::string> overrides;  // Over the configuration it was trained with.
};

struct StudiedHuman {
  std::string name;
  std::string spec = "heuristic";  // As for MakePlayerFactory().
};

struct StudiedHouses {
  std::string name;
  std::string goals = "generated";
  int episodes = 50;
};

struct AssistantStudy {
  std::string baseline;  // The assistant that all are compared with, in pairs of houses.
  int64_t seed = 1000;   // Decides houses, builders and start locations.
  // The world and horizon of all, over those that each was trained in.
  std::vector<std::string> overrides;
  std::vector<StudiedAssistant> assistants;
  std::vector<StudiedHuman> humans;
  std::vector<StudiedHouses> houses;
};

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<AssistantStudy> LoadAssistantStudy(const std::string& path);

// Tables of all settings, in Markdown.
std::string DescribeAssistantStudy();

struct AssistantCell {
  std::string assistant, human, houses;  // Names.
  EvaluationReport report;
};

// Evaluates every assistant beside every human on all houses. Reports go to `directory`, and those
// found there that were made with the same settings are reused.
absl::StatusOr<std::vector<AssistantCell>> RunAssistantStudy(const AssistantStudy& study,
                                                             const std::string& directory);

// A Markdown table for each human and kind of houses.
std::string FormatAssistantStudy(const AssistantStudy& study,
                                 const std::vector<AssistantCell>& cells);

// The same figures for programs.
nlohmann::json AssistantStudyJson(const AssistantStudy& study,
                                  const std::vector<AssistantCell>& cells);

// What each assistant saves, a column for each human and kind of houses.
env::Canvas DrawAssistantStudy(const AssistantStudy& study,
                               const std::vector<AssistantCell>& cells);

// How goal % and actions of the human grow over an episode, for each human and kind of houses: a
// line for each assistant, with its 95% bootstrap interval over houses, beside the human alone.
absl::StatusOr<std::vector<Picture>> DrawAssistantCourses(const AssistantStudy& study,
                                                          const std::vector<AssistantCell>& cells);

}  // namespace hod::engine
