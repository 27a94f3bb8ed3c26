// A network of the reference as a computation in libtorch. Only for the .cc files of this folder.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "models/reference/weights.h"

namespace hod::models {

// Tensors over a batch of B positions with V voxels each.
struct ReferencePrediction {
  at::Tensor policy;  // [B, 28, V] logits per action channel and voxel.
  at::Tensor human;   // [B, 28, V]; undefined in a network that does not predict others.
  at::Tensor goal;    // [B, 10, V] logits.
  at::Tensor value;   // [B]
};

// A layer of the backbone. `x` and the result are [B, w, h, d, hidden_size].
class ReferenceLayerForward {
 public:
  virtual ~ReferenceLayerForward() = default;
  // `memory` are the network's tensors of memory, from the first that no earlier layer has used; a
  // layer with memory replaces its own by those after this timestep and moves on behind them.
  virtual at::Tensor operator()(const at::Tensor& x, at::Tensor*& memory) const = 0;
};

class ReferenceForward {
 public:
  explicit ReferenceForward(const ReferenceWeights& weights);

  // `features` is [B, w, h, d, C] as by ObservationEncoder. `memory` holds h and c of every LSTM,
  // each [B, w, h, d, hidden_size]: before this timestep, and then after it.
  ReferencePrediction operator()(const at::Tensor& features, std::vector<at::Tensor>& memory) const;

 private:
  struct Linear {
    at::Tensor weight, bias;
  };
  struct Head {
    Linear hidden, output;
    at::Tensor operator()(const at::Tensor& x) const;
  };

  Linear input_;  // Undefined in transformers.
  std::vector<std::unique_ptr<ReferenceLayerForward>> layers_;
  Head policy_, human_, goal_, value_;
  double value_scale_;
};

}  // namespace hod::models
