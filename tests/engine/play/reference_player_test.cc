// Networks of the reference as players.
#include <memory>
#include <utility>

#include "engine/play/player_spec.h"
#include "env/game/action_mask.h"
#include "models/backends/decode.h"
#include "models/reference/network.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/models/reference_files.h"
#include "tests/support/models/reference_samples.h"
#include "tests/support/models/test_positions.h"

namespace hod::engine {
namespace {

using models::BoxGame;
using models::RandomState;
using models::RandomWeights;
using models::SmallConvolutional;
using models::SmallTransformer;

absl::StatusOr<std::unique_ptr<env::Player>> Create(const models::ReferenceWeights& weights,
                                                    const env::Game& game, int player) {
  const TempDir dir;
  const std::string path = dir.path() + "/network.safetensors";
  REQUIRE(models::SaveReference(path, weights).ok());
  return (*MakePlayerFactory(path))(game, player, /*seed=*/1);
}

TEST_CASE("A player's distribution is the network's policy over the valid actions") {
  const env::Game game = BoxGame({5, 6, 4});
  models::ReferenceConfig config = SmallTransformer();
  for (const bool line_of_sight : {true, false}) {
    config.line_of_sight = line_of_sight;
    const auto network = *models::MakeReferenceNetwork(RandomWeights(config, 2));
    auto player = Create(RandomWeights(config, 2), game, 1);
    REQUIRE(player.ok());
    const env::State state = RandomState(game, 20, 4);
    const env::ActionDistribution distribution = (*player)->NextAction(state);
    std::vector<int32_t> valid;
    env::ValidActions(game, state, 1, line_of_sight, valid);
    REQUIRE(distribution.size() == valid.size());

    const models::ReferenceInput input = {models::ObservationOf(game, state, 1), nullptr};
    models::ReferenceOutput output;
    REQUIRE(network->Step({&input, 1}, absl::MakeSpan(&output, 1)).ok());
    std::vector<float> probabilities;
    models::ActionProbabilities(output.policy, game.actions(), valid, probabilities);
    float total = 0;
    for (size_t i = 0; i < valid.size(); ++i) {
      CHECK(distribution[i] == std::pair(valid[i], probabilities[i]));
      total += distribution[i].second;
    }
    CHECK(total == Approx(1));
  }
}

TEST_CASE("A player remembers what it has seen, once per timestep") {
  const env::Game game = BoxGame({5, 6, 4});
  const models::ReferenceWeights weights = RandomWeights(SmallConvolutional(), 2);
  const auto player = *Create(weights, game, 0);
  const auto forgetful = *Create(weights, game, 0);
  const auto silent = *Create(weights, game, 0);
  const env::State first = RandomState(game, 6, 1), second = RandomState(game, 8, 1);
  const env::ActionDistribution at_first = player->NextAction(first);
  CHECK(player->NextAction(first) == at_first);
  player->Observe(first, 0);
  silent->Observe(first, 0);  // Nobody asked it, but it has seen the same.
  CHECK(player->NextAction(second) == silent->NextAction(second));
  CHECK(player->NextAction(second) != forgetful->NextAction(second));
}

TEST_CASE("A player whose network fails does nothing and says why") {
  const env::Game game = BoxGame({5, 6, 4});
  models::ReferenceWeights weights = RandomWeights(SmallTransformer(), 1);
  for (float& value : weights.tensors["policy.output.weight"]) value = 3e38f;
  const auto player = *Create(weights, game, 0);
  CHECK(player->status().ok());
  CHECK(player->NextAction(RandomState(game, 1, 1)) == env::ActionDistribution{{0, 1.0f}});
  CHECK_THAT(std::string(player->status().message()),
             Catch::EndsWith("/network.safetensors: the network's prediction is not finite"));
  CHECK_FALSE(Create(weights, BoxGame({6, 6, 6}), 0).ok());
}

TEST_CASE("The reference's human model builds") {
  const std::string dir = SharedData("weights");
  if (dir.empty()) return;
  env::GameConfig config;
  config.players.resize(1);
  std::vector<env::Block> goal = env::EmptyWorld(config.size);
  for (int x = 2; x < 8; ++x) {
    for (int z = 2; z < 8; ++z) {
      goal[config.size.Index({x, 1, z})] = env::kPlanks;
      goal[config.size.Index({x, 2, z})] = env::kCobblestone;
    }
  }
  const env::Game game(config, goal);
  const auto player = *Create(models::Imported(dir, "az_human_test"), game, 0);
  Rng rng(1);
  env::State state = game.Reset(rng);
  for (int t = 0; t < 150; ++t) {
    const int32_t id = env::Sample(player->NextAction(state), rng);
    player->Observe(state, id);
    game.Step(state, {game.actions().Unflatten(id)});
  }
  CHECK(player->status().ok());
  CHECK(game.GoalPercentage(state, 0) > 0.05);
}

}  // namespace
}  // namespace hod::engine
