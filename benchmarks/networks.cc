#include "benchmarks/networks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/game/action_mask.h"
#include "models/backends/convolution_plan.h"
#include "models/backends/measured_kernels.h"
#include "models/network/features.h"
#include "models/reference/config.h"

namespace hod::benchmarks {
namespace {

using models::ReferenceLayer;

constexpr int kPlayer = 1;
constexpr int kStepsApart = 4;

models::ReferenceConfig PaperConfig() {
  using Kind = ReferenceLayer::Kind;
  const ReferenceLayer first = {Kind::kResidual, 1}, residual = {Kind::kResidual, 5},
                       lstm = {Kind::kLstm};
  models::ReferenceConfig config;  // The defaults are the paper's.
  config.layers = {first, residual, residual, lstm, residual, residual, residual, lstm};
  return config;
}

// Inputs of an output: all extents but the first.
double FanIn(const std::vector<int64_t>& shape) {
  double fan_in = 1;
  for (size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
  return fan_in;
}

// The cost of a tensor of weights that every voxel is multiplied with.
Cost PerVoxel(const std::vector<int64_t>& shape, const env::WorldSize& world) {
  const double matrix = 2.0 * static_cast<double>(shape[0] * shape[1]);
  if (shape.size() == 2) return {matrix * world.Volume(), matrix * world.Volume()};
  const std::array<int, 3> extents = {static_cast<int>(shape[2]), static_cast<int>(shape[3]),
                                      static_cast<int>(shape[4])};
  const models::ConvolutionPlan plan(world, extents);
  return {matrix * extents[0] * extents[1] * extents[2] * world.Volume(),
          matrix * static_cast<double>(plan.Products())};
}

}  // namespace

models::ReferenceWeights RandomPaperNetwork(uint64_t seed) {
  Rng rng(seed);
  models::ReferenceWeights weights{PaperConfig(), {}};
  for (const models::ReferenceTensor& spec : models::ReferenceLayout(weights.config)) {
    std::vector<float>& tensor = weights.tensors[spec.name];
    const bool one = absl::EndsWith(spec.name, "variance") || absl::StrContains(spec.name, "norm");
    const double scale = spec.shape.size() == 1 ? 0.1 : 1 / std::sqrt(FanIn(spec.shape));
    for (int64_t i = 0; i < spec.Size(); ++i) {
      tensor.push_back(one ? 1.0f : static_cast<float>(scale * rng.Normal()));
    }
  }
  return weights;
}

Cost CostOf(const models::NetworkConfig& config, const env::WorldSize& world) {
  Cost cost;
  for (const models::ParameterSpec& spec : models::ParameterLayout(config)) {
    if (spec.shape.size() != 5) continue;
    const Cost part = PerVoxel(spec.shape, world);
    cost.nominal += part.nominal;
    cost.needed += part.needed;
  }
  return cost;
}

Cost CostOf(const models::ReferenceConfig& config, const env::WorldSize& world) {
  Cost cost;
  for (const models::ReferenceTensor& spec : models::ReferenceLayout(config)) {
    if (spec.shape.size() == 1 || absl::StrContains(spec.name, "embedding") ||
        absl::StartsWith(spec.name, "value")) {
      continue;
    }
    const Cost part = PerVoxel(spec.shape, world);
    cost.nominal += part.nominal;
    cost.needed += part.needed;
  }
  return cost;
}

Cost LearningCostOf(const models::NetworkConfig& config, const env::WorldSize& world) {
  Cost cost = CostOf(config, world);
  cost.nominal *= 3;
  cost.needed *= 3;
  // The stem, the hidden layer's part that reads planes, and the goal's direct evidence.
  const double of_planes = 2.0 * world.Volume() *
                           (3.0 * config.channels * models::NumPlanes(config) +
                            env::kNumBlocks * models::kNumGoalPlanes);
  cost.nominal -= of_planes;
  cost.needed -= of_planes;
  return cost;
}

std::string DescribeChoice(const models::NetworkConfig& config) {
  constexpr models::Precision kChoices[] = {models::Precision::kFloat32,
                                            models::Precision::kBfloat16};
  const auto rates = models::MeasureKernels(config, models::Candidates(kChoices));
  std::string text =
      absl::StrFormat("network.precision = \"auto\" for %d channels and %d blocks:\n",
                      config.channels, config.blocks);
  for (const models::KernelRate& rate : rates) {
    absl::StrAppendFormat(&text, "  %-24s %5.2f times the fastest%s\n", FullName(*rate.kernels),
                          rate.positions_per_second / rates.front().positions_per_second,
                          &rate == &rates.front() ? ", taken" : "");
  }
  return text;
}

double ProcessorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double PeakRate(const models::Kernels& kernels) {
  constexpr int64_t kSteps = 500000;
  double best = 0;
  for (int i = 0; i < 8; ++i) {
    const double start = ProcessorSeconds();
    const double operations = kernels.multiply_add(kSteps);
    best = std::max(best, operations / (ProcessorSeconds() - start));
  }
  return best;
}

PlayedPositions::PlayedPositions(uint64_t seed, int count)
    : episode_(MakeEpisode(seed, count * kStepsApart)), valid_actions_(count) {
  env::State state = episode_.start;
  for (int t = 0; t < count * kStepsApart; ++t) {
    episode_.game.Step(state, episode_.JointAction(t));
    if (t % kStepsApart == 0) states_.push_back(state);
  }
  for (int i = 0; i < count; ++i) {
    env::ValidActions(episode_.game, states_[i], kPlayer, /*line_of_sight=*/true,
                      valid_actions_[i]);
  }
}

std::vector<mcts::Position> PlayedPositions::Batch(int count) const {
  std::vector<mcts::Position> positions;
  for (size_t i = 0; static_cast<int>(positions.size()) < count; i = (i + 1) % states_.size()) {
    positions.push_back({&episode_.game, &states_[i], kPlayer, valid_actions_[i]});
  }
  return positions;
}

}  // namespace hod::benchmarks
