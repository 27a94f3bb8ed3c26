#include "models/backends/kernel_check.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "env/base/random.h"
#include "models/backends/cpu_backend.h"

namespace hod::models {
namespace {

// A share of the largest logit, several times what was seen.
double Limit(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return 1e-4;
    case Precision::kBfloat16:
      return 0.05;
    case Precision::kInt8:
      return 0.2;
  }
  return 0;
}

// The logits of a random position.
std::vector<float> Predict(const Network& network, const Kernels& kernels) {
  const std::unique_ptr<Backend> backend = MakeCpuBackend(network, kernels);
  const std::unique_ptr<Workspace> workspace = backend->MakeWorkspace(env::WorldSize());
  Rng rng(2);
  for (const absl::Span<float> features : {workspace->planes, workspace->globals}) {
    for (float& x : features) x = rng.Chance(0.3) ? static_cast<float>(rng.Uniform()) : 0;
  }
  workspace->Run(1);
  return {workspace->logits.begin(), workspace->logits.end()};
}

}  // namespace

std::vector<const Kernels*> RightKernels(const NetworkConfig& config,
                                         absl::Span<const Kernels* const> candidates) {
  NetworkConfig checked = config;
  checked.blocks = std::min(config.blocks, 1);  // More are more of the same.
  const Network network = RandomNetwork(checked, Rng(1));
  const std::vector<float> expected = Predict(network, BaselineKernels(Precision::kFloat32));
  float largest = 0;
  for (const float logit : expected) largest = std::max(largest, std::abs(logit));
  std::vector<const Kernels*> right;
  for (const Kernels* kernels : candidates) {
    const std::vector<float> logits = Predict(network, *kernels);
    const double limit = Limit(kernels->precision) * largest;
    size_t i = 0;
    while (i < logits.size() && std::abs(logits[i] - expected[i]) <= limit) ++i;
    if (i == logits.size()) {
      right.push_back(kernels);
    } else {
      spdlog::warn("kernels not used, as they compute {} where {} is right: {}", logits[i],
                   expected[i], FullName(*kernels));
    }
  }
  return right;
}

}  // namespace hod::models
