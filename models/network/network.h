// The network as a plain value: its shape and one flat vector of parameters. Copying, publishing
// and storing a network needs no libtorch; forward.h computes with it.
//
// A 3-D residual network over the world, whose weights fit any world size:
//   stem     1x1x1 convolution of the feature planes (features.h) + linear map of the globals, ReLU
//   blocks   x <- ReLU(x + second(ReLU(first(x) + pooled(x))))
//            first, second: convolutions. Factorised blocks have a horizontal one of 3x1x3 and a
//            vertical one of 1x3x1; together they look one voxel in every direction at 12/54 of the
//            cost of dense blocks, which have two of 3x3x3 and look two voxels far. pooled: a
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

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "env/base/random.h"

namespace hod::models {

inline constexpr int kMaxChannels = 512;
inline constexpr int kMaxBlocks = 64;

enum class BlockKind { kFactorised, kDense };

// "factorised" or "dense".
const char* Name(BlockKind kind);
std::optional<BlockKind> BlockKindNamed(absl::string_view name);

// What the two convolutions of a block are called, and the extents of their kernels in x, y, z.
struct BlockConvolution {
  const char* name;
  std::array<int64_t, 3> extents;
};
std::array<BlockConvolution, 2> BlockConvolutions(BlockKind kind);

struct NetworkConfig {
  int channels = 32;  // 1 to kMaxChannels; multiples of 16 use the processor's vectors fully.
  int blocks = 6;     // 0 to kMaxBlocks.
  BlockKind block = BlockKind::kFactorised;
  bool goal_visible = false;  // Sees the goal: a builder's network, not an assistant's.
  bool inventories = false;   // Sees inventories: for games with finite blocks.
  friend bool operator==(const NetworkConfig&, const NetworkConfig&) = default;
};

// Names the setting that is out of range and its range.
absl::Status Validate(const NetworkConfig& config);

// Channels x blocks and their kind: "32x6 factorised".
std::string ShapeOf(const NetworkConfig& config);

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

// The same with a random value for every parameter: no branch of the network is silent, as it is
// before training. For comparisons and measurements.
Network RandomNetwork(const NetworkConfig& config, Rng rng);

}  // namespace hod::models
