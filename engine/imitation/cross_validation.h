// Cross-validation of behaviour cloning: networks that have not seen a participant, scored on that
// participant; and for each split one that has seen all, to build and play with.
#pragma once

#include <atomic>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/imitation/cloning.h"
#include "engine/imitation/human_score.h"
#include "engine/imitation/recorded_people.h"

namespace hod::engine {

struct Fold {
  Split split = Split::kCombined;
  Protocol protocol = Protocol::kCausal;  // Learnt and scored by.
  std::optional<int> held_out;            // Participant; none: learns from all.
};

// "PROTOCOL/SPLIT-without-PARTICIPANT" or "PROTOCOL/SPLIT-all".
std::string NameOf(const Fold& fold);

// All folds of these splits and protocols, the longest first.
std::vector<Fold> FoldsOf(const std::vector<PersonEpisode>& people,
                          const std::vector<Split>& splits, const std::vector<Protocol>& protocols);

struct FoldResult {
  Fold fold;
  std::vector<double> losses{};        // Training loss of each epoch.
  double training_seconds = 0;         // On one thread.
  std::vector<EpisodeScore> scores{};  // Scores of the participant that was held out.
};

// Runs the folds, several at once on `threads` threads. Each leaves DIRECTORY/NAME.safetensors, a
// checkpoint, and NAME.json, its result; those found there that were made by the same settings on
// the same recordings are reused. Results are in the order of `folds`.
absl::StatusOr<std::vector<FoldResult>> CrossValidate(const CloningConfig& config,
                                                      const std::vector<PersonEpisode>& people,
                                                      const std::vector<Fold>& folds,
                                                      const std::string& directory, int threads,
                                                      const std::atomic<bool>& stop);

// A table of all splits and protocols, and what is behind it.
std::string FormatCrossValidation(const std::vector<FoldResult>& results);
nlohmann::json CrossValidationJson(const CloningConfig& config,
                                   const std::vector<FoldResult>& results);

}  // namespace hod::engine
