#include "engine/play/episode_tally.h"

#include <cmath>
#include <limits>

#include "env/game/roles.h"

namespace hod::engine {
namespace {

bool IsEdit(const env::Action& action) {
  return action.type == env::ActionType::kPlace || action.type == env::ActionType::kBreak;
}

}  // namespace

nlohmann::json ToJson(const EpisodeFigures& f) {
  return {{"timesteps", f.timesteps},
          {"goal_percent", f.goal_percent},
          {"human_actions", f.human_actions},
          {"assistant_actions", f.assistant_actions},
          {"human_percent", f.human_percent},
          {"assistant_percent", f.assistant_percent},
          {"assistant_wrong", f.assistant_wrong},
          {"goal_percent_course", f.goal_percent_course},
          {"human_actions_course", f.human_actions_course},
          {"human_actions_to_percent", f.human_actions_to_percent}};
}

void ReadFigures(JsonObjectReader& fields, EpisodeFigures& f) {
  fields.IgnoreOtherKeys();
  fields.Read("timesteps", f.timesteps);
  fields.Read("goal_percent", f.goal_percent);
  fields.Read("human_actions", f.human_actions);
  fields.Read("assistant_actions", f.assistant_actions);
  fields.Read("human_percent", f.human_percent);
  fields.Read("assistant_percent", f.assistant_percent);
  fields.Read("assistant_wrong", f.assistant_wrong);
  if (fields.Has("goal_percent_course")) {
    fields.Read("goal_percent_course", f.goal_percent_course);
    fields.Read("human_actions_course", f.human_actions_course);
  }
  if (fields.Has("human_actions_to_percent")) {
    fields.Read("human_actions_to_percent", f.human_actions_to_percent);
  }
}

double CourseAt(const std::vector<double>& course, double at_the_end, int moment) {
  if (course.empty()) return std::numeric_limits<double>::quiet_NaN();
  return moment < static_cast<int>(course.size()) ? course[moment] : at_the_end;
}

EpisodeTally::EpisodeTally(const env::Game* game, const env::State& start)
    : game_(game),
      needed_(static_cast<double>(game->goal().size()) -
              start.players[env::kHuman].initial_similarity) {
  figures_.goal_percent = needed_ > 0 ? 0.0 : 100.0;
  NoteCourse();
  NoteProgress();
}

void EpisodeTally::NoteCourse() {
  const int64_t parts = int64_t{figures_.timesteps} * kCourseParts / game_->config().horizon;
  while (static_cast<int64_t>(figures_.goal_percent_course.size()) <= parts) {
    figures_.goal_percent_course.push_back(figures_.goal_percent);
    figures_.human_actions_course.push_back(figures_.human_actions);
  }
}

void EpisodeTally::NoteProgress() {
  constexpr double kRounding = 1e-9;  // A share of the goal need not be exact in binary.
  const auto reached = static_cast<int64_t>(std::floor(figures_.goal_percent + kRounding));
  while (static_cast<int64_t>(figures_.human_actions_to_percent.size()) <= reached) {
    figures_.human_actions_to_percent.push_back(figures_.human_actions);
  }
}

void EpisodeTally::Count(absl::Span<const env::Action> actions, const env::StepOutcome& outcome,
                         const env::State& after) {
  // A world that starts complete (nothing needed) counts as 100% built by nobody.
  const auto percent = [&](double similarity) {
    return needed_ > 0 ? 100 * similarity / needed_ : 0.0;
  };
  const auto& players = outcome.players;
  ++figures_.timesteps;
  figures_.goal_percent = needed_ > 0 ? 100 * game_->GoalPercentage(after, env::kHuman) : 100.0;
  figures_.human_actions += IsEdit(actions[env::kHuman]);
  figures_.human_percent += percent(players[env::kHuman].goal_dependent);
  NoteCourse();
  NoteProgress();
  if (players.size() <= env::kAssistant) return;

  const env::PlayerOutcome& assistant = players[env::kAssistant];
  figures_.assistant_actions += IsEdit(actions[env::kAssistant]);
  figures_.assistant_percent += percent(assistant.goal_dependent);
  figures_.assistant_wrong += IsEdit(assistant.effective_action) && !assistant.correct;
}

}  // namespace hod::engine
