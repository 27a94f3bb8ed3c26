#include "env/draw/moment.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/draw/marks.h"

namespace hod::env {
std::string DescribeAction(const WorldSize& size, const Action& action) {
  const Cell c = size.At(action.location);
  const std::string at = absl::StrFormat("%d,%d,%d", c.x, c.y, c.z);
  const char* block = kBlockNames[action.block];
  switch (action.type) {
    case ActionType::kNoop:
      return "waits";
    case ActionType::kPlace:
      return absl::StrCat("places ", block, " at ", at);
    case ActionType::kBreak:
      return absl::StrCat("breaks ", at);
    case ActionType::kGive:
      return absl::StrCat("gives ", block, " to ", at);
    default:
      break;
  }
  constexpr const char* kDirectionNames[] = {"+x", "-x", "up", "down", "+z", "-z"};
  return absl::StrCat(
      "moves ",
      kDirectionNames[static_cast<int>(action.type) - static_cast<int>(ActionType::kMovePosX)]);
}

void Advance(const Game& game, absl::Span<const Action> actions, Moment& moment) {
  const StepOutcome outcome = game.Step(moment.state, actions);
  moment.moves.clear();
  for (size_t i = 0; i < actions.size(); ++i) {
    moment.moves.push_back(
        PlayerMove{actions[i], actions[i] == outcome.players[i].effective_action});
  }
}

std::vector<int> PlayersInOrder(const Game& game) {
  std::vector<int> players(game.num_players());
  std::iota(players.begin(), players.end(), 0);
  std::stable_partition(players.begin(), players.end(),
                        [&](int p) { return game.config().players[p].goal_visible; });
  return players;
}

std::string PlayerName(int place) {
  if (place == 0) return "human";
  return place == 1 ? "assistant" : absl::StrCat("player ", place + 1);
}

std::string DescribeProgress(const Game& game, const State& state) {
  // Not a number where the world was the goal from the start.
  const double share = game.GoalPercentage(state, 0);
  const MarkCounts counts = CountMarks(state.blocks, game.goal());
  return absl::StrCat(
      "step ", state.timestep, ", ",
      std::isfinite(share) ? absl::StrFormat("%.1f%% of the goal, ", 100 * share) : "", "wrong ",
      counts.wrong, ", missing ", counts.missing);
}

std::vector<std::string> DescribeMoves(const Game& game, const Moment& moment) {
  std::vector<std::string> lines;
  if (moment.moves.empty()) return lines;
  for (const int player : PlayersInOrder(game)) {
    const std::optional<PlayerMove>& move = moment.moves[player];
    lines.push_back(absl::StrCat(PlayerName(static_cast<int>(lines.size())), ": ",
                                 move ? DescribeAction(game.size(), move->action) : "not recorded",
                                 move && !move->had_effect ? " (no effect)" : ""));
  }
  return lines;
}

}  // namespace hod::env
