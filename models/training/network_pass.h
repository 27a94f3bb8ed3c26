// The forward and the backward pass of a network over one position on the processor's vector units:
// what a trainer computes gradients with (models/backends has the pass of a search). Convolutions
// multiply numbers of the kernels' precision, in which their rows are kept; logits, what is pooled
// and gradients of parameters are floats.
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
  // `kernels` are some of float32 or bfloat16, as are those of the networks it is used with.
  NetworkPass(const NetworkConfig& config, const env::WorldSize& size, const Kernels& kernels);

  // Encodes a position, which the next calls of Forward() see.
  void See(const mcts::Position& position);

  // Computes the logits and the value by a network of the same configuration. Dropout leaves out
  // that share of the inputs and of the outputs of the hidden layer, drawn from `rng`, and scales
  // the rest.
  void Forward(const PackedNetwork& network, double dropout = 0, Rng rng = Rng());

  // What Forward() found.
  const float* actions() const { return actions_.data(); }  // [volume][kActionRow]
  const float* goal() const { return goal_.data(); }        // [volume][kGoalRow]
  float value() const { return value_; }

  // The gradients that Backward() starts from, to be filled in before. Padding stays 0.
  absl::Span<float> action_gradient() { return absl::MakeSpan(action_gradient_); }
  absl::Span<float> goal_gradient() { return absl::MakeSpan(goal_gradient_); }
  float& value_gradient() { return value_gradient_; }

  // Adds to `gradient` that of the last Forward(), by the same network.
  void Backward(const PackedNetwork& network, NetworkGradient& gradient);

 private:
  using Vector = Eigen::VectorXf;

  // All rows are floats, or bfloat16 that fill them to half.
  Convolution Plan(const ConvolutionLayer& layer, int input_row, int inputs, int outputs) const;
  // What may be null: `added_bias` and `add`. With `to_floats`, `add` and `output` are such.
  void Convolve(const PackedNetwork& network, int layer, const Aligned<float>& input,
                const Vector* added_bias, const Aligned<float>* add, bool relu,
                Aligned<float>& output, bool to_floats = false) const;
  // The gradient of a layer's inputs from that of its outputs; see Convolution for the rest.
  void ConvolveBack(const PackedNetwork& network, int layer, const Aligned<float>& gradient,
                    const Aligned<float>* add, const Aligned<float>* gate,
                    Aligned<float>& output) const;
  // Adds the gradient of a layer's weights and of its bias. Returns the sum of the outputs'
  // gradient, `rows`, over all voxels, if the layer has a bias.
  Vector AddGradient(const PackedNetwork& network, int layer, const Aligned<float>& input,
                     const Aligned<float>& rows, NetworkGradient& gradient);
  // Floats as rows, which are put into `rows` if need be.
  const Aligned<float>& Rows(const Aligned<float>& floats, Aligned<float>& rows) const;
  void Scale(const Aligned<float>& factors, Aligned<float>& rows) const;
  // Mean, then maximum of all channels of an x, without padding: computes them, or gives them
  // again.
  Vector Pool(int index);
  Vector Pooled(int index) const;
  // Adds to x_gradient_ what comes from the mean and the maximum of an x.
  void Spread(int index, const Vector& pooled_gradient);
  void Drop(double dropout, Rng& rng);
  // What the hidden layer reads.
  const Aligned<float>& Trunk() const { return drops_ ? trunk_ : x_.back(); }
  const Aligned<float>& HiddenFeatures() const { return drops_ ? hidden_features_ : features_; }

  const NetworkConfig config_;
  const Kernels& kernels_;
  const int volume_, channels_, row_;                    // Channels, without and with padding.
  std::map<std::array<int, 3>, ConvolutionPlan> plans_;  // Keyed by extents of the kernel.

  Aligned<float> planes_;  // The features: [planes][volume].
  Vector globals_;
  Aligned<float> features_, hidden_features_;  // The planes as rows; the second after dropout.
  std::vector<Aligned<float>> x_, branches_;   // Rows that blocks read, and the output of the last.
  std::vector<Vector> pooled_;                 // Means, then maxima of every x, with padding.
  Vector summary_;
  Aligned<float> trunk_;                     // The last x after dropout.
  Aligned<float> trunk_mask_, hidden_mask_;  // What dropout multiplied the trunk and hidden_ with.
  bool drops_ = false;
  Aligned<float> hidden_;
  Aligned<float> actions_, goal_;  // Floats, as are the gradients that Backward() starts from.
  float value_ = 0, value_gradient_ = 0;

  Aligned<float> action_gradient_, action_gradient_rows_, goal_gradient_, goal_gradient_rows_;
  Aligned<float> hidden_gradient_, x_gradient_, branch_gradient_;
  Vector pool_scratch_;
};

}  // namespace hod::models
