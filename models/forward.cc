#include "models/forward.h"

#include <ATen/ATen.h>

#include "models/features.h"

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
  for (int i = 0; i < config.blocks; ++i) {
    Block block;
    block.horizontal = layer();
    block.vertical = layer();
    block.pooled = tensor();
    blocks_.push_back(block);
  }
  const Layer policy = layer(), human = layer(), goal = layer();
  heads_ = {at::cat({policy.weight, human.weight, goal.weight}),
            at::cat({policy.bias, human.bias, goal.bias})};
  goal_skip_ = tensor();
  value_hidden_ = layer();
  value_ = layer();
}

Prediction ForwardPass::operator()(const Tensor& features) const {
  const auto convolve = [](const Tensor& x, const Layer& layer, at::IntArrayRef padding) {
    return at::conv3d(x, layer.weight, layer.bias, /*stride=*/1, padding);
  };
  const Tensor input = features.to(stem_.weight.scalar_type());
  Tensor x = convolve(input, stem_, {0, 0, 0}).relu_();
  for (const Block& block : blocks_) {
    const Tensor bias = at::linear(Pool(x), block.pooled);
    Tensor branch = convolve(x, block.horizontal, {1, 0, 1});
    branch = branch.add_(bias.view({bias.size(0), bias.size(1), 1, 1, 1})).relu_();
    branch = convolve(branch, block.vertical, {0, 1, 0});
    x = branch.add_(x).relu_();
  }
  const Tensor logits = convolve(x, heads_, {0, 0, 0}).to(at::kFloat);
  const Tensor evidence = input.narrow(1, 0, kNumGoalPlanes);
  const Tensor hidden = at::linear(Pool(x), value_hidden_.weight, value_hidden_.bias).relu_();
  constexpr int kActions = env::kNumActionChannels;
  return {logits.narrow(1, 0, kActions), logits.narrow(1, kActions, kActions),
          logits.narrow(1, 2 * kActions, env::kNumBlocks) +
              at::conv3d(evidence, goal_skip_).to(at::kFloat),
          at::linear(hidden, value_.weight, value_.bias).flatten().to(at::kFloat)};
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
