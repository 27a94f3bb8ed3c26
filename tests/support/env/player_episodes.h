// Games and whole episodes for the tests of human models.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "env/game/game.h"
#include "env/houses/generator/generator.h"
#include "env/players/player.h"

namespace hod::env {

inline GameConfig ConfigOf(const WorldSize& size, int num_players, bool inf_blocks = true) {
  GameConfig config;
  config.size = size;
  config.players.resize(num_players);
  config.abilities.inf_blocks = inf_blocks;
  config.horizon = 100000;
  return config;
}

inline Game HouseGame(const GameConfig& config, uint64_t seed) {
  Rng rng(seed);
  const House house = GenerateHouse(MaxHouseSize(config), rng);
  return Game(config, GoalFromHouse(config, house.size, house.blocks));
}

// Any block or none in every cell a house may fill: floating pieces, enclosed cells and all.
inline Game RandomGame(const GameConfig& config, double density, uint64_t seed) {
  Rng rng(seed);
  House house = AirHouse(MaxHouseSize(config));
  for (Block& block : house.blocks) {
    if (rng.Chance(density)) block = rng.Between(kFirstPlaceable, kNumBlocks - 1);
  }
  return Game(config, GoalFromHouse(config, house.size, house.blocks));
}

// What a perfect builder needs.
inline int NeededEdits(const Game& game, const State& start) {
  return game.size().Volume() - start.num_matches + start.num_clashes;
}

struct StepRecord {
  const State& before;
  const ActionDistribution& distribution;  // Player 0's.
  const std::vector<Action>& actions;
  const StepOutcome& outcome;
};

// Plays `models` (one per player) until the goal stands or `max_steps` have passed; returns the
// number of steps. `watch` may be null.
inline int Play(const Game& game, const std::vector<Player*>& models, State& state, Rng rng,
                int max_steps, const std::function<void(const StepRecord&)>& watch = nullptr) {
  std::vector<Action> actions(models.size());
  for (int step = 0; step < max_steps; ++step) {
    if (state.num_matches == game.size().Volume()) return step;
    const State before = state;
    for (size_t p = 0; p < models.size(); ++p) {
      const int32_t id = Sample(models[p]->NextAction(before), rng);
      actions[p] = game.actions().Unflatten(id);
    }
    const ActionDistribution distribution = models[0]->NextAction(before);
    for (size_t p = 0; p < models.size(); ++p) {
      models[p]->Observe(before, game.actions().Flatten(actions[p]));
    }
    const StepOutcome outcome = game.Step(state, actions);
    if (watch) watch({before, distribution, actions, outcome});
  }
  return max_steps;
}

}  // namespace hod::env
