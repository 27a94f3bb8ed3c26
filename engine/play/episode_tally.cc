#include "engine/play/episode_tally.h"

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
          {"assistant_wrong", f.assistant_wrong}};
}

EpisodeTally::EpisodeTally(const Episode* episode)
    : episode_(episode),
      needed_(static_cast<double>(episode->game().goal().size()) -
              episode->state().players[env::kHuman].initial_similarity) {}

absl::Status EpisodeTally::AfterMove(const Move& move, const env::State& after) {
  // A world that starts complete (nothing needed) counts as 100% built by nobody.
  const auto percent = [&](double similarity) {
    return needed_ > 0 ? 100 * similarity / needed_ : 0.0;
  };
  const auto& players = move.outcome.players;
  ++figures_.timesteps;
  figures_.goal_percent =
      needed_ > 0 ? 100 * episode_->game().GoalPercentage(after, env::kHuman) : 100.0;
  figures_.human_actions += IsEdit(move.actions[env::kHuman]);
  figures_.human_percent += percent(players[env::kHuman].goal_dependent);
  if (players.size() <= env::kAssistant) return absl::OkStatus();

  const env::PlayerOutcome& assistant = players[env::kAssistant];
  figures_.assistant_actions += IsEdit(move.actions[env::kAssistant]);
  figures_.assistant_percent += percent(assistant.goal_dependent);
  figures_.assistant_wrong += IsEdit(assistant.effective_action) && !assistant.correct;
  return absl::OkStatus();
}

}  // namespace hod::engine
