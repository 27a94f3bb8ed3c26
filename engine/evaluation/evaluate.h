// Judges an assistant: the same houses, builders and start locations with it and without it.
#pragma once

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/run_config.h"
#include "engine/evaluation/assistant.h"
#include "engine/play/episode_tally.h"
#include "engine/play/seat.h"
#include "engine/results/bootstrap.h"
#include "env/houses/sources/source.h"
#include "mcts/evaluator.h"

namespace hod::engine {

struct EvaluationSetup {
  RunConfig config;  // Its game and search, and all of `evaluation`.
  Assistant assistant;
  // Whether a network of the reference searches; else it acts by its policy.
  bool search_reference = false;
  std::string human = "heuristic";  // See MakePlayerFactory().
  std::string record_directory;     // Where traces of every episode go; "" for none.
  // Once it is true no more is played, and the report has the houses that are finished.
  const std::atomic<bool>* stop = nullptr;
};

// The figures of one house.
struct PairedFigures {
  std::string goal;
  EpisodeFigures alone, assisted;
};

// A figure over all houses.
struct FigureComparison {
  std::string key;                       // E.g. "human_actions".
  std::string title;                     // E.g. "human place/break actions".
  Estimate alone, assisted, difference;  // Difference: assisted - alone, paired.
};

struct EvaluationReport {
  std::vector<PairedFigures> houses;  // Fewer than were asked for, if it was stopped.
  std::vector<FigureComparison> comparisons;
  Estimate human_actions_saved;  // Percent of the actions of the human alone.
  // The same until the goal stands as far, to a whole percent, as it came in both episodes of a
  // house. A human that does not finish alone builds on with what its assistant saves it, and only
  // this shows what was saved. NaN in reports older than this figure.
  Estimate saved_at_equal_progress;
  int64_t evaluations = 0;        // Positions that searches asked for.
  int64_t known_evaluations = 0;  // Those of them that the cache remembered.
  double seconds = 0;
  // Used by all threads, for both episodes of each house; NaN in reports older than this figure.
  double processor_seconds = 0;
  nlohmann::json origin;  // Assistant, human, goals, seed, simulations, versions.
};

// Shows progress on standard error. Figures depend on the setup alone, not on the threads. Stopped
// before any house is finished, this is a cancelled status.
absl::StatusOr<EvaluationReport> Evaluate(const EvaluationSetup& setup);

// Who plays, and where.
struct EvaluationPlayers {
  std::shared_ptr<const env::GoalSource> goals;
  PlayerFactory human;
  std::optional<Seat> assistant;         // Nobody helps if there is none.
  mcts::Evaluator* evaluator = nullptr;  // Used by an assistant that searches.
};
// The same with other players than those of the setup, whose specs are labels then.
absl::StatusOr<EvaluationReport> Evaluate(const EvaluationSetup& setup,
                                          const EvaluationPlayers& players);

// The comparison of that key, which every report has: "human_actions", "goal_percent", ...
const FigureComparison& ComparisonOf(const EvaluationReport& report, const std::string& key);
// By how many percent less the human has to do with the assistant of `report` than with that of
// `other`, house by house: in all, and until the goal stands as far as it came with both. Requires
// the same houses, and for equal progress reports that have it.
Estimate FewerActions(const EvaluationReport& report, const EvaluationReport& other);
Estimate FewerActionsAtEqualProgress(const EvaluationReport& report, const EvaluationReport& other);

// Whether it has fewer houses than were asked for.
bool WasStopped(const EvaluationReport& report);

nlohmann::json ToJson(const EvaluationReport& report);
absl::StatusOr<EvaluationReport> EvaluationFromJson(const nlohmann::json& json);
// The table people read.
std::string FormatTable(const EvaluationReport& report);

}  // namespace hod::engine
