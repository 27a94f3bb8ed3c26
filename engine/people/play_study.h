// Studies with people: who builds what beside whom, in which order, and what is asked
// (docs/play.md, "A study with people").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/live/programme.h"

namespace hod::engine {

struct StudyCondition {
  std::string name;       // In results; the person sees a letter.
  std::string assistant;  // As for hod evaluate --assistant; "noop": the person builds alone.
  std::vector<std::string> overrides;
};

enum class StudyOrders { kAll, kLatinSquare };

struct PlayStudy {
  std::string title = "Building houses";
  std::string consent = "Your actions and answers are recorded, under a number.";
  std::string goals = "generated";
  std::vector<std::string> overrides;  // Settings of the game, over those of every assistant.
  int64_t seed = 1;
  int horizon = 10000;
  int houses = 1;  // Each condition has so many.
  bool practice = true;
  bool shows_thoughts = false;
  StudyOrders orders = StudyOrders::kLatinSquare;
  double seconds_per_action = 0.8;
  std::vector<StudyCondition> conditions;
  std::vector<ScreenItem> questions;    // After each condition.
  std::vector<ScreenItem> comparisons;  // At the end. A choice without choices is one of the
                                        // conditions, by letter.
};

absl::StatusOr<PlayStudy> LoadPlayStudy(const std::string& path);
std::string DescribePlayStudy();  // A Markdown table of all settings.

// The orders of `n` conditions that participants have in turn. A Latin square has every condition
// once in every place and, for even n, every condition once before every other (Williams 1949); for
// odd n that takes the mirror image of the square as well.
std::vector<std::vector<int>> OrdersOf(int n, StudyOrders orders);

// What a participant is led through.
struct StudyStage {
  enum class Kind { kConsent, kPractice, kIntroduction, kHouse, kQuestions, kComparison, kThanks };
  Kind kind = Kind::kConsent;
  int place = -1;      // In the participant's order; -1 where no condition is meant.
  int condition = -1;  // Index into conditions.
  int goal = 0;        // Index into the goals.
};
// `participant` counts from 1.
std::vector<StudyStage> StagesOf(const PlayStudy& study, int participant);

// The letter by which the person knows who helps at a place of the order: "A", "B", ...
std::string LabelOf(int place);

// The programme of a participant. `text` is the study's file, with which sessions have to agree.
absl::StatusOr<std::unique_ptr<Programme>> MakeStudyProgramme(const PlayStudy& study,
                                                              const std::string& text,
                                                              int participant);

}  // namespace hod::engine
