// Small networks of the reference's architectures with random weights.
#pragma once

#include <cmath>

#include "absl/strings/match.h"
#include "env/base/random.h"
#include "models/reference/weights.h"

namespace hod::models {

// Fits worlds of 5x6x4.
inline ReferenceConfig SmallTransformer() {
  ReferenceConfig config;
  config.embedding_size = 2;
  config.hidden_size = 32;
  config.layers = {{ReferenceLayer::Kind::kAttention},
                   {ReferenceLayer::Kind::kLstm},
                   {ReferenceLayer::Kind::kAttention},
                   {ReferenceLayer::Kind::kAttention}};
  config.num_heads = 4;
  config.position_size = 5;
  config.world_size = {5, 6, 4};
  return config;
}

inline ReferenceConfig SmallConvolutional() {
  ReferenceConfig config;
  config.embedding_size = 3;
  config.hidden_size = 8;
  config.layers = {{ReferenceLayer::Kind::kResidual, 1},
                   {ReferenceLayer::Kind::kResidual, 3},
                   {ReferenceLayer::Kind::kLstm}};
  return config;
}

inline ReferenceWeights RandomWeights(const ReferenceConfig& config, uint64_t seed) {
  Rng rng(seed);
  ReferenceWeights weights{config, {}};
  for (const ReferenceTensor& spec : ReferenceLayout(config)) {
    std::vector<float> values(spec.Size());
    for (float& value : values) {
      value = static_cast<float>(0.3 * rng.Normal());
      if (absl::EndsWith(spec.name, ".variance")) value = 0.5f + std::abs(value);
    }
    weights.tensors.emplace(spec.name, std::move(values));
  }
  return weights;
}

}  // namespace hod::models
