// The shape of a network of the reference implementation (docs/networks.md): one sequence of layers
// over the voxels covers the paper's convolutional network with LSTMs as well as the transformers
// that attend along one axis at a time.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "env/game/geometry.h"

namespace hod::models {

struct ReferenceLayer {
  enum class Kind {
    kResidual,   // Two convolutions with batch normalisation, and the input added.
    kLstm,       // One cell per voxel, with memory from timestep to timestep, and the input added.
    kAttention,  // An encoder layer; the k-th of a network attends along axis k % 3 of x, y, z.
  };
  Kind kind;
  int kernel = 0;  // kResidual: extent of the convolutions along each axis, odd.
  friend bool operator==(const ReferenceLayer&, const ReferenceLayer&) = default;
};

struct ReferenceConfig {
  // What of the observation goes in, and how.
  int embedding_size = 16;          // Values a block or a player marker is embedded in.
  int num_inventories = 2;          // Places for inventories: the own one, then others'.
  bool mask_goal = true;            // Does not see the goal.
  bool mask_other_players = false;  // Takes other players for nobody, but for their edits.
  bool compare_goal = false;        // Sees where the current block is the goal's.
  bool scale_observation = true;    // Inventories are divided by 64, the timestep by 1000.
  bool line_of_sight = true;        // Chooses among actions that are valid with line of sight.

  int hidden_size = 64;  // Channels of every layer.
  std::vector<ReferenceLayer> layers;
  bool predicts_others = true;  // Has a head for the other players' next action.
  double value_scale = 1;

  // Transformers only; a network without attention has none of these.
  int num_heads = 0;
  int position_size = 0;                  // Values a position is embedded in.
  env::WorldSize world_size = {0, 0, 0};  // The only one it fits.

  bool IsTransformer() const { return num_heads > 0; }
  // Channels of the encoded observation, before the input layer or padding to hidden_size.
  int NumInputs() const;
  int NumLstms() const;
  friend bool operator==(const ReferenceConfig&, const ReferenceConfig&) = default;
};

inline constexpr int kNumPlayerMarkers = 16;  // Markers in channels 4 and 5 of an observation.

// Names the setting that is out of range and its range.
absl::Status Validate(const ReferenceConfig& config);

nlohmann::json ToJson(const ReferenceConfig& config);
// Refuses unknown and missing keys, and values that Validate() refuses; errors name the key.
absl::StatusOr<ReferenceConfig> ReferenceConfigFromJson(const nlohmann::json& json);

// Values of all tensors, statistics of batch normalisation included. Requires a valid config.
int64_t NumParameters(const ReferenceConfig& config);

// One tensor, under our name and shape and under the reference's.
struct ReferenceTensor {
  std::string name;
  std::vector<int64_t> shape;
  std::string reference_name;
  std::vector<int64_t> reference_shape;  // The same elements in the same order.
  int64_t Size() const;
};

// All tensors of a network, in no particular order. Requires a valid config.
std::vector<ReferenceTensor> ReferenceLayout(const ReferenceConfig& config);

}  // namespace hod::models
