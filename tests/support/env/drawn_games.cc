#include "tests/support/env/drawn_games.h"

#include <utility>

#include "env/game/action_mask.h"

namespace hod::env {

Game SmallGame(int horizon) {
  GameConfig config;
  config.size = {6, 6, 6};
  config.horizon = horizon;
  std::vector<Block> goal = EmptyWorld(config.size);
  goal[config.size.Index({2, 2, 2})] = kPlanks;
  goal[config.size.Index({2, 3, 2})] = kGlass;
  goal[config.size.Index({3, 1, 3})] = kStone;
  return Game(std::move(config), std::move(goal));
}

State SmallStart(const Game& game) {
  State state;
  state.blocks = EmptyWorld(game.size());
  state.players.resize(2);
  state.players[0].feet = {1, 2, 4};
  state.players[1].feet = {4, 2, 1};
  return game.Begin(std::move(state));
}

std::vector<std::vector<Action>> RandomPlay(const Game& game) {
  Rng rng(7);
  State state = SmallStart(game);
  std::vector<std::vector<Action>> play;
  std::vector<int32_t> valid;
  for (int t = 0; t < game.config().horizon; ++t) {
    std::vector<Action> actions;
    for (int player = 0; player < game.num_players(); ++player) {
      ValidActions(game, state, player, /*line_of_sight=*/true, valid);
      actions.push_back(game.actions().Unflatten(valid[rng.Below(static_cast<int>(valid.size()))]));
    }
    game.Step(state, actions);
    play.push_back(std::move(actions));
  }
  return play;
}

std::vector<Moment> RandomMoments(const Game& game) {
  std::vector<Moment> moments = {{SmallStart(game), {}}};
  for (const std::vector<Action>& actions : RandomPlay(game)) {
    Moment next = moments.back();
    Advance(game, actions, next);
    moments.push_back(std::move(next));
  }
  return moments;
}

}  // namespace hod::env
