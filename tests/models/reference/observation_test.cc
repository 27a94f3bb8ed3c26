// What networks of the reference are shown of a position, voxel by voxel.
#include "env/game/observation.h"

#include "models/reference/observation.h"
#include "tests/support/catch.h"
#include "tests/support/models/reference_samples.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

// The encoding of one voxel from the state itself, written from docs/networks.md.
std::vector<float> Expected(const ReferenceWeights& weights, const env::Game& game,
                            const env::State& state, int player, int voxel) {
  const ReferenceConfig& config = weights.config;
  std::vector<float> values;
  const auto embed = [&](const char* table, int row) {
    const std::vector<float>& rows = weights.tensors.at(table);
    for (int i = 0; i < config.embedding_size; ++i) {
      values.push_back(rows[row * config.embedding_size + i]);
    }
  };
  const env::Block block = state.blocks[voxel];
  embed("block_embedding", block);
  if (!config.mask_goal) embed("block_embedding", game.goal()[voxel]);

  // The own body hides others', and one of a higher index those of lower ones.
  int body = 0;
  for (int p = 0; p < game.num_players() && !game.config().abilities.teleportation; ++p) {
    const bool here = env::BodyFills(state.players[p].feet, game.size().At(voxel));
    if (here && body != 1) body = p == player ? 1 : env::MarkerOf(player, p);
  }
  if (config.mask_other_players && body != 1) body = 0;
  embed("player_embedding", body);

  std::vector<int> counts;
  for (env::Block b = 0; b < env::kNumBlocks; ++b) {
    counts.push_back(state.players[player].inventory.Count(b));
  }
  for (int p = 0; p < game.num_players() && !config.mask_other_players; ++p) {
    if (p == player) continue;
    for (env::Block b = 0; b < env::kNumBlocks; ++b) {
      counts.push_back(state.players[p].inventory.Count(b));
    }
  }
  counts.resize(config.num_inventories * env::kNumBlocks);
  const bool scale = config.scale_observation;
  for (const int count : counts) values.push_back(static_cast<float>(count) / (scale ? 64 : 1));
  values.push_back(static_cast<float>(state.timestep) / (scale ? 1000 : 1));
  if (config.compare_goal) values.push_back(block == game.goal()[voxel]);

  const int editor = state.last_interacted[voxel];
  int marker = editor == env::kNobody ? 0 : env::MarkerOf(player, editor);
  if (config.mask_other_players && marker > 1) marker = 1;
  embed("player_embedding", marker);

  for (int i = 0; i < config.position_size; ++i) {
    values.push_back(weights.tensors.at("position_embedding")[voxel * config.position_size + i]);
  }
  if (config.IsTransformer()) values.resize(config.hidden_size);
  return values;
}

void CheckEncoding(const ReferenceConfig& config, const env::Game& game) {
  const ReferenceWeights weights = RandomWeights(config, 3);
  const ObservationEncoder encoder(weights);
  for (int steps = 0; steps < 60; steps += 12) {
    const env::State state = RandomState(game, steps, steps);
    for (int player = 0; player < game.num_players(); ++player) {
      std::vector<float> encoded(state.blocks.size() * encoder.num_channels(), -1.0f);
      encoder.Encode(ObservationOf(game, state, player), absl::MakeSpan(encoded));
      std::vector<float> expected;
      for (size_t voxel = 0; voxel < state.blocks.size(); ++voxel) {
        const std::vector<float> values =
            Expected(weights, game, state, player, static_cast<int>(voxel));
        expected.insert(expected.end(), values.begin(), values.end());
      }
      CHECK(encoded == expected);
    }
  }
}

TEST_CASE("Positions of random play are encoded as the documentation says") {
  for (const bool mask_other_players : {false, true}) {
    for (const bool scale : {false, true}) {
      ReferenceConfig assistant = SmallConvolutional();
      assistant.mask_other_players = mask_other_players;
      assistant.scale_observation = scale;
      ReferenceConfig human = SmallTransformer();
      human.mask_other_players = mask_other_players;
      human.scale_observation = scale;
      human.mask_goal = false;
      human.compare_goal = true;
      human.position_size = 2;
      for (const bool inf_blocks : {true, false}) {
        const env::Game game = BoxGame({5, 6, 4}, /*teleportation=*/false, inf_blocks);
        CheckEncoding(assistant, game);
        CheckEncoding(human, game);
      }
      CheckEncoding(assistant, BoxGame({5, 6, 4}, /*teleportation=*/true));
    }
  }
}

TEST_CASE("A player alone leaves the other's place in the inventories empty") {
  env::GameConfig config = BoxGame({5, 6, 4}, false, /*inf_blocks=*/false).config();
  config.players.resize(1);
  CheckEncoding(SmallConvolutional(), env::Game(config, BoxGame({5, 6, 4}, false, false).goal()));
}

}  // namespace
}  // namespace hod::models
