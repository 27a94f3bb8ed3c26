// The network as a computation in libtorch. Only for the .cc files of this folder: everything else
// stays free of torch's headers.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "env/game/actions.h"
#include "models/network.h"
#include "models/precision.h"

namespace hod::models {

inline at::ScalarType ScalarTypeOf(Precision precision) {
  return precision == Precision::kBfloat16 ? at::kBFloat16 : at::kFloat;
}

// Float tensors over a batch of B positions in a world of w x h x d voxels.
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

  // `features` is [B, NumFeatures, w, h, d].
  Prediction operator()(const at::Tensor& features) const;

 private:
  struct Layer {
    at::Tensor weight, bias;
  };
  struct Block {
    Layer horizontal, vertical;
    at::Tensor pooled;
  };

  Layer stem_;
  std::vector<Block> blocks_;
  Layer heads_;  // Policy, human and goal in one: the three read the same input.
  at::Tensor goal_skip_;
  Layer value_hidden_, value_;
};

// Logits of the flat actions, [B, num_actions], from those per channel and voxel [B, 28, w, h, d]:
// an action without a location gets the log of the sum of its channel's exponentials over all
// voxels.
at::Tensor FlatLogits(const at::Tensor& channels, const env::ActionSpace& actions);

}  // namespace hod::models
