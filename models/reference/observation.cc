#include "models/reference/observation.h"

#include <algorithm>

#include "env/game/observation.h"

namespace hod::models {
namespace {

// What scale_observation divides by.
constexpr float kInventoryScale = env::Inventory::kStack, kTimestepScale = 1000;

}  // namespace

ReferenceObservation ObservationOf(const env::Game& game, const env::State& state, int player) {
  ReferenceObservation observation;
  observation.size = game.size();
  observation.world.resize(env::kNumObservationChannels * state.blocks.size());
  env::WorldObservation(game, state, player, absl::MakeSpan(observation.world));
  observation.inventories.resize(game.num_players());
  for (int p = 0; p < game.num_players(); ++p) {
    observation.inventories[env::MarkerOf(player, p) - 1] = state.players[p].inventory.CountAll();
  }
  observation.timestep = state.timestep;
  return observation;
}

std::vector<float> ScalarInputs(const ReferenceConfig& config,
                                const ReferenceObservation& observation) {
  std::vector<float> scalars(config.num_inventories * env::kNumBlocks + 1, 0.0f);
  const size_t seen = config.mask_other_players ? 1 : observation.inventories.size();
  auto next = scalars.begin();
  for (size_t i = 0; i < seen; ++i) {
    for (const int count : observation.inventories[i]) {
      *next++ = static_cast<float>(count) / (config.scale_observation ? kInventoryScale : 1);
    }
  }
  scalars.back() =
      static_cast<float>(observation.timestep) / (config.scale_observation ? kTimestepScale : 1);
  return scalars;
}

ObservationEncoder::ObservationEncoder(const ReferenceWeights& weights)
    : config_(weights.config),
      num_channels_(config_.IsTransformer() ? config_.hidden_size : config_.NumInputs()),
      blocks_(weights.tensors.at("block_embedding")),
      players_(weights.tensors.at("player_embedding")) {
  if (config_.IsTransformer()) positions_ = weights.tensors.at("position_embedding");
}

void ObservationEncoder::Encode(const ReferenceObservation& observation,
                                absl::Span<float> out) const {
  const size_t volume = observation.size.Volume();
  const uint8_t* const world = observation.world.data();
  const auto channel = [&](int c) { return world + c * volume; };
  const uint8_t* const blocks = channel(env::kCurrentBlocks);
  const uint8_t* const goal = channel(env::kGoalBlocks);
  const uint8_t* const markers = channel(env::kPlayerMarkers);
  const uint8_t* const interacted = channel(env::kLastInteracted);

  const std::vector<float> scalars = ScalarInputs(config_, observation);
  std::fill(out.begin(), out.end(), 0.0f);
  const int embedding = config_.embedding_size;
  for (size_t i = 0; i < volume; ++i) {
    float* to = out.data() + i * num_channels_;
    const auto embed = [&](const std::vector<float>& table, int row) {
      to = std::copy_n(table.begin() + row * embedding, embedding, to);
    };
    int marker = markers[i], last = interacted[i];
    if (config_.mask_other_players) {
      if (marker > 1) marker = 0;
      last = std::min(last, 1);
    }
    embed(blocks_, blocks[i]);
    if (!config_.mask_goal) embed(blocks_, goal[i]);
    embed(players_, marker);
    to = std::copy(scalars.begin(), scalars.end(), to);
    if (config_.compare_goal) *to++ = blocks[i] == goal[i] ? 1.0f : 0.0f;
    embed(players_, last);
    if (config_.IsTransformer()) {
      std::copy_n(positions_.begin() + i * config_.position_size, config_.position_size, to);
    }
  }
}

}  // namespace hod::models
