// What an episode came to: the figures assistants are judged by (paper, Section 5).
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/play/episode.h"
#include "env/base/json_object_reader.h"
#include "env/game/game.h"

namespace hod::engine {

struct EpisodeFigures {
  int timesteps = 0;
  double goal_percent = 0;  // Percent of the goal at the end; negative if worse than at the start.
  int human_actions = 0;    // Places and breaks the human submitted.
  int assistant_actions = 0;
  // Share of the goal built by each: the summed change of similarity of the player's own actions.
  double human_percent = 0;
  double assistant_percent = 0;
  int assistant_wrong = 0;  // Its effective places and breaks that did not help.

  // How it came to that: the figure at the start and after each thirtieth of the horizon, as far as
  // the episode went; empty in files of earlier versions.
  std::vector<double> goal_percent_course = {}, human_actions_course = {};

  // What progress cost the human: the p-th is how many of its actions there were when the goal
  // first stood at p percent, up to the highest whole percent that it reached; empty in files of
  // earlier versions.
  std::vector<double> human_actions_to_percent = {};
};

// Moments of a course: the i-th is after i of so many parts of the horizon.
inline constexpr int kCourseParts = 30;
// The figure at a moment; after the end of the episode it stays what it was. NaN without a course.
double CourseAt(const std::vector<double>& course, double at_the_end, int moment);

nlohmann::json ToJson(const EpisodeFigures& figures);
// Reads them from an object that may hold more.
void ReadFigures(JsonObjectReader& fields, EpisodeFigures& figures);

class EpisodeTally : public EpisodeObserver {
 public:
  // Counts an episode of `game`, which outlives the tally, from the state in which it starts.
  EpisodeTally(const env::Game* game, const env::State& start);
  explicit EpisodeTally(const Episode* episode)
      : EpisodeTally(&episode->game(), episode->state()) {}

  // Counts a timestep, with the state after it.
  void Count(absl::Span<const env::Action> actions, const env::StepOutcome& outcome,
             const env::State& after);
  absl::Status AfterMove(const Move& move, const env::State& after) override {
    Count(move.actions, move.outcome, after);
    return absl::OkStatus();
  }

  const EpisodeFigures& figures() const { return figures_; }

 private:
  // Notes the moments that have come.
  void NoteCourse();
  // Notes the percents that have been reached.
  void NoteProgress();

  const env::Game* game_;
  double needed_;  // Similarity change of a perfect build.
  EpisodeFigures figures_;
};

}  // namespace hod::engine
