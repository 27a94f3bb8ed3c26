#include "models/torch/forward.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "models/network/features.h"

namespace hod::models {
namespace {

using at::Tensor;
using env::ActionType;

// [B, C, w, h, d] -> [B, 2C]: mean and maximum of every channel.
Tensor Pool(const Tensor& x) {
  const Tensor voxels = x.flatten(2);
  return at::cat({voxels.mean(2), voxels.amax(2)}, 1);
}

}  // namespace

Tensor ParametersOn(const Network& network, at::Device device, Precision precision) {
  const c10::InferenceMode inference;
  return at::tensor(network.parameters).to(ScalarTypeOf(precision)).to(device);
}

ForwardPass::ForwardPass(const NetworkConfig& config, const Tensor& parameters) {
  const std::vector<ParameterSpec> layout = ParameterLayout(config);
  std::vector<int64_t> sizes;
  for (const ParameterSpec& spec : layout) sizes.push_back(spec.Size());
  // One split instead of many slices: its gradient is one concatenation.
  const std::vector<Tensor> pieces = parameters.split_with_sizes(sizes);
  size_t next = 0;
  const auto tensor = [&] {
    const size_t i = next++;
    return pieces[i].view(layout[i].shape);
  };
  const auto layer = [&] {
    const Tensor weight = tensor();
    return Layer{weight, tensor()};
  };
  stem_ = layer();
  stem_globals_ = tensor();
  for (int i = 0; i < config.blocks; ++i) {
    Block block;
    block.first = layer();
    block.second = layer();
    block.pooled = tensor();
    blocks_.push_back(block);
  }
  summary_ = layer();
  hidden_ = layer();
  const Layer policy = layer(), human = layer(), goal = layer();
  heads_ = {at::cat({policy.weight, human.weight, goal.weight}),
            at::cat({policy.bias, human.bias, goal.bias})};
  channel_bias_ = tensor();
  goal_skip_ = tensor();
  value_ = layer();
}

Prediction ForwardPass::operator()(const Inputs& inputs, double dropout,
                                   const at::Generator& generator) const {
  const auto convolve = [](const Tensor& x, const Layer& layer) {
    const at::IntArrayRef shape = layer.weight.sizes();
    return at::conv3d(x, layer.weight, layer.bias, /*stride=*/1,
                      {shape[2] / 2, shape[3] / 2, shape[4] / 2});
  };
  // One number a channel, for all voxels.
  const auto everywhere = [](const Tensor& x) { return x.view({x.size(0), x.size(1), 1, 1, 1}); };
  const auto drop = [&](const Tensor& x) {
    if (dropout <= 0) return x;
    // Drawn on the processor: on every device the same.
    const Tensor kept = at::empty(x.sizes()).bernoulli_(1 - dropout, c10::make_optional(generator));
    return x * (kept / (1 - dropout)).to(x.options());
  };
  const at::ScalarType type = stem_.weight.scalar_type();
  const Tensor planes = inputs.planes.to(type), globals = inputs.globals.to(type);
  Tensor x = convolve(planes, stem_);
  x = x.add_(everywhere(at::linear(globals, stem_globals_))).relu_();
  for (const Block& block : blocks_) {
    const Tensor bias = at::linear(Pool(x), block.pooled);
    Tensor branch = convolve(x, block.first);
    branch = branch.add_(everywhere(bias)).relu_();
    branch = convolve(branch, block.second);
    x = branch.add_(x).relu_();
  }
  const Tensor summary =
      at::linear(at::cat({Pool(x), globals}, 1), summary_.weight, summary_.bias).relu_();
  const Tensor hidden = convolve(drop(at::cat({x, planes}, 1)), hidden_).relu_();
  const Tensor logits = convolve(drop(hidden), heads_).to(at::kFloat);
  const Tensor evidence = planes.narrow(1, 0, kNumGoalPlanes);
  constexpr int kActions = env::kNumActionChannels;
  const Tensor channels = logits.narrow(1, 0, 2 * kActions) +
                          everywhere(at::linear(summary, channel_bias_)).to(at::kFloat);
  return {channels.narrow(1, 0, kActions), channels.narrow(1, kActions, kActions),
          logits.narrow(1, 2 * kActions, env::kNumBlocks) +
              at::conv3d(evidence, goal_skip_).to(at::kFloat),
          at::linear(summary, value_.weight, value_.bias).flatten().to(at::kFloat)};
}

Tensor FlatLogits(const Tensor& channels, const env::ActionSpace& actions) {
  // Channels: noop, place of each block, break, six moves, give of each block (env/game/actions.h).
  constexpr int kPlace = 1, kMoves = kPlace + env::kNumBlocks + 1, kGive = kMoves + 6;
  std::vector<Tensor> pieces = {
      channels.narrow(1, 0, 1).flatten(2).logsumexp(2),
      channels.narrow(1, kPlace, env::kNumBlocks + 1).flatten(1),  // Place and break.
  };
  if (actions.Has(ActionType::kMovePosX)) {
    pieces.push_back(channels.narrow(1, kMoves, 6).flatten(2).logsumexp(2));
  }
  if (actions.Has(ActionType::kGive)) {
    pieces.push_back(channels.narrow(1, kGive, env::kNumBlocks).flatten(1));
  }
  return at::cat(pieces, 1);
}

}  // namespace hod::models
