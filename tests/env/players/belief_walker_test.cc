// A belief that is right builds the house; one that is not sure does nothing.
#include "env/players/belief_walker.h"

#include <algorithm>
#include <cmath>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/env/player_episodes.h"

namespace hod::env {
namespace {

// Logits that give each voxel's block of `blocks` the probability `sureness`, and the others the
// rest in equal parts.
std::vector<float> BeliefIn(const std::vector<Block>& blocks, double sureness) {
  const float logit = static_cast<float>(std::log(sureness / (1 - sureness) * (kNumBlocks - 1)));
  std::vector<float> logits(kNumBlocks * blocks.size());
  for (size_t i = 0; i < blocks.size(); ++i) logits[blocks[i] * blocks.size() + i] = logit;
  return logits;
}

// Steps until the goal stands or `max_steps` have passed. Every action that is not a noop is valid
// and has an effect.
int PlayAlone(const Game& game, BeliefWalker& walker, State& state, absl::Span<const float> belief,
              int max_steps) {
  std::vector<int32_t> valid;
  walker.Believe(belief);
  for (int step = 0; step < max_steps; ++step) {
    if (state.num_matches == game.size().Volume()) return step;
    const Action action = walker.Act(state);
    ValidActions(game, state, 0, /*line_of_sight=*/true, valid);
    REQUIRE(std::binary_search(valid.begin(), valid.end(), game.actions().Flatten(action)));
    const StepOutcome outcome = game.Step(state, {action});
    CHECK(outcome.players[0].effective_action == action);
  }
  return max_steps;
}

TEST_CASE("A certain belief that is right builds the house and makes no wrong edit") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const Game game = HouseGame(ConfigOf({11, 10, 10}, 1), seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    const int edits = NeededEdits(game, state);
    BeliefWalker walker(game, 0, 0.9, /*waits=*/true);
    INFO("seed " << seed);
    PlayAlone(game, walker, state, BeliefIn(game.goal(), 0.99), 8 * edits);
    // What hangs in the air without support, or is enclosed, stays undone.
    CHECK(NeededEdits(game, state) <= edits / 50);
  }
}

TEST_CASE("A belief below the threshold does nothing") {
  const GameConfig config = ConfigOf({9, 9, 9}, 1);
  std::vector<Block> goal = EmptyWorld(config.size);
  for (int x = 1; x < 8; ++x) goal[config.size.Index({x, 2, 4})] = kPlanks;
  const Game game(config, goal);
  Rng rng(1);
  State state = game.Reset(rng);
  BeliefWalker walker(game, 0, 0.75, /*waits=*/true);
  const std::vector<Block> before = state.blocks;
  PlayAlone(game, walker, state, BeliefIn(goal, 0.7), 200);
  CHECK(state.blocks == before);
  CHECK(PlayAlone(game, walker, state, BeliefIn(goal, 0.8), 200) < 60);
  CHECK(state.blocks == goal);
}

TEST_CASE("What the human has removed is not put back, what it has put back is not broken") {
  const Game game(ConfigOf({7, 7, 7}, 2), EmptyWorld({7, 7, 7}));
  const WorldSize& size = game.size();
  Rng rng(1);
  State state = game.Reset(rng);
  const int removed = size.Index({3, 2, 3}), put_back = size.Index({1, 2, 1});
  state.broken[0 * size.Volume() + removed] = BlockSet{1} << kPlanks;
  state.blocks[put_back] = kStone;
  state.last_interacted[put_back] = 0;
  state.broken[1 * size.Volume() + put_back] = BlockSet{1} << kStone;
  std::vector<Block> wanted = game.goal();
  wanted[removed] = kPlanks;  // And nothing at `put_back`.
  BeliefWalker walker(game, 1, 0.75, /*waits=*/true);
  walker.Believe(BeliefIn(wanted, 0.95));
  for (int step = 0; step < 60; ++step) {
    const Action action = walker.Act(state);
    CHECK_FALSE(HasLocation(action.type));
    game.Step(state, {Action{}, action});
  }
  wanted[removed] = kGlass;  // Another block is another matter.
  walker.Believe(BeliefIn(wanted, 0.95));
  bool placed = false;
  for (int step = 0; step < 60 && !placed; ++step) {
    const Action action = walker.Act(state);
    placed = action == Action{ActionType::kPlace, removed, kGlass};
    game.Step(state, {Action{}, action});
  }
  CHECK(placed);
}

// The edits that a walker makes of a wall that it believes in with the given probability, where the
// human removes each at once or none.
int EditsOfAWall(double sureness, bool removed) {
  const GameConfig config = ConfigOf({9, 9, 9}, 2);
  std::vector<Block> wall = EmptyWorld(config.size);
  for (int x = 1; x < 8; ++x) {
    for (int y = 2; y < 5; ++y) wall[config.size.Index({x, y, 4})] = kPlanks;
  }
  const Game game(config, EmptyWorld(config.size));
  Rng rng(1);
  State state = game.Reset(rng);
  BeliefWalker walker(game, 1, 0.8, /*waits=*/true);
  walker.Believe(BeliefIn(wall, sureness));
  int edits = 0;
  for (int step = 0; step < 300; ++step) {
    const Action action = walker.Act(state);
    game.Step(state, {Action{}, action});
    if (action.type != ActionType::kPlace) continue;
    ++edits;
    if (!removed) continue;
    const auto at = static_cast<size_t>(action.location);
    state.blocks[at] = kAir;
    state.last_interacted[at] = 0;
    state.interacted_at[at] = state.timestep;
    state.broken[at] |= BlockSet{1} << kPlanks;
  }
  return edits;
}

TEST_CASE("A belief that turns out to be wrong more often than it says is trusted less") {
  CHECK(EditsOfAWall(0.85, /*removed=*/false) == 21);
  CHECK(EditsOfAWall(0.99, /*removed=*/false) == 21);
  // One edit of which it was sure with 0.85 is wrong: 1 - (1 - 0.8) * (1 + 0.15) / (1 + 1) = 0.885.
  CHECK(EditsOfAWall(0.85, /*removed=*/true) == 1);
  // With each new one the older ones weigh 0.95 of what they did: after three, that is
  // 1 - 0.2 * (1 + 0.055 * 2.85) / (1 + 2.85) = 0.940; after four, 0.949.
  CHECK(EditsOfAWall(0.945, /*removed=*/true) == 4);
}

TEST_CASE("What can wait is not done yet, but the body goes where it may be needed") {
  const Game game(ConfigOf({11, 10, 10}, 2), EmptyWorld({11, 10, 10}));
  const WorldSize& size = game.size();
  Rng rng(1);
  State state = game.Reset(rng);
  const int near = size.Index({2, 2, 2}), far = size.Index({9, 2, 8});
  std::vector<Block> wanted = game.goal();
  wanted[near] = wanted[far] = kPlanks;
  const int human = size.Index({2, 2, 3});
  wanted[human] = state.blocks[human] = kStone;
  state.last_interacted[human] = 0;
  BeliefWalker walker(game, 1, 0.8, /*waits=*/true);
  walker.Believe(BeliefIn(wanted, 0.85));
  for (int step = 0; step < 60; ++step) {
    state.interacted_at[human] = state.timestep;
    game.Step(state, {Action{}, walker.Act(state)});
  }
  CHECK(state.blocks[near] == kPlanks);
  CHECK(state.blocks[far] == kAir);
  Navigator navigator(game, 1);
  navigator.Look(state);
  CHECK(navigator.CanEdit({ActionType::kPlace, far, kPlanks}, state.players[1].feet));
  for (int step = 0; step < 120 && state.blocks[far] == kAir; ++step) {  // The human has stopped.
    game.Step(state, {Action{}, walker.Act(state)});
  }
  CHECK(state.blocks[far] == kPlanks);
}

TEST_CASE("Who waits stands still in the end, and does at once what becomes certain") {
  const Game game(ConfigOf({11, 10, 10}, 2), EmptyWorld({11, 10, 10}));
  const WorldSize& size = game.size();
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    Rng rng(seed);
    State state = game.Reset(rng);
    // A likely edit beyond a band of places where something may belong, across the world.
    std::vector<float> belief = BeliefIn(game.goal(), 0.99);
    const auto believe = [&](Cell cell, double planks) {
      for (int block = 0; block < kNumBlocks; ++block) {
        const double p = block == kPlanks ? planks : block == kAir ? 0.999 - planks : 1e-4;
        belief[block * size.Volume() + size.Index(cell)] = static_cast<float>(std::log(p));
      }
    };
    const bool low = state.players[1].feet.x < 5;
    for (int y = 2; y < size.h; ++y) {
      for (int z = 0; z < size.d; ++z) {
        for (int x = 4; x <= 6; ++x) believe({x, y, z}, 0.4);
      }
    }
    const Cell there = {low ? 10 : 0, 2, 5};
    believe(there, 0.7);
    BeliefWalker walker(game, 1, 0.8, /*waits=*/true);
    walker.Believe(belief);
    for (int step = 0; step < 60; ++step) game.Step(state, {Action{}, walker.Act(state)});
    for (int step = 0; step < 20; ++step) {
      const Action action = walker.Act(state);
      CHECK(action == Action{});
      game.Step(state, {Action{}, action});
    }
    believe(there, 0.99);
    walker.Believe(belief);
    CHECK(walker.Act(state) == Action{ActionType::kPlace, size.Index(there), kPlanks});
  }
}

TEST_CASE("The body leaves the place where a block belongs") {
  const GameConfig config = ConfigOf({7, 7, 7}, 1);
  const Game game(config, EmptyWorld(config.size));
  Rng rng(2);
  State state = game.Reset(rng);
  const Cell start = state.players[0].feet;
  std::vector<Block> wanted = game.goal();
  wanted[game.size().Index(start)] = kPlanks;
  BeliefWalker walker(game, 0, 0.99, /*waits=*/true);  // Not sure enough to place it.
  walker.Believe(BeliefIn(wanted, 0.8));
  for (int step = 0; step < 5; ++step) {
    game.Step(state, {walker.Act(state)});
  }
  CHECK(state.players[0].feet != start);
  CHECK(state.blocks == game.goal());
}

}  // namespace
}  // namespace hod::env
