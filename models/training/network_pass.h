// The forward and the backward pass of a network over one position, in float32 on the processor's
// vector units: what a trainer computes gradients with (models/backends has the pass of a search).
#pragma once

#include <Eigen/Core>
#include <array>
#include <map>
#include <vector>

#include "absl/types/span.h"
#include "env/base/random.h"
#include "env/game/geometry.h"
#include "mcts/evaluator.h"
#include "models/backends/aligned.h"
#include "models/backends/convolution_plan.h"
#include "models/training/network_layers.h"

namespace hod::models {

// Rows of action logits: the player's kNumActionChannels, then as many of the others.
inline constexpr int kActionRow = RoundUp(2 * env::kNumActionChannels, kBlock);
inline constexpr int kGoalRow = RoundUp(env::kNumBlocks, kBlock);

// The memory of one pass over one position of a world's size. One thread at a time may use it.
class NetworkPass {
 public:
  // `kernels` are some of float32.
  NetworkPass(const NetworkConfig& config, const env::WorldSize& size, const Kernels& kernels);

  // Encodes a position, which the next calls of Forward() see.
  void See(const mcts::Position& position);

  // Computes the logits and the value by a network of the same configuration. Dropout leaves out
  // that share of the inputs and of the outputs of the hidden layer, drawn from `rng`, and scales
  // the rest.
  void Forward(const PackedNetwork& network, double dropout = 0, Rng rng = Rng());

  // What Forward() found.
  const float* actions() const { return actions_.data(); }   // [volume][kActionRow]
  const float* goal() const { return goal_planes_.data(); }  // [kNumBlocks][volume]
  float value() const { return value_; }

  // The gradients that Backward() starts from, to be filled in before. Padding stays 0.
  absl::Span<float> action_gradient() { return absl::MakeSpan(action_gradient_); }
  absl::Span<float> goal_gradient() { return absl::MakeSpan(goal_gradient_planes_); }
  float& value_gradient() { return value_gradient_; }

  // Adds to `gradient` that of the last Forward(), by the same network.
  void Backward(const PackedNetwork& network, NetworkGradient& gradient);

 private:
  using Vector = Eigen::VectorXf;

  Convolution Layer(const PackedNetwork& network, int layer) const;
  // `added_bias` may be null.
  void Convolve(const PackedNetwork& network, int layer, const float* input,
                const Vector* added_bias, const float* add, bool relu, float* output) const;
  // The gradient of a layer's inputs from that of its outputs; see Convolution for the rest.
  void ConvolveBack(const PackedNetwork& network, int layer, const float* gradient,
                    const Vector& bias, const float* add, const float* gate, float* output) const;
  // Adds the gradient of a layer's weights and of its bias. Returns the sum of the outputs'
  // gradient, `rows`, over all voxels, if the layer has a bias.
  Vector AddGradient(const PackedNetwork& network, int layer, const float* input, const float* rows,
                     NetworkGradient& gradient);
  // Mean, then maximum of all channels of an x, without padding: computes them, or gives them
  // again.
  Vector Pool(int index);
  Vector Pooled(int index) const;
  // The two parts of the gradient of an x that come from its mean and its maximum: what every voxel
  // gets, and what is added to x_gradient_.
  Vector MeanGradient(const Vector& pooled_gradient) const;
  void SpreadMaximum(int index, const Vector& pooled_gradient);
  void Drop(double dropout, Rng& rng);
  // What the hidden layer reads.
  const float* Trunk() const { return dropout_ > 0 ? trunk_.data() : x_.back().data(); }
  const float* HiddenPlanes() const {
    return dropout_ > 0 ? hidden_inputs_.data() : planes_.data();
  }

  const NetworkConfig config_;
  const Kernels& kernels_;
  const int volume_, channels_, row_, hidden_row_;       // Channels, without and with padding.
  std::map<std::array<int, 3>, ConvolutionPlan> plans_;  // Keyed by extents of the kernel.

  Aligned<float> planes_, hidden_inputs_;  // [planes][volume]; the second after dropout.
  Vector globals_;
  std::vector<Aligned<float>> x_, branches_;  // Rows that blocks read, and the output of the last.
  std::vector<Vector> pooled_;                // Means, then maxima of every x, with padding.
  Vector summary_;
  Aligned<float> trunk_;  // The last x after dropout, which multiplied it with the next.
  Aligned<float> trunk_mask_;
  Aligned<float> hidden_, actions_, goal_, goal_planes_;
  float value_ = 0, value_gradient_ = 0;
  double dropout_ = 0;

  Aligned<float> action_gradient_, goal_gradient_planes_, goal_gradient_, hidden_gradient_;
  Aligned<float> x_gradient_, branch_gradient_;
  Vector pool_scratch_;
};

}  // namespace hod::models
