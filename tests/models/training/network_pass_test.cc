// Gradients by every kind of kernel, and against differences.
#include "models/training/network_pass.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "models/training/example_losses.h"
#include "tests/support/catch.h"
#include "tests/support/models/test_positions.h"

namespace hod::models {
namespace {

// Random, without tensors of zeros.
std::vector<float> BusyParameters(const NetworkConfig& config) {
  Network network = InitialNetwork(config, Rng(1));
  Rng rng(2);
  for (float& p : network.parameters) p += static_cast<float>(0.05 * rng.Normal());
  return network.parameters;
}

constexpr LossScales kScales = {.policy = 1, .value = 0.5, .goal = 2, .human = 0.25};

double Total(const LossTotals& e) {
  return kScales.policy * e.policy + kScales.value * e.value + kScales.goal * e.goal +
         kScales.human * e.human;
}

std::vector<float> GradientOf(const Example& example, const NetworkConfig& config,
                              const std::vector<float>& parameters, const Kernels& kernels,
                              double dropout) {
  PackedNetwork network(config, kernels);
  network.Pack(parameters);
  NetworkPass pass(config, example.position.game->size(), kernels);
  NetworkGradient packed(network.layers());
  pass.See(PositionOf(example));
  pass.Forward(network, dropout, Rng(3));
  LossesAndGradient(example, kScales, /*published=*/nullptr, pass);
  pass.Backward(network, packed);
  std::vector<float> gradient(parameters.size());
  packed.AddTo(absl::MakeSpan(gradient));
  return gradient;
}

TEST_CASE("Every kind of kernel computes the same gradient") {
  for (const NetworkConfig& config :
       {NetworkConfig{.channels = 32, .blocks = 2}, NetworkConfig{.channels = 7, .blocks = 1},
        NetworkConfig{.channels = 48, .blocks = 1, .goal_visible = true},
        NetworkConfig{.channels = 32, .blocks = 2, .block = BlockKind::kDense},
        NetworkConfig{.channels = 7, .blocks = 1, .block = BlockKind::kDense}}) {
    const ExampleSet set({5, 9, 6}, 1, 3);
    const std::vector<float> parameters = BusyParameters(config);
    const std::vector<float> expected =
        GradientOf(set.examples[0], config, parameters, FastestKernels(Precision::kFloat32), 0);
    const bool fastest_has_vectors =
        absl::StartsWith(FastestKernels(Precision::kFloat32).name, "AVX");
    double size = 0;
    for (const float g : expected) size += g * g;
    for (const Kernels* kernels : RunnableKernels()) {
      if (kernels->precision != Precision::kFloat32) continue;
      const auto gradient = GradientOf(set.examples[0], config, parameters, *kernels, 0);
      double error = 0;
      for (size_t i = 0; i < gradient.size(); ++i) error += std::pow(gradient[i] - expected[i], 2);
      INFO(kernels->name << ", " << ShapeOf(config));
      CHECK(std::sqrt(error) < 1e-5 * std::sqrt(size));
      // Which of these is the fastest is measured, and must not decide what is learnt.
      if (absl::StartsWith(kernels->name, "AVX")) CHECK((error == 0 || !fastest_has_vectors));
    }
  }
}

// |a - b| / |b|: of the whole gradient, and the largest among those of its tensors.
struct RelativeErrors {
  RelativeErrors(const NetworkConfig& config, const std::vector<float>& a,
                 const std::vector<float>& b) {
    double all_error = 0, all_size = 0;
    size_t at = 0;
    for (const ParameterSpec& spec : ParameterLayout(config)) {
      double error = 0, size = 0;
      for (const size_t end = at + spec.Size(); at < end; ++at) {
        error += std::pow(static_cast<double>(a[at]) - b[at], 2);
        size += std::pow(static_cast<double>(b[at]), 2);
      }
      largest = std::max(largest, std::sqrt(error / size));
      all_error += error;
      all_size += size;
    }
    whole = std::sqrt(all_error / all_size);
  }
  double whole, largest = 0;
};

TEST_CASE("In bfloat16 the gradient is nearly that of float32, by every kind of kernel") {
  const double dropout = GENERATE(0.0, 0.3);
  for (const NetworkConfig& config :
       {NetworkConfig{.channels = 32, .blocks = 2}, NetworkConfig{.channels = 7, .blocks = 1},
        NetworkConfig{.channels = 48, .blocks = 1, .goal_visible = true},
        NetworkConfig{.channels = 16, .blocks = 4},
        NetworkConfig{.channels = 20, .blocks = 2, .block = BlockKind::kDense}}) {
    const ExampleSet set({5, 9, 7}, 1, 3);  // An odd number of voxels, which are summed in pairs.
    const std::vector<float> parameters = BusyParameters(config);
    const auto gradient = [&](const Kernels& kernels) {
      return GradientOf(set.examples[0], config, parameters, kernels, dropout);
    };
    const std::vector<float> exact = gradient(FastestKernels(Precision::kFloat32));
    const std::vector<float> rounded = gradient(BaselineKernels(Precision::kBfloat16));
    for (const Kernels* kernels : RunnableKernels()) {
      if (kernels->precision != Precision::kBfloat16) continue;
      INFO(kernels->name << ", " << ShapeOf(config));
      const std::vector<float> computed = gradient(*kernels);
      // Rounding decides, too, which voxels share a maximum and where a ReLU lets through, and that
      // is more than rounding itself.
      const RelativeErrors of_precision(config, computed, exact);
      CHECK(of_precision.whole < 0.06);
      CHECK(of_precision.largest < 0.2);
      CHECK(RelativeErrors(config, computed, rounded).largest < 0.015);
    }
  }
}

TEST_CASE("With dropout, the gradient is that of the loss with what was left out") {
  const BlockKind block = GENERATE(BlockKind::kFactorised, BlockKind::kDense);
  const NetworkConfig config = {.channels = 16, .blocks = 1, .block = block};
  const ExampleSet set({5, 5, 5}, 1, 3);
  const Example& example = set.examples[0];
  const std::vector<float> parameters = BusyParameters(config);
  const Kernels& kernels = FastestKernels(Precision::kFloat32);
  const auto loss = [&](const std::vector<float>& at) {
    PackedNetwork network(config, kernels);
    network.Pack(at);
    NetworkPass pass(config, example.position.game->size(), kernels);
    pass.See(PositionOf(example));
    pass.Forward(network, 0.3, Rng(3));
    return Total(LossesOf(example, pass));
  };
  const std::vector<float> gradient = GradientOf(example, config, parameters, kernels, 0.3);
  // Along random directions, by central differences.
  Rng rng(4);
  for (int trial = 0; trial < 5; ++trial) {
    std::vector<float> forward = parameters, back = parameters;
    double slope = 0;
    for (size_t i = 0; i < parameters.size(); ++i) {
      const auto step = static_cast<float>(1e-4 * rng.Normal());
      forward[i] += step;
      back[i] -= step;
      slope += static_cast<double>(forward[i] - back[i]) * gradient[i];
    }
    CHECK(loss(forward) - loss(back) == Approx(slope).epsilon(0.03).margin(1e-5));
  }
}

}  // namespace
}  // namespace hod::models
