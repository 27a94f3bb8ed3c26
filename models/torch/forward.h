// The network as a computation in libtorch. Only for the .cc files of models/: everything else
// stays free of torch's headers.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <vector>

#include "absl/types/span.h"
#include "env/game/actions.h"
#include "models/network/network.h"
#include "models/network/precision.h"

namespace hod::models {

inline at::ScalarType ScalarTypeOf(Precision precision) {
  return precision == Precision::kBfloat16 ? at::kBFloat16 : at::kFloat;
}

inline at::Device DeviceOf(Device device) {
  return device == Device::kCuda ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
}
// The flat vector of a network's parameters, for passes without gradients.
at::Tensor ParametersOn(const Network& network, at::Device device, Precision precision);

// The floats of a contiguous tensor in the processor's memory.
inline absl::Span<float> SpanOf(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
}

// Float tensors over a batch of B positions in a world of w x h x d voxels.
struct Inputs {
  at::Tensor planes;   // [B, NumPlanes, w, h, d]
  at::Tensor globals;  // [B, NumGlobals]
};
struct Prediction {
  at::Tensor policy;  // [B, 28, w, h, d] logits per action channel and voxel.
  at::Tensor human;   // [B, 28, w, h, d]
  at::Tensor goal;    // [B, 10, w, h, d] logits.
  at::Tensor value;   // [B]
};

class ForwardPass {
 public:
  // `parameters` is the flat vector of a network; its type is the one to compute in. Gradients,
  // where asked for, flow back into it.
  ForwardPass(const NetworkConfig& config, const at::Tensor& parameters);

  // Dropout zeroes that share of the inputs and of the outputs of the hidden layer, drawn from
  // `generator`, and scales the rest.
  Prediction operator()(const Inputs& inputs, double dropout = 0,
                        const at::Generator& generator = {}) const;

 private:
  struct Layer {
    at::Tensor weight, bias;
  };
  struct Block {
    Layer first, second;
    at::Tensor pooled;
  };

  Layer stem_;
  at::Tensor stem_globals_;
  std::vector<Block> blocks_;
  Layer summary_, hidden_;
  Layer heads_;  // Policy, human and goal in one: the three read the same input.
  at::Tensor channel_bias_, goal_skip_;
  Layer value_;
};

// Logits of the flat actions, [B, num_actions], from those per channel and voxel [B, 28, w, h, d]:
// an action without a location gets the log of the sum of its channel's exponentials over all
// voxels.
at::Tensor FlatLogits(const at::Tensor& channels, const env::ActionSpace& actions);

}  // namespace hod::models
