// The network as a plain value: its shape and one flat vector of parameters. Copying, publishing
// and storing a network needs no libtorch; forward.h computes with it.
//
// A 3-D residual network over the world, whose weights fit any world size:
//   stem     1x1x1 convolution of the feature planes (features.h) + linear map of the globals, ReLU
//   blocks   x <- ReLU(x + vertical(ReLU(horizontal(x) + pooled(x))))
//            horizontal: 3x1x3 convolution; vertical: 1x3x1 convolution; together they look one
//            voxel in every direction at 12/54 of the cost of two 3x3x3 convolutions. pooled: a
//            linear map of the mean and the maximum over all voxels to one bias per channel, which
//            tells every voxel about the whole world (as in KataGo, Wu 2019).
//   summary  linear map of mean and maximum of the last x and of the globals, ReLU
//   hidden   1x1x1 convolution of the last x beside the feature planes, ReLU
//   heads    1x1x1 convolutions of hidden to 28 action channels for the player's policy, 28 for the
//            other players' next action, 10 goal logits per voxel. A linear map of the summary adds
//            to each action channel what the whole world says of it; the goal head also sees the
//            direct evidence of features.h. Value: a linear map of the summary.
// There is no normalisation layer: the last convolution of every residual branch starts at zero
// ("SkipInit", De & Smith 2020), which suffices at this depth and costs nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "env/base/random.h"

namespace hod::models {

inline constexpr int kMaxChannels = 512;
inline constexpr int kMaxBlocks = 64;

struct NetworkConfig {
  int channels = 32;  // 1 to kMaxChannels; multiples of 16 use the processor's vectors fully.
  int blocks = 6;     // 0 to kMaxBlocks.
  bool goal_visible = false;  // Sees the goal: a builder's network, not an assistant's.
  bool inventories = false;   // Sees inventories: for games with finite blocks.
  friend bool operator==(const NetworkConfig&, const NetworkConfig&) = default;
};

// Names the setting that is out of range and its range.
absl::Status Validate(const NetworkConfig& config);

// One tensor within the flat vector of parameters.
struct ParameterSpec {
  std::string name;
  std::vector<int64_t> shape;
  double initial_std;  // Standard deviation of the normal initial values; 0: zeros.
  int64_t Size() const;
};

// All tensors in the order of the flat vector. Requires a valid config.
std::vector<ParameterSpec> ParameterLayout(const NetworkConfig& config);
int64_t NumParameters(const NetworkConfig& config);

struct Network {
  NetworkConfig config;
  std::vector<float> parameters;  // [NumParameters(config)]
};

// A network with random parameters. Requires a valid config.
Network InitialNetwork(const NetworkConfig& config, Rng rng);

}  // namespace hod::models
