// Examples as the tensors of one training pass. Only for the .cc files of models/.
#pragma once

#include <ATen/core/Tensor.h>

#include "absl/types/span.h"
#include "models/torch/forward.h"
#include "models/training/example.h"

namespace hod::models {

// Distributions over the flat actions of a batch, as a list of their entries.
struct SparseDistributions {
  at::Tensor entries;        // [K] indices into [B, num_actions], flattened.
  at::Tensor probabilities;  // [K]
  at::Tensor present;        // [B] 1 for examples that have a distribution, else 0.
  int64_t count = 0;         // How many have.
  double entropy = 0;        // Summed over the examples, in nats.
};

// What the losses compare predictions with.
struct Targets {
  at::Tensor current;  // [B, w, h, d] current blocks.
  at::Tensor goal;     // [B, w, h, d] blocks, as int64.
  at::Tensor value;    // [B]
  // Valid actions, as indices into [B, num_actions], flattened.
  at::Tensor valid_actions;  // The player's.
  at::Tensor human_actions;  // The other player's.
  SparseDistributions search_policy;
  SparseDistributions human_policy;
};

// All require that the examples pass CheckExamples(), and give tensors in the processor's memory.
// Features are encoded by `threads` threads, for which CheckThreads() is OK.
Inputs MakeInputs(absl::Span<const Example> examples, const NetworkConfig& config, int threads = 1);
Targets MakeTargets(absl::Span<const Example> examples);
// Targets::goal alone.
at::Tensor MakeGoals(absl::Span<const Example> examples);

// On a device; the same where they are already there.
Inputs MoveTo(at::Device device, const Inputs& inputs);
Targets MoveTo(at::Device device, const Targets& targets);

}  // namespace hod::models
