#include "models/network/network.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "env/game/actions.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

// Initial logit by which the goal head favours the current block, as most voxels are already right,
// and by which it disfavours what the human has removed.
constexpr float kInitialGoalSkip = 4.0f;
// Standard deviation of the weights of globals in the stem: a handful of globals are 1.
constexpr double kGlobalsStd = 0.2;
constexpr char kGoalSkipName[] = "goal_skip.weight";

}  // namespace

const char* Name(BlockKind kind) {
  switch (kind) {
    case BlockKind::kFactorised:
      return "factorised";
    case BlockKind::kDense:
      return "dense";
  }
  return "";
}

std::optional<BlockKind> BlockKindNamed(absl::string_view name) {
  for (const BlockKind kind : {BlockKind::kFactorised, BlockKind::kDense}) {
    if (name == Name(kind)) return kind;
  }
  return std::nullopt;
}

std::array<BlockConvolution, 2> BlockConvolutions(BlockKind kind) {
  if (kind == BlockKind::kDense) return {{{"first", {3, 3, 3}}, {"second", {3, 3, 3}}}};
  return {{{"horizontal", {3, 1, 3}}, {"vertical", {1, 3, 1}}}};
}

absl::Status Validate(const NetworkConfig& config) {
  if (config.channels < 1 || config.channels > kMaxChannels) {
    return absl::InvalidArgumentError(absl::StrCat("channels of the network are ", config.channels,
                                                   ", expected 1 to ", kMaxChannels));
  }
  if (config.blocks < 0 || config.blocks > kMaxBlocks) {
    return absl::InvalidArgumentError(
        absl::StrCat("blocks of the network are ", config.blocks, ", expected 0 to ", kMaxBlocks));
  }
  return absl::OkStatus();
}

std::string ShapeOf(const NetworkConfig& config) {
  return absl::StrCat(config.channels, "x", config.blocks, " ", Name(config.block));
}

int64_t ParameterSpec::Size() const {
  int64_t size = 1;
  for (const int64_t extent : shape) size *= extent;
  return size;
}

std::vector<ParameterSpec> ParameterLayout(const NetworkConfig& config) {
  const int64_t c = config.channels;
  std::vector<ParameterSpec> layout;
  // A weight with `gain` times the variance that keeps the scale of activations through a ReLU, and
  // its bias. The fan-in is the product of all extents but the first.
  const auto add = [&](const std::string& name, std::vector<int64_t> shape, double gain) {
    const int64_t outputs = shape.front();
    double fan_in = 1;
    for (size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
    layout.push_back({absl::StrCat(name, ".weight"), std::move(shape), std::sqrt(gain / fan_in)});
    layout.push_back({absl::StrCat(name, ".bias"), {outputs}, 0.0});
  };
  const int64_t planes = NumPlanes(config), globals = NumGlobals(config), hidden = 2 * c;
  add("stem", {c, planes, 1, 1, 1}, 2.0);
  layout.push_back({"stem_globals.weight", {c, globals}, kGlobalsStd});
  const auto [first, second] = BlockConvolutions(config.block);
  const auto weight_of = [&](const BlockConvolution& convolution) {
    const auto& [x, y, z] = convolution.extents;
    return std::vector<int64_t>{c, c, x, y, z};
  };
  for (int i = 0; i < config.blocks; ++i) {
    const std::string block = absl::StrCat("blocks.", i, ".");
    add(block + first.name, weight_of(first), 2.0);
    add(block + second.name, weight_of(second), 0.0);
    // Small: the pooled bias is the same everywhere and would drown what is local.
    layout.push_back(
        {block + "pooled.weight", {c, 2 * c}, std::sqrt(0.1 / static_cast<double>(c))});
  }
  add("summary", {c, 2 * c + globals}, 2.0);
  add("hidden", {hidden, c + planes, 1, 1, 1}, 2.0);
  add("policy", {env::kNumActionChannels, hidden, 1, 1, 1}, 0.1);
  add("human", {env::kNumActionChannels, hidden, 1, 1, 1}, 0.1);
  add("goal", {env::kNumBlocks, hidden, 1, 1, 1}, 0.1);
  layout.push_back({"channel_bias.weight", {2 * env::kNumActionChannels, c}, 0.0});
  layout.push_back({kGoalSkipName, {env::kNumBlocks, kNumGoalPlanes, 1, 1, 1}, 0.0});
  add("value", {1, c}, 0.1);
  return layout;
}

int64_t NumParameters(const NetworkConfig& config) {
  int64_t size = 0;
  for (const ParameterSpec& spec : ParameterLayout(config)) size += spec.Size();
  return size;
}

Network InitialNetwork(const NetworkConfig& config, Rng rng) {
  Network network{config, {}};
  network.parameters.reserve(NumParameters(config));
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    const size_t begin = network.parameters.size();
    for (int64_t i = 0; i < spec.Size(); ++i) {
      network.parameters.push_back(
          spec.initial_std > 0 ? static_cast<float>(rng.Normal() * spec.initial_std) : 0.0f);
    }
    if (spec.name != kGoalSkipName) continue;
    for (int block = 0; block < env::kNumBlocks; ++block) {
      float* const row = &network.parameters[begin + block * kNumGoalPlanes];
      row[kBlockPlane + block] = kInitialGoalSkip;
      row[kRejectedPlane + block] = -kInitialGoalSkip;
    }
  }
  return network;
}

Network RandomNetwork(const NetworkConfig& config, Rng rng) {
  Network network = InitialNetwork(config, rng.Fork(0));
  float* at = network.parameters.data();
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    const double inputs = static_cast<double>(spec.Size()) / static_cast<double>(spec.shape[0]);
    const double scale = spec.shape.size() == 1 ? 0.1
                         : spec.initial_std > 0 ? 0
                                                : 1 / std::sqrt(inputs);
    for (int64_t i = 0; i < spec.Size(); ++i) *at++ += static_cast<float>(scale * rng.Normal());
  }
  return network;
}

}  // namespace hod::models
