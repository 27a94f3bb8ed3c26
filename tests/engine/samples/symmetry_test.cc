#include "engine/samples/symmetry.h"

#include <algorithm>

#include "env/game/action_mask.h"
#include "tests/support/catch.h"
#include "tests/support/engine/random_play.h"

namespace hod::engine {
namespace {

constexpr std::array<env::Block, env::kNumBlocks> kRenamed = {0, 1, 9, 2, 4, 3, 8, 7, 6, 5};

// Every combination the game allows, with and without renamed blocks.
std::vector<SymmetryParts> AllParts(const env::GameConfig& config) {
  std::vector<SymmetryParts> all;
  for (int k = 0; k < 16; ++k) {
    SymmetryParts parts;
    parts.mirror_x = k & 1;
    parts.mirror_z = k & 2;
    parts.swap_xz = k & 4;
    if (k & 8) parts.blocks = kRenamed;
    if ((parts.mirror_x && !Symmetry::CanMirrorX(config)) ||
        (parts.swap_xz && !Symmetry::CanSwap(config))) {
      continue;
    }
    all.push_back(parts);
  }
  return all;
}

TEST_CASE("Mirroring or swapping twice changes nothing") {
  const env::GameConfig config = SmallConfig();
  const env::ActionSpace actions(config);
  const env::State state = PlayRandomly(config, 1, 60).states.back();
  for (const SymmetryParts parts :
       {SymmetryParts{.mirror_x = true}, SymmetryParts{.mirror_z = true},
        SymmetryParts{.swap_xz = true}, SymmetryParts{.mirror_x = true, .mirror_z = true}}) {
    const Symmetry symmetry(config, actions, parts);
    REQUIRE_FALSE(symmetry.Apply(state) == state);
    REQUIRE(symmetry.Apply(symmetry.Apply(state)) == state);
    for (int id = 0; id < actions.num_actions(); ++id) {
      REQUIRE(symmetry.Action(symmetry.Action(id)) == id);
    }
  }
}

TEST_CASE("Actions map to the actions a mirror shows") {
  const env::GameConfig config = SmallConfig();
  const env::ActionSpace actions(config);
  const auto map = [&](SymmetryParts parts, env::Action action) {
    return actions.Unflatten(Symmetry(config, actions, parts).Action(actions.Flatten(action)));
  };
  const SymmetryParts x{.mirror_x = true}, z{.mirror_z = true}, swap{.swap_xz = true};
  using enum env::ActionType;
  CHECK(map(x, {kMovePosX}).type == kMoveNegX);
  CHECK(map(x, {kMovePosZ}).type == kMovePosZ);
  CHECK(map(z, {kMoveNegZ}).type == kMovePosZ);
  CHECK(map(swap, {kMoveNegX}).type == kMoveNegZ);
  CHECK(map(swap, {kMovePosY}).type == kMovePosY);
  CHECK(map({.mirror_x = true, .swap_xz = true}, {kMovePosX}).type == kMoveNegZ);
  const int at = config.size.Index({1, 2, 5});
  CHECK(map(x, {kBreak, at}).location == config.size.Index({5, 2, 5}));
  CHECK(map(swap, {kBreak, at}).location == config.size.Index({5, 2, 1}));
  const env::Action renamed = map({.blocks = kRenamed}, {kPlace, at, env::kDirt});
  CHECK(renamed == env::Action{kPlace, at, env::kWool});
}

TEST_CASE("All actions map one to one, and distributions keep their probabilities in order") {
  for (const env::GameConfig& config : {SmallConfig(), FiniteBlocksConfig(), TeleportConfig()}) {
    const env::ActionSpace actions(config);
    std::vector<int32_t> all(actions.num_actions());
    for (int id = 0; id < actions.num_actions(); ++id) all[id] = id;
    const auto policy = PlayRandomly(config, 2, 1).fragments[0].steps[0].human_policy;
    for (const SymmetryParts& parts : AllParts(config)) {
      const Symmetry symmetry(config, actions, parts);
      REQUIRE(symmetry.Actions(all) == all);
      const auto mapped = symmetry.Apply(policy);
      REQUIRE(std::is_sorted(mapped.begin(), mapped.end()));
      for (const auto& [id, probability] : policy) {
        REQUIRE(std::binary_search(mapped.begin(), mapped.end(),
                                   std::pair(symmetry.Action(id), probability)));
      }
    }
  }
}

bool MovesSpace(const SymmetryParts& parts) {
  return parts.mirror_x || parts.mirror_z || parts.swap_xz;
}

TEST_CASE("Masks of the changed world are the changed masks") {
  int64_t ids = 0, differing = 0;
  std::vector<int32_t> before, after, difference;
  for (const env::GameConfig& config : {SmallConfig(), FiniteBlocksConfig(), TeleportConfig()}) {
    const Play play = PlayRandomly(config, 3, 120);
    const env::Game game = GameOf(config, play.fragments[0]);
    for (const SymmetryParts& parts : AllParts(config)) {
      const Symmetry symmetry(config, game.actions(), parts);
      const env::Game changed(config, symmetry.Apply(game.goal()));
      for (size_t t = 0; t < play.states.size(); t += 20) {
        const env::State& state = play.states[t];
        env::ValidActions(game, state, 1, /*line_of_sight=*/false, before);
        env::ValidActions(changed, symmetry.Apply(state), 1, /*line_of_sight=*/false, after);
        REQUIRE(after == symmetry.Actions(before));

        env::ValidActions(game, state, 1, /*line_of_sight=*/true, before);
        env::ValidActions(changed, symmetry.Apply(state), 1, /*line_of_sight=*/true, after);
        const std::vector<int32_t> expected = symmetry.Actions(before);
        difference.clear();
        std::set_symmetric_difference(after.begin(), after.end(), expected.begin(), expected.end(),
                                      std::back_inserter(difference));
        if (!MovesSpace(parts)) REQUIRE(difference.empty());
        ids += static_cast<int64_t>(expected.size());
        differing += static_cast<int64_t>(difference.size());
      }
    }
  }
  INFO(differing << " of " << ids << " actions differ with line of sight");
  REQUIRE(ids > 30000);
  REQUIRE(differing < ids / 100);  // Rays through edges of blocks: see symmetry.h.
}

TEST_CASE("The changed game plays as the game does") {
  int64_t steps = 0, differing = 0;
  for (const env::GameConfig& config : {SmallConfig(), FiniteBlocksConfig(), TeleportConfig()}) {
    const Play play = PlayRandomly(config, 4, 200, 200);
    const Fragment& fragment = play.fragments[0];
    const env::Game game = GameOf(config, fragment);
    for (const SymmetryParts& parts : AllParts(config)) {
      const Symmetry symmetry(config, game.actions(), parts);
      const env::Game changed(config, symmetry.Apply(game.goal()), fragment.global_timestep);
      for (size_t t = 0; t < fragment.steps.size(); ++t) {
        std::vector<env::Action> actions;
        for (const int32_t id : fragment.steps[t].actions) {
          actions.push_back(game.actions().Unflatten(symmetry.Action(id)));
        }
        env::State state = symmetry.Apply(play.states[t]);
        const env::StepOutcome outcome = changed.Step(state, actions);
        const bool same = state == symmetry.Apply(play.states[t + 1]) &&
                          static_cast<float>(outcome.players[1].reward) == fragment.steps[t].reward;
        if (!MovesSpace(parts)) REQUIRE(same);
        ++steps;
        differing += !same;
      }
    }
  }
  INFO(differing << " of " << steps << " steps differ");
  REQUIRE(steps > 5000);
  REQUIRE(differing < steps / 100);  // Rays through edges of blocks again.
}

TEST_CASE("Random changes are those the game allows, and all of them come up") {
  Rng rng(5);
  for (const env::GameConfig& config : {SmallConfig(), FiniteBlocksConfig()}) {
    int seen = 0;
    for (int i = 0; i < 200; ++i) {
      const SymmetryParts parts = RandomMirroring(config, rng);
      seen |= 1 << (parts.mirror_x + 2 * parts.mirror_z + 4 * parts.swap_xz);
    }
    REQUIRE(seen == (config.abilities.inf_blocks ? 0b11111111 : 0b101));
  }
  auto blocks = RandomBlockPermutation(rng);
  REQUIRE(blocks != SymmetryParts{}.blocks);
  REQUIRE(blocks[env::kAir] == env::kAir);
  REQUIRE(blocks[env::kBedrock] == env::kBedrock);
  std::sort(blocks.begin(), blocks.end());
  REQUIRE(blocks == SymmetryParts{}.blocks);
}

}  // namespace
}  // namespace hod::engine
