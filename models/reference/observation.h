// What a player sees, as networks of the reference are shown it.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "env/game/game.h"
#include "env/game/inventory.h"
#include "models/reference/weights.h"

namespace hod::models {

struct ReferenceObservation {
  env::WorldSize size;
  std::vector<uint8_t> world;                       // [6][w][h][d], as by env::WorldObservation().
  std::vector<env::Inventory::Counts> inventories;  // The own one, then others' by their markers.
  int timestep = 0;
};

// What `player` sees.
ReferenceObservation ObservationOf(const env::Game& game, const env::State& state, int player);

// What is the same in every voxel: the counts of the inventories, then the timestep.
std::vector<float> ScalarInputs(const ReferenceConfig& config,
                                const ReferenceObservation& observation);

// Encodes observations for a network: per voxel, one after another,
//   the embedding of the current block; that of the goal's block, unless mask_goal; that of the
//   player marker (with mask_other_players, others' are nobody's); the counts of the inventories,
//   0 where there are fewer players (with mask_other_players only the own ones); the timestep; with
//   compare_goal, 1 where the current block is the goal's; the embedding of the marker of who
//   last interacted (with mask_other_players, others' are the own one: as the reference has it);
//   the position's embedding, for transformers.
class ObservationEncoder {
 public:
  explicit ObservationEncoder(const ReferenceWeights& weights);

  // Floats per voxel: NumInputs(), for transformers padded by zeros to hidden_size.
  int num_channels() const { return num_channels_; }

  // `out` is [w][h][d][num_channels()]. Requires blocks below kNumBlocks, markers below
  // kNumPlayerMarkers, the size the network fits, and no more inventories than it has places for,
  // unless mask_other_players.
  void Encode(const ReferenceObservation& observation, absl::Span<float> out) const;

 private:
  ReferenceConfig config_;
  int num_channels_;
  std::vector<float> blocks_, players_, positions_;  // The embeddings.
};

}  // namespace hod::models
