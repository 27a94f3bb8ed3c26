#include "tests/support/env/random_game.h"

#include "env/game/action_mask.h"

namespace hod::env {
namespace {

Block RandomPlaceable(Rng& rng) {
  return static_cast<Block>(rng.Between(kFirstPlaceable, kNumBlocks - 1));
}

}  // namespace

GameConfig RandomConfig(Rng& rng) {
  GameConfig config;
  config.size = {rng.Between(4, 7), rng.Between(4, 7), rng.Between(4, 7)};
  config.random_start_locations = rng.Chance(0.7);
  config.terminate_on_goal_completion = rng.Chance(0.5);
  if (rng.Chance(0.3)) config.truncate_on_no_progress_timesteps = rng.Between(3, 30);
  config.abilities.teleportation = rng.Chance(0.25);
  config.abilities.inf_blocks = rng.Chance(0.5);
  config.players.resize(rng.Between(1, 3));
  for (PlayerConfig& player : config.players) {
    player.goal_visible = rng.Chance(0.5);
    player.timestep_skip = rng.Chance(0.3) ? rng.Between(2, 4) : 1;
    RewardSchedules& rewards = player.rewards;
    rewards.noop = -0.25 * rng.Below(3);
    rewards.action = -0.125 * rng.Below(3);
    rewards.incorrect_action = -0.5 * rng.Below(2);
    rewards.place_wrong = -0.5 * rng.Below(3);
    rewards.own_reward_prop = 0.5 * rng.Below(3);
    rewards.get_resources = 0.5 * rng.Below(2);
  }
  return config;
}

std::vector<Block> RandomGoal(const GameConfig& config, Rng& rng) {
  const WorldSize house = MaxHouseSize(config);
  std::vector<Block> blocks(house.Volume());
  for (Block& block : blocks) block = rng.Chance(0.5) ? kAir : RandomPlaceable(rng);
  return GoalFromHouse(config, house, blocks);
}

State ScatteredState(const Game& game, double density, Rng& rng) {
  const WorldSize& size = game.size();
  State state;
  state.blocks = EmptyWorld(size);
  for (int i = 0; i < size.Volume(); ++i) {
    if (size.At(i).y > 0 && rng.Chance(0.8)) {
      state.blocks[i] = rng.Chance(density) ? RandomPlaceable(rng) : kAir;
    }
    if (game.InPalette(i)) state.blocks[i] = game.goal()[i];
  }
  state.last_interacted.assign(size.Volume(), kNobody);
  for (int8_t& player : state.last_interacted) {
    if (rng.Chance(0.1)) player = static_cast<int8_t>(rng.Below(game.num_players()));
  }
  state.players.resize(game.num_players());
  const Cell centre = {rng.Below(size.w), rng.Below(size.h), rng.Below(size.d)};
  for (PlayerState& player : state.players) {
    do {  // Close enough to matter to each other.
      player.feet = centre + Cell{rng.Between(-2, 2), rng.Between(-2, 2), rng.Between(-2, 2)};
    } while (!size.Contains(player.feet));
    if (game.config().abilities.inf_blocks) continue;
    for (Inventory::Slot& slot : player.inventory.slots()) {
      if (rng.Chance(0.2)) {
        slot = {RandomPlaceable(rng), static_cast<uint8_t>(rng.Between(0, Inventory::kStack))};
      }
    }
  }
  return game.Begin(std::move(state));
}

std::vector<Action> RandomActions(const Game& game, const State& state, Rng& rng) {
  const ActionSpace& space = game.actions();
  std::vector<Action> actions;
  std::vector<int32_t> valid;
  for (int p = 0; p < game.num_players(); ++p) {
    ActionType type = ActionType::kNoop;  // Uniform over types, or places would be all there is.
    do {
      type = static_cast<ActionType>(rng.Below(kNumActionTypes));
    } while (!space.Has(type));
    std::vector<int> ids;
    if (rng.Chance(0.7)) {
      ValidActions(game, state, p, !game.config().abilities.teleportation, valid);
      for (const int32_t id : valid) {
        if (space.TypeOf(id) == type) ids.push_back(id);
      }
    }
    actions.push_back(space.Unflatten(ids.empty()
                                          ? rng.Between(space.Begin(type), space.End(type) - 1)
                                          : ids[rng.Below(static_cast<int>(ids.size()))]));
  }
  return actions;
}

}  // namespace hod::env
