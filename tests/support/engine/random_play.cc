#include "tests/support/engine/random_play.h"

#include "env/game/action_mask.h"

namespace hod::engine {
namespace {

std::vector<env::Block> RandomGoal(const env::GameConfig& config, Rng& rng) {
  const env::WorldSize house = env::MaxHouseSize(config);
  std::vector<env::Block> blocks(house.Volume());
  for (env::Block& block : blocks) {
    block = rng.Chance(0.5)
                ? env::kAir
                : static_cast<env::Block>(rng.Between(env::kFirstPlaceable, env::kNumBlocks - 1));
  }
  return env::GoalFromHouse(config, house, blocks);
}

env::ActionDistribution RandomDistribution(const std::vector<int32_t>& ids, Rng& rng) {
  env::ActionDistribution distribution;
  float total = 0;
  for (const int32_t id : ids) {
    if (!rng.Chance(0.2)) continue;
    distribution.emplace_back(id, static_cast<float>(0.01 + rng.Uniform()));
    total += distribution.back().second;
  }
  for (auto& [id, probability] : distribution) probability /= total;
  return distribution;
}

}  // namespace

env::GameConfig SmallConfig() {
  env::GameConfig config;
  config.size = {7, 6, 7};
  return config;
}

env::GameConfig FiniteBlocksConfig() {
  env::GameConfig config;
  config.size = {8, 6, 7};
  config.abilities.inf_blocks = false;
  return config;
}

env::GameConfig TeleportConfig() {
  env::GameConfig config;
  config.size = {6, 6, 6};
  config.abilities.teleportation = true;
  config.players.resize(3);
  return config;
}

Play PlayRandomly(const env::GameConfig& config, uint64_t seed, int steps, int fragment_steps) {
  Rng rng(seed);
  const int64_t global_timestep = rng.Below(1000000);
  const env::Game game(config, RandomGoal(config, rng), global_timestep);
  Play play;
  env::State state = game.Reset(rng);
  std::vector<int32_t> valid;
  for (int t = 0; t < steps; ++t) {
    if (t % fragment_steps == 0) {
      Fragment& fragment = play.fragments.emplace_back();
      fragment.episode = seed;
      fragment.checkpoint_step = 1000 + t;
      fragment.global_timestep = global_timestep;
      fragment.assistant = 1;
      fragment.human = 0;
      fragment.goal = game.goal();
      fragment.start = state;
      fragment.bootstrap_value = static_cast<float>(rng.Normal());
    }
    Timestep step;
    std::vector<env::Action> actions;
    for (int p = 0; p < game.num_players(); ++p) {
      env::ValidActions(game, state, p, /*line_of_sight=*/true, valid);
      step.actions.push_back(valid[rng.Below(static_cast<int>(valid.size()))]);
      actions.push_back(game.actions().Unflatten(step.actions.back()));
      if (p == 0) step.human_policy = RandomDistribution(valid, rng);
      if (p == 1 && rng.Chance(0.5)) step.search_policy = RandomDistribution(valid, rng);
    }
    play.states.push_back(state);
    const env::StepOutcome outcome = game.Step(state, actions);
    step.reward = static_cast<float>(outcome.players[1].reward);
    step.root_value = static_cast<float>(rng.Normal());
    play.fragments.back().steps.push_back(std::move(step));
  }
  play.states.push_back(state);
  play.fragments.back().ended = true;
  play.fragments.back().bootstrap_value = 0;
  return play;
}

}  // namespace hod::engine
