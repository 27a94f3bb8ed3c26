#include "benchmarks/positions.h"

#include "env/game/action_mask.h"
#include "env/houses/source.h"

namespace hod::benchmarks {

Episode MakeEpisode(uint64_t seed, int steps) {
  env::Rng rng(seed);
  const env::GameConfig config;
  const auto goals = env::MakeGoalSource("generated", config, seed);
  env::Game game(config, (*goals)->Sample(rng).blocks);
  env::State start = game.Reset(rng);
  for (int i = 0; i < game.size().Volume(); ++i) {
    if (rng.Chance(0.5)) start.blocks[i] = game.goal()[i];
  }
  start = game.Begin(std::move(start));

  std::vector<env::Action> actions;
  std::vector<int32_t> valid;
  env::State state = start;
  for (int t = 0; t < steps; ++t) {
    for (int player = 0; player < game.num_players(); ++player) {
      env::ValidActions(game, state, player, /*line_of_sight=*/true, valid);
      actions.push_back(game.actions().Unflatten(valid[rng.Below(static_cast<int>(valid.size()))]));
    }
    game.Step(state, absl::MakeConstSpan(actions).last(game.num_players()));
  }
  return {std::move(game), std::move(start), std::move(actions)};
}

std::vector<env::State> PositionsOf(const Episode& episode, int count) {
  const int steps = static_cast<int>(episode.actions.size()) / 2;
  std::vector<env::State> positions;
  env::State state = episode.start;
  for (int t = 0; t < steps; ++t) {
    if (t * count / steps >= static_cast<int>(positions.size())) positions.push_back(state);
    episode.game.Step(state, absl::MakeConstSpan(episode.actions).subspan(2 * t, 2));
  }
  return positions;
}

}  // namespace hod::benchmarks
