// Trainings side by side: what a setting of a run does to what is learnt. Every curve of a study is
// a run with one setting changed along it, trained once for each value and seed; then what the
// network believes is judged, and what it saves in play, on the same houses for all.
#pragma once

#include <atomic>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/evaluation/evaluate.h"
#include "engine/studies/belief_study.h"
#include "env/draw/canvas.h"

namespace hod::engine {

// A study as its file describes it (configs/training_study.toml).
struct StudiedCurve {
  std::string name;
  std::vector<std::string> overrides;  // Over those of the study.
  std::string along;                   // The key of the setting that changes, or "".
  std::vector<double> values;          // Of it; none without `along`: a single training.
};

struct JudgingHouses {
  std::string name;
  std::string goals = "generated";
  int episodes = 60;
  bool play = false;  // Also what the assistant saves the human there.
};

struct TrainingStudy {
  std::string config;                  // Path of the run that all are variants of.
  std::vector<std::string> overrides;  // Settings of all, over that run's.
  std::vector<int> seeds = {1};        // Of trainings.
  std::string human = "heuristic";     // Who builds where networks are judged.
  int every = 40;                      // Timesteps from one judged position to the next.
  int64_t judging_seed = 1000;         // Decides houses, builders and start locations.
  std::vector<StudiedCurve> curves;
  std::vector<JudgingHouses> houses;
};

// Errors name the file, the line or key, and what was expected.
absl::StatusOr<TrainingStudy> LoadTrainingStudy(const std::string& path);

// Tables of all settings, in Markdown.
std::string DescribeTrainingStudy();

// One training, and how it was judged on each kind of houses.
struct StudiedTraining {
  std::string curve;
  std::optional<double> value;
  int seed = 1;
  int64_t steps = 0, positions = 0;  // Positions learnt from, with repetitions.
  double seconds = 0;                // Of training.
  struct Judged {
    BeliefFigures belief;
    std::optional<EvaluationReport> play;  // Where the houses ask for it.
  };
  std::vector<Judged> judged;  // As the study's houses.
};

// Trains and judges what the study asks for. Runs go to DIRECTORY/runs and figures to
// DIRECTORY/figures, where those that follow from the same settings are reused, so that a study
// that was stopped goes on. Shows progress on standard error.
absl::StatusOr<std::vector<StudiedTraining>> RunTrainingStudy(const TrainingStudy& study,
                                                              const std::string& directory,
                                                              const std::atomic<bool>& stop);

// A Markdown table for each kind of houses, with a row for each training, and one for all seeds of
// it if there are several.
std::string FormatTrainingStudy(const TrainingStudy& study,
                                const std::vector<StudiedTraining>& trainings);

// The same figures for programs.
nlohmann::json TrainingStudyJson(const TrainingStudy& study,
                                 const std::vector<StudiedTraining>& trainings);

// A row for each kind of houses: whether the beliefs of every curve's last training with the first
// seed are as often right as they are sure, and how cross entropy and edits found change along each
// setting, a line for each curve. A band shows the lowest and highest of several seeds, or a single
// seed's 95% bootstrap interval over houses.
env::Canvas DrawTrainingStudy(const TrainingStudy& study,
                              const std::vector<StudiedTraining>& trainings);

}  // namespace hod::engine
