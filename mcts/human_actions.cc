#include "mcts/human_actions.h"

#include "env/game/action_mask.h"

namespace hod::mcts {

void HumanActions(const Position& position, std::vector<int32_t>& ids) {
  const env::Game& game = *position.game;
  const int human = position.player == 0 ? game.num_players() - 1 : 0;
  const bool line_of_sight = !game.config().abilities.teleportation;
  env::ValidActions(game, *position.state, human, line_of_sight, ids);
}

}  // namespace hod::mcts
