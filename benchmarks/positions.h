// The position that all benchmarks share: a house half built by two players in the paper's world.
#pragma once

#include <vector>

#include "env/game/action_mask.h"
#include "env/game/game.h"

namespace hod {

struct BenchmarkPosition {
  env::Game game;
  env::State state;
  std::vector<env::Action> actions;  // Random valid actions, both players', step by step.
};

// 11x10x10, two players, infinite blocks, no teleportation. `actions` go on from `state`, `steps`
// steps.
inline BenchmarkPosition MakeBenchmarkPosition(int steps) {
  env::Rng rng(1);
  const env::GameConfig config;
  const env::WorldSize house = env::MaxHouseSize(config);
  std::vector<env::Block> blocks(house.Volume(), env::kAir);
  for (int i = 0; i < house.Volume(); ++i) {  // Walls of planks with holes, a floor of stone.
    const env::Cell c = house.At(i);
    const bool wall = c.x == 1 || c.z == 1 || c.x == house.w - 2 || c.z == house.d - 2;
    if (c.y == 0) blocks[i] = env::kStone;
    if (c.y > 0 && c.y < 5 && wall && rng.Chance(0.9)) blocks[i] = env::kPlanks;
  }
  env::Game game(config, env::GoalFromHouse(config, house, blocks));
  env::State state = game.Reset(rng);
  for (int i = 0; i < game.size().Volume(); ++i) {
    if (rng.Chance(0.5)) state.blocks[i] = game.goal()[i];
  }
  state = game.Begin(std::move(state));

  std::vector<env::Action> actions;
  std::vector<int32_t> valid;
  env::State played = state;
  for (int t = 0; t < steps; ++t) {
    for (int player = 0; player < game.num_players(); ++player) {
      env::ValidActions(game, played, player, /*line_of_sight=*/true, valid);
      actions.push_back(game.actions().Unflatten(valid[rng.Below(static_cast<int>(valid.size()))]));
    }
    game.Step(played, absl::MakeConstSpan(actions).last(game.num_players()));
  }
  return {std::move(game), std::move(state), std::move(actions)};
}

}  // namespace hod
