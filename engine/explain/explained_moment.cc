#include "engine/explain/explained_moment.h"

#include "absl/strings/str_cat.h"
#include "env/draw/episode_moments.h"

namespace hod::engine {

absl::StatusOr<ExplainedMoment> MomentAt(const env::RecordedEpisode& episode, int step) {
  const int length = static_cast<int>(episode.steps.size());
  if (step < 0 || step > length) {
    return absl::OutOfRangeError(absl::StrCat("step: expected 0 to ", length, ", got ", step));
  }
  const env::Game& game = episode.game;
  const std::vector<int> order = env::PlayersInOrder(game);
  const auto sees_goal = [&](int player) { return game.config().players[player].goal_visible; };
  if (order.size() < 2 || !sees_goal(order[0]) || sees_goal(order[1])) {
    return absl::FailedPreconditionError(
        "expected an episode of a human who sees the goal and an assistant who does not");
  }
  ExplainedMoment explained = {
      .game = game, .moment = {}, .human = order[0], .assistant = order[1], .played = {}};
  ForEachMoment(episode, {step, step, 1},
                [&](int, const env::Moment& moment) { explained.moment = moment; });
  explained.played.resize(game.num_players());
  for (int p = 0; step < length && p < game.num_players(); ++p) {
    if (!episode.viewer || *episode.viewer == p)
      explained.played[p] = episode.steps[step].actions[p];
  }
  return explained;
}

}  // namespace hod::engine
