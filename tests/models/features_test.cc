#include "models/features.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/models/test_positions.h"

namespace hod::models {
namespace {

std::vector<float> Encode(const env::Game& game, const env::State& state, int player,
                          bool inventories = false) {
  // Garbage beforehand: every plane must be overwritten.
  std::vector<float> planes(NumFeatures(inventories) * state.blocks.size(), 77.0f);
  EncodeFeatures({&game, &state, player}, inventories, absl::MakeSpan(planes));
  return planes;
}

TEST_CASE("Features show blocks, bodies and edits from the player's side") {
  const env::Game game = BoxGame({7, 6, 5});
  env::Rng rng(1);
  env::State state = game.Reset(rng);
  const int volume = game.size().Volume();
  const int edited = game.size().Index({3, 2, 2}), other = game.size().Index({1, 2, 1});
  state.blocks[edited] = env::kGlass;
  state.last_interacted[edited] = 0;
  state.interacted_at[edited] = 6;
  state.last_interacted[other] = 1;
  state.interacted_at[other] = 2;
  state.timestep = 10;
  state.broken[0 * volume + other] = 1 << env::kGlass | 1 << env::kWool;  // By player 0.
  const std::vector<float> planes = Encode(game, state, 1);
  const auto at = [&](int plane, int cell) { return planes[plane * volume + cell]; };

  for (int cell = 0; cell < volume; ++cell) {
    for (int block = 0; block < env::kNumBlocks; ++block) {
      REQUIRE(at(kBlockPlane + block, cell) == (state.blocks[cell] == block ? 1.0f : 0.0f));
    }
    REQUIRE(at(kOnesPlane, cell) == 1.0f);
    REQUIRE(at(kOthersEditPlane, cell) == (cell == edited ? 1.0f : 0.0f));
    REQUIRE(at(kSelfEditPlane, cell) == (cell == other ? 1.0f : 0.0f));
    REQUIRE(at(kTimePlane, cell) == Approx(std::exp(-10.0 / 64)));
    REQUIRE(at(kTimePlane + 1, cell) == Approx(std::exp(-10.0 / 512)));
  }
  CHECK(at(kOthersRecentPlane, edited) == Approx(std::exp(-4.0 / 4)));
  CHECK(at(kOthersRecentPlane + 1, edited) == Approx(std::exp(-4.0 / 32)));
  CHECK(at(kSelfRecentPlane, edited) == 0.0f);
  CHECK(at(kSelfRecentPlane, other) == Approx(std::exp(-8.0 / 4)));

  const int self = game.size().Index(state.players[1].feet);
  const int human = game.size().Index(state.players[0].feet);
  CHECK(at(kSelfPlane, self) == 1.0f);
  CHECK(at(kOthersPlane, human) == 1.0f);
  CHECK(at(kPositionPlane, edited) == Approx(3.0 / 7));
  CHECK(at(kPositionPlane + 1, edited) == Approx(2.0 / 6));
  CHECK(at(kPositionPlane + 2, edited) == Approx(2.0 / 5));

  // What the other player placed, and all it removed.
  CHECK(at(kBuiltPlane + env::kGlass, edited) == 1.0f);
  CHECK(at(kBuiltPlane + env::kAir, edited) == 0.0f);
  CHECK(at(kBuiltPlane + state.blocks[other], other) == 0.0f);
  for (int block = 0; block < env::kNumBlocks; ++block) {
    const bool removed = block == env::kGlass || block == env::kWool;
    CHECK(at(kRejectedPlane + block, other) == (removed ? 1.0f : 0.0f));
    CHECK(at(kRejectedPlane + block, edited) == 0.0f);
  }

  // The other player sees the same edits the other way round.
  const std::vector<float> theirs = Encode(game, state, 0);
  CHECK(theirs[kSelfEditPlane * volume + edited] == 1.0f);
  CHECK(theirs[(kRejectedPlane + env::kGlass) * volume + other] == 0.0f);
  CHECK(theirs[kOthersRecentPlane * volume + other] == Approx(std::exp(-8.0 / 4)));
}

TEST_CASE("Features never show the goal, and stay bounded in long episodes") {
  const env::Game game = BoxGame({6, 6, 6});
  const env::Game other_goal(game.config(), env::EmptyWorld(game.size()));
  env::State state = RandomState(game, 20, 5);
  CHECK(Encode(game, state, 1) == Encode(other_goal, state, 1));
  state.timestep = 1'000'000;
  for (const float value : Encode(game, state, 1)) REQUIRE((value >= 0.0f && value <= 1.0f));
}

TEST_CASE("With teleportation there are no bodies") {
  const env::Game game = BoxGame({6, 6, 6}, /*teleportation=*/true);
  const std::vector<float> planes = Encode(game, RandomState(game, 5, 5), 0);
  for (int i = kSelfPlane * 216; i < (kOthersPlane + 1) * 216; ++i) REQUIRE(planes[i] == 0.0f);
}

TEST_CASE("Inventories are shares of a stack, own and others'") {
  const env::Game game = BoxGame({6, 6, 6}, false, /*inf_blocks=*/false);
  env::Rng rng(3);
  env::State state = game.Reset(rng);
  state.players[0].inventory.Add(env::kGlass, 16);
  state.players[1].inventory.Add(env::kWool, 96);
  const std::vector<float> planes = Encode(game, state, 1, /*inventories=*/true);
  CHECK(planes[(kSelfInventoryPlane + env::kWool) * 216 + 100] == 1.5f);
  CHECK(planes[(kSelfInventoryPlane + env::kGlass) * 216] == 0.0f);
  CHECK(planes[(kOthersInventoryPlane + env::kGlass) * 216 + 215] == 0.25f);
}

}  // namespace
}  // namespace hod::models
