// Networks of the reference, for whoever plays or searches with them.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "env/game/game.h"
#include "models/reference/observation.h"
#include "models/reference/weights.h"

namespace hod::models {

// What a network remembers of the timesteps before: for every LSTM its h, then its c, each
// [w][h][d][hidden_size]. Empty at the start of an episode and in a network without LSTMs. A value:
// a game keeps one per player, a search one per node (a child's is what its parent's step gave).
using ReferenceMemory = std::vector<float>;

struct ReferenceInput {
  ReferenceObservation observation;
  const ReferenceMemory* memory = nullptr;  // Borrowed; null: the start of an episode.
};

struct ReferenceOutput {
  // Logits per action channel and voxel (models/decode.h), [kNumActionChannels][volume].
  std::vector<float> policy;
  std::vector<float> human;  // The same of others' next action; empty if it predicts none.
  std::vector<float> goal;   // [kNumBlocks][volume] logits.
  float value = 0;           // Expected discounted return.
  ReferenceMemory memory;    // After this timestep.
};

// Says why a network cannot play `player` in a game: the world has another size, there are more
// players than it can tell apart, or the player does not see the goal and the network has to.
absl::Status CheckGame(const ReferenceConfig& config, const env::Game& game, int player);

class ReferenceNetwork {
 public:
  virtual ~ReferenceNetwork() = default;

  virtual const ReferenceConfig& config() const = 0;

  // One timestep of each input; vectors in `outputs` are resized, and reused where they already
  // fit. Refuses memories of another length and predictions that are not finite. Computes on the
  // calling thread alone; several may call at once. Requires observations of equal size, as by
  // ObservationOf() in games that CheckGame() accepts.
  virtual absl::Status Step(absl::Span<const ReferenceInput> inputs,
                            absl::Span<ReferenceOutput> outputs) const = 0;
};

// Keeps its own copy of the weights. Requires that they fit their config. Fails where
// LoadTorchLibrary() does.
absl::StatusOr<std::shared_ptr<const ReferenceNetwork>> MakeReferenceNetwork(
    const ReferenceWeights& weights);

}  // namespace hod::models
