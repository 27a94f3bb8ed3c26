#include "models/backends/kernel_check.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "env/base/random.h"
#include "models/backends/aligned.h"
#include "models/backends/convolution_plan.h"
#include "models/backends/cpu_backend.h"

namespace hod::models {
namespace {

// A share of the largest number, several times what was seen.
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
  return AllLogits(*workspace, 0, env::WorldSize());
}

// The gradient of the weights of a convolution of 3x1x3, of random numbers that bfloat16 has.
std::vector<float> WeightGradientOf(int channels, const Kernels& kernels) {
  const ConvolutionPlan plan(env::WorldSize(), {3, 1, 3});
  const int row = RoundUp(channels, kBlock);
  Rng rng(3);
  const auto rows = [&] {
    Aligned<float> floats(size_t{1} * plan.volume * row), rounded(floats.size());
    for (float& x : floats) x = static_cast<float>(rng.Between(-128, 128));
    if (kernels.round == nullptr) return floats;
    kernels.round(floats.data(), static_cast<int>(floats.size()), rounded.data());
    return rounded;
  };
  const Aligned<float> input = rows(), gradient = rows();
  std::vector<float> weights(size_t{1} * row * plan.kernel_size * channels);
  kernels.add_weight_gradient({.input = input.data(),
                               .input_row = row,
                               .channels = channels,
                               .gradient = gradient.data(),
                               .weights = weights.data(),
                               .blocks = row / kBlock,
                               .kernel_size = plan.kernel_size,
                               .taps = plan.taps.data(),
                               .runs = plan.runs.data(),
                               .num_runs = static_cast<int>(plan.runs.size())});
  return weights;
}

// What kernels compute that is checked.
struct Computed {
  Computed(const Network& network, const Kernels& kernels) : logits(Predict(network, kernels)) {
    if (kernels.add_weight_gradient == nullptr) return;
    weight_gradient = WeightGradientOf(network.config.channels, kernels);
  }
  std::vector<float> logits, weight_gradient;
};

// What the numbers of each kind are called.
constexpr std::pair<const char*, std::vector<float> Computed::*> kChecked[] = {
    {"logit", &Computed::logits}, {"gradient", &Computed::weight_gradient}};

}  // namespace

std::vector<const Kernels*> RightKernels(const NetworkConfig& config,
                                         absl::Span<const Kernels* const> candidates) {
  NetworkConfig checked = config;
  checked.blocks = std::min(config.blocks, 1);  // More are more of the same.
  const Network network = RandomNetwork(checked, Rng(1));
  const Computed expected(network, BaselineKernels(Precision::kFloat32));
  const auto is_right = [&](const Kernels& kernels) {
    const Computed computed(network, kernels);
    for (const auto& [name, numbers] : kChecked) {
      float largest = 0;
      for (const float x : expected.*numbers) largest = std::max(largest, std::abs(x));
      const double limit = Limit(kernels.precision) * largest;
      for (size_t i = 0; i < (computed.*numbers).size(); ++i) {
        const float is = (computed.*numbers)[i], right = (expected.*numbers)[i];
        if (std::abs(is - right) <= limit) continue;
        spdlog::warn("kernels not used, as they compute a {} of {} where {} is right: {}", name, is,
                     right, FullName(kernels));
        return false;
      }
    }
    return true;
  };
  std::vector<const Kernels*> right;
  for (const Kernels* kernels : candidates) {
    if (is_right(*kernels)) right.push_back(kernels);
  }
  return right;
}

}  // namespace hod::models
