// Small games and positions for the tests of models.
#pragma once

#include <memory>
#include <vector>

#include "env/game/action_mask.h"
#include "env/game/game.h"
#include "models/training/example.h"

namespace hod::models {

// A game whose goal is the empty world with a box of planks.
inline env::Game BoxGame(env::WorldSize size, bool teleportation = false, bool inf_blocks = true) {
  env::GameConfig config;
  config.size = size;
  config.abilities.teleportation = teleportation;
  config.abilities.inf_blocks = inf_blocks;
  std::vector<env::Block> goal = env::EmptyWorld(size);
  for (int x = 1; x < size.w - 1; ++x) {
    for (int z = 1; z < size.d - 1; ++z) goal[size.Index({x, 2, z})] = env::kPlanks;
  }
  return env::Game(config, goal);
}

// The state after `steps` random valid actions of all players.
inline env::State RandomState(const env::Game& game, int steps, uint64_t seed) {
  Rng rng(seed);
  env::State state = game.Reset(rng);
  std::vector<int32_t> ids;
  for (int t = 0; t < steps; ++t) {
    std::vector<env::Action> actions;
    for (int p = 0; p < game.num_players(); ++p) {
      env::ValidActions(game, state, p, /*line_of_sight=*/false, ids);
      actions.push_back(game.actions().Unflatten(ids[rng.Below(static_cast<int>(ids.size()))]));
    }
    game.Step(state, actions);
  }
  return state;
}

// Examples of random positions whose targets depend on the position, so that they can be learned.
struct ExampleSet {
  ExampleSet(env::WorldSize size, int count, uint64_t seed) : game(BoxGame(size)) {
    Rng rng(seed);
    for (int i = 0; i < count; ++i) {
      states.push_back(std::make_unique<env::State>(RandomState(game, 30, rng())));
      Example example;
      example.position = {&game, states.back().get(), 1};
      env::ValidActions(game, *states.back(), 1, /*line_of_sight=*/false, example.valid_actions);
      const auto& valid = example.valid_actions;
      example.search_policy = {{valid[valid.size() / 3], 0.75f}, {valid[valid.size() / 2], 0.25f}};
      example.value = static_cast<float>(i % 3);
      example.goal = game.goal();
      example.human_actions = valid;
      example.human_policy = {{0, 0.5f}, {valid.back(), 0.5f}};
      examples.push_back(std::move(example));
    }
  }

  env::Game game;
  std::vector<std::unique_ptr<env::State>> states;
  std::vector<Example> examples;
};

}  // namespace hod::models
