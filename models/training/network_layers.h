// A network's layers as training computes them: where each stands in the flat parameters, and its
// weights in the order in which kernels read them, forward and backward.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "models/backends/aligned.h"
#include "models/backends/kernels.h"
#include "models/network/network.h"

namespace hod::models {

// A convolution, whose outputs may be those of several tensors: heads that read the same rows are
// computed at once.
struct ConvolutionLayer {
  // Offsets in the flat parameters.
  struct Part {
    int64_t weight;
    int64_t bias;  // -1: none.
    int outputs;
  };
  std::vector<Part> parts;
  std::array<int, 3> extents;   // The kernel's, in x, y, z.
  int kernel_size = 1;          // Their product.
  int columns = 0;              // Inputs that the tensors have,
  int first_column = 0;         // and where those that this layer reads begin,
  int inputs = 0;               // and how many they are.
  int outputs = 0;              // Outputs of all parts together.
  bool reads_features = false;  // Or what other layers put out.
  int input_row = 0;            // Channels of the rows that it reads, in whole blocks.

  int blocks() const { return RoundUp(outputs, kBlock) / kBlock; }
  int input_blocks() const { return RoundUp(inputs, kBlock) / kBlock; }
};

// Matrices of the flat parameters, [rows][columns].
struct MatrixLayer {
  int64_t weight;
  int64_t bias;  // -1: none.
  int rows, columns;
};

struct NetworkLayers {
  explicit NetworkLayers(const NetworkConfig& config);

  struct Block {
    int first, second;  // Indices of convolutions.
    MatrixLayer pooled;
  };
  std::vector<ConvolutionLayer> convolutions;
  int stem, hidden_trunk, hidden_planes, actions, goal, goal_skip;  // Indices of them.
  std::vector<Block> blocks;
  MatrixLayer stem_globals, summary, channel_bias, value;
  int64_t num_parameters;
};

// The parameters of a network, packed for a pass by kernels of float32 or bfloat16.
class PackedNetwork {
 public:
  PackedNetwork(const NetworkConfig& config, const Kernels& kernels);

  // Requires as many parameters as the network has, which are borrowed.
  void Pack(absl::Span<const float> parameters);

  const NetworkConfig& config() const { return config_; }
  const NetworkLayers& layers() const { return layers_; }
  absl::Span<const float> parameters() const { return parameters_; }
  const void* forward(int layer) const { return packed_[layer].forward.data(); }
  // Weights of the map from gradients of outputs to gradients of inputs.
  const void* backward(int layer) const { return packed_[layer].backward.data(); }
  const float* bias(int layer) const { return packed_[layer].bias.data(); }

 private:
  struct Packed {
    Aligned<uint32_t> forward;  // [blocks of outputs][taps][units of inputs][kBlock] units
    Aligned<uint32_t>
        backward;         // [blocks of inputs][taps, the other way][units of outputs][kBlock]
    Aligned<float> bias;  // [blocks of outputs][kBlock]
  };
  NetworkConfig config_;
  Precision precision_;
  int channels_per_unit_;
  NetworkLayers layers_;
  absl::Span<const float> parameters_;
  std::vector<Packed> packed_;
};

// The gradient of a network's parameters, as passes add to it.
class NetworkGradient {
 public:
  explicit NetworkGradient(const NetworkLayers& layers);

  void Clear();
  // [blocks of outputs][taps][inputs][kBlock]
  float* weights(int layer) { return packed_[layer].data(); }
  // All but the weights of convolutions.
  float* flat() { return flat_.data(); }
  // Adds all to `gradient`, [parameters].
  void AddTo(absl::Span<float> gradient) const;

 private:
  const NetworkLayers& layers_;
  std::vector<Aligned<float>> packed_;  // The weights of convolutions.
  std::vector<float> flat_;
};

}  // namespace hod::models
