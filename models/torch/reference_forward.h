// A network of the reference as a computation in libtorch. Only for the .cc files of this folder.
//
// Several timesteps may be computed in one pass: batches then hold all sequences' first timesteps,
// then all their second ones, and so on. Layers without memory do not mind.
#pragma once

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/reference/weights.h"

namespace hod::models {

// The tensors of ReferenceLayout() by name, in its shapes.
using ReferenceTensors = std::map<std::string, at::Tensor>;
ReferenceTensors TensorsOf(const ReferenceWeights& weights);

// In training, batch normalisation uses the statistics of the batch and moves the stored ones in
// place; gradients flow back into all other tensors. Networks with attention only infer.
enum class ReferenceMode { kInference, kTraining };

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
  // layer with memory replaces its own by those after the last timestep and moves on behind them.
  virtual at::Tensor operator()(const at::Tensor& x, at::Tensor*& memory) const = 0;
};

class ReferenceForward {
 public:
  // Requires a network without attention for kTraining.
  ReferenceForward(const ReferenceConfig& config, const ReferenceTensors& tensors,
                   ReferenceMode mode);

  // `features` is [B, w, h, d, C] as by ObservationEncoder, of one or more timesteps of S
  // sequences. `memory` holds h and c of every LSTM, each [S, w, h, d, hidden_size]: before the
  // first timestep, and then after the last.
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
