#include "benchmarks/positions.h"

#include <algorithm>

#include "env/game/action_mask.h"
#include "env/houses/sources/source.h"

namespace hod::benchmarks {

std::vector<env::State> MakePositions(const env::Game& game, int count, uint64_t seed) {
  Rng rng(seed);
  const env::WorldSize& size = game.size();
  std::vector<int> missing;
  for (int i = 0; i < size.Volume(); ++i) {
    if (env::EmptyWorld(size)[i] != game.goal()[i]) missing.push_back(i);
  }
  std::stable_sort(missing.begin(), missing.end(),
                   [&](int a, int b) { return size.At(a).y < size.At(b).y; });
  std::vector<env::State> positions;
  while (static_cast<int>(positions.size()) < count) {
    env::State state = game.Reset(rng);
    const size_t built = missing.size() * positions.size() / count;
    for (size_t k = 0; k < built; ++k) state.blocks[missing[k]] = game.goal()[missing[k]];
    const bool free = std::all_of(state.players.begin(), state.players.end(), [&](const auto& p) {
      const env::Cell head = p.feet + env::Cell{0, 1, 0};
      return state.blocks[size.Index(p.feet)] == env::kAir &&
             (head.y == size.h || state.blocks[size.Index(head)] == env::kAir);
    });
    if (free) positions.push_back(game.Begin(std::move(state)));
  }
  return positions;
}

Episode MakeEpisode(uint64_t seed, int steps) {
  Rng rng(seed);
  const env::GameConfig config;
  const auto goals = env::MakeGoalSource("generated", config, seed);
  env::Game game(config, (*goals)->Sample(rng).blocks);
  env::State start = MakePositions(game, 2, seed).back();

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

}  // namespace hod::benchmarks
