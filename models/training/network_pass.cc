#include "models/training/network_pass.h"

#include <algorithm>

#include "models/network/features.h"

namespace hod::models {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXf;

Eigen::Map<const RowMajor> WeightOf(const MatrixLayer& layer, const PackedNetwork& network) {
  return {network.parameters().data() + layer.weight, layer.rows, layer.columns};
}

Eigen::Map<const Vector> BiasOf(const MatrixLayer& layer, const PackedNetwork& network) {
  return {network.parameters().data() + layer.bias, layer.rows};
}

// Adds the gradient of a matrix that mapped `input`, and of its bias.
void AddMatrixGradient(const MatrixLayer& layer, const Vector& input, const Vector& output_gradient,
                       NetworkGradient& gradient) {
  Eigen::Map<RowMajor>(gradient.flat() + layer.weight, layer.rows, layer.columns).noalias() +=
      output_gradient * input.transpose();
  if (layer.bias < 0) return;
  Eigen::Map<Vector>(gradient.flat() + layer.bias, layer.rows) += output_gradient;
}

void Multiply(const Aligned<float>& mask, Aligned<float>& values) {
  for (size_t i = 0; i < values.size(); ++i) values[i] *= mask[i];
}

Aligned<float> RandomMask(size_t size, double dropout, Rng& rng) {
  Aligned<float> mask(size);
  const auto kept = static_cast<float>(1 / (1 - dropout));
  for (float& value : mask) value = rng.Chance(dropout) ? 0.0f : kept;
  return mask;
}

}  // namespace

NetworkPass::NetworkPass(const NetworkConfig& config, const env::WorldSize& size,
                         const Kernels& kernels)
    : config_(config),
      kernels_(kernels),
      volume_(size.Volume()),
      channels_(config.channels),
      row_(RoundUp(config.channels, kBlock)),
      hidden_row_(RoundUp(2 * config.channels, kBlock)) {
  for (const ConvolutionLayer& layer : NetworkLayers(config).convolutions) {
    plans_.try_emplace(layer.extents, size, layer.extents);
  }
  const auto rows = [&](int channels) {
    return Aligned<float>(static_cast<size_t>(channels) * volume_);
  };
  planes_ = rows(NumPlanes(config));
  globals_ = Vector::Zero(NumGlobals(config));
  x_.assign(config.blocks + 1, rows(row_));
  branches_.assign(config.blocks, rows(row_));
  pooled_.assign(config.blocks + 1, Vector::Zero(2 * row_));
  hidden_ = rows(hidden_row_);
  actions_ = rows(kActionRow);
  goal_ = rows(kGoalRow);
  goal_planes_ = rows(kGoalRow);
  action_gradient_ = rows(kActionRow);
  goal_gradient_ = rows(kGoalRow);
  goal_gradient_planes_ = rows(env::kNumBlocks);
  hidden_gradient_ = rows(hidden_row_);
  x_gradient_ = rows(row_);
  branch_gradient_ = rows(row_);
  pool_scratch_ = Vector::Zero(2 * std::max({row_, hidden_row_, kActionRow}));
}

void NetworkPass::See(const mcts::Position& position) {
  EncodeFeatures(config_, position, absl::MakeSpan(planes_),
                 {globals_.data(), static_cast<size_t>(globals_.size())});
}

Convolution NetworkPass::Layer(const PackedNetwork& network, int index) const {
  const ConvolutionLayer& layer = network.layers().convolutions[index];
  Convolution c = plans_.at(layer.extents).Make(layer.units(), layer.blocks(), layer.reads_planes);
  c.weights = network.forward(index);
  c.bias = network.bias(index);
  return c;
}

void NetworkPass::Convolve(const PackedNetwork& network, int layer, const float* input,
                           const Vector* added_bias, const float* add, bool relu,
                           float* output) const {
  Convolution c = Layer(network, layer);
  Vector bias;
  if (added_bias != nullptr) {
    bias = Eigen::Map<const Vector>(c.bias, c.blocks * kBlock);
    bias.head(added_bias->size()) += *added_bias;
    c.bias = bias.data();
  }
  c.input = input;
  c.add = add;
  c.relu = relu;
  c.output = output;
  kernels_.convolve(c);
}

void NetworkPass::ConvolveBack(const PackedNetwork& network, int index, const float* gradient,
                               const Vector& bias, const float* add, const float* gate,
                               float* output) const {
  const ConvolutionLayer& layer = network.layers().convolutions[index];
  Convolution c =
      plans_.at(layer.extents)
          .Make(layer.blocks() * kBlock, layer.units() / kBlock, /*reads_planes=*/false);
  c.weights = network.backward(index);
  Vector padded = Vector::Zero(c.blocks * kBlock);
  padded.head(bias.size()) = bias;
  c.bias = padded.data();
  c.input = gradient;
  c.add = add;
  c.gate = gate;
  c.output = output;
  kernels_.convolve(c);
}

Vector NetworkPass::AddGradient(const PackedNetwork& network, int index, const float* input,
                                const float* rows, NetworkGradient& gradient) {
  const ConvolutionLayer& layer = network.layers().convolutions[index];
  const Convolution c = Layer(network, index);
  kernels_.add_weight_gradient({.input = input,
                                .voxel_stride = c.voxel_stride,
                                .channel_stride = c.unit_stride,
                                .channels = c.units,
                                .gradient = rows,
                                .weights = gradient.weights(index),
                                .blocks = c.blocks,
                                .kernel_size = c.kernel_size,
                                .taps = c.taps,
                                .runs = c.runs,
                                .num_runs = c.num_runs});
  if (layer.parts.front().bias < 0) return {};
  const int padded = c.blocks * kBlock;
  kernels_.pool(rows, volume_, padded, pool_scratch_.data());
  Vector sums = pool_scratch_.head(layer.outputs) * static_cast<float>(volume_);
  int output = 0;
  for (const ConvolutionLayer::Part& part : layer.parts) {
    Eigen::Map<Vector>(gradient.flat() + part.bias, part.outputs) +=
        sums.segment(output, part.outputs);
    output += part.outputs;
  }
  return sums;
}

Vector NetworkPass::Pool(int index) {
  kernels_.pool(x_[index].data(), volume_, row_, pooled_[index].data());
  return Pooled(index);
}

Vector NetworkPass::Pooled(int index) const {
  Vector result(2 * channels_);
  result << pooled_[index].head(channels_), pooled_[index].segment(row_, channels_);
  return result;
}

void NetworkPass::Forward(const PackedNetwork& network, double dropout, Rng rng) {
  const NetworkLayers& layers = network.layers();
  const Vector stem_bias = WeightOf(layers.stem_globals, network) * globals_;
  Convolve(network, layers.stem, planes_.data(), &stem_bias, nullptr, /*relu=*/true, x_[0].data());
  for (size_t i = 0; i < branches_.size(); ++i) {
    const NetworkLayers::Block& block = layers.blocks[i];
    const Vector bias = WeightOf(block.pooled, network) * Pool(static_cast<int>(i));
    Convolve(network, block.first, x_[i].data(), &bias, nullptr, true, branches_[i].data());
    Convolve(network, block.second, branches_[i].data(), nullptr, x_[i].data(), true,
             x_[i + 1].data());
  }
  Vector seen(2 * channels_ + globals_.size());
  seen << Pool(static_cast<int>(branches_.size())), globals_;
  summary_ =
      (WeightOf(layers.summary, network) * seen + BiasOf(layers.summary, network)).cwiseMax(0.0f);
  value_ = (WeightOf(layers.value, network) * summary_ + BiasOf(layers.value, network))[0];

  dropout_ = dropout;
  if (dropout > 0) Drop(dropout, rng);
  Convolve(network, layers.hidden_planes, HiddenPlanes(), nullptr, nullptr, false, hidden_.data());
  Convolve(network, layers.hidden_trunk, Trunk(), nullptr, hidden_.data(), true, hidden_.data());
  if (dropout > 0) Multiply(RandomMask(hidden_.size(), dropout, rng), hidden_);
  const Vector action_bias = WeightOf(layers.channel_bias, network) * summary_;
  Convolve(network, layers.actions, hidden_.data(), &action_bias, nullptr, false, actions_.data());
  Convolve(network, layers.goal_skip, planes_.data(), nullptr, nullptr, false, goal_.data());
  Convolve(network, layers.goal, hidden_.data(), nullptr, goal_.data(), false, goal_.data());
  kernels_.to_planes(goal_.data(), volume_, kGoalRow, goal_planes_.data());
}

void NetworkPass::Drop(double dropout, Rng& rng) {
  trunk_mask_ = RandomMask(x_.back().size(), dropout, rng);
  trunk_ = x_.back();
  Multiply(trunk_mask_, trunk_);
  hidden_inputs_ = planes_;
  Multiply(RandomMask(planes_.size(), dropout, rng), hidden_inputs_);
}

void NetworkPass::Backward(const PackedNetwork& network, NetworkGradient& gradient) {
  const NetworkLayers& layers = network.layers();
  for (int voxel = 0; voxel < volume_; ++voxel) {
    for (int block = 0; block < env::kNumBlocks; ++block) {
      goal_gradient_[voxel * kGoalRow + block] = goal_gradient_planes_[block * volume_ + voxel];
    }
  }
  const Vector action_sums =
      AddGradient(network, layers.actions, hidden_.data(), action_gradient_.data(), gradient);
  AddGradient(network, layers.goal, hidden_.data(), goal_gradient_.data(), gradient);
  AddGradient(network, layers.goal_skip, planes_.data(), goal_gradient_.data(), gradient);
  const Vector value = Vector::Constant(1, value_gradient_);
  AddMatrixGradient(layers.channel_bias, summary_, action_sums, gradient);
  AddMatrixGradient(layers.value, summary_, value, gradient);
  const Vector summary_gradient =
      (summary_.array() > 0)
          .select(WeightOf(layers.channel_bias, network).transpose() * action_sums +
                      WeightOf(layers.value, network).transpose() * value,
                  0.0f);
  Vector seen(2 * channels_ + globals_.size());
  seen << Pooled(static_cast<int>(branches_.size())), globals_;
  AddMatrixGradient(layers.summary, seen, summary_gradient, gradient);
  Vector pooled_gradient =
      WeightOf(layers.summary, network).leftCols(2 * channels_).transpose() * summary_gradient;

  // Where dropout left an output out, it is 0, and so is its gradient.
  ConvolveBack(network, layers.actions, action_gradient_.data(), {}, nullptr, nullptr,
               hidden_gradient_.data());
  ConvolveBack(network, layers.goal, goal_gradient_.data(), {}, hidden_gradient_.data(),
               hidden_.data(), hidden_gradient_.data());
  if (dropout_ > 0) {
    for (float& g : hidden_gradient_) g *= static_cast<float>(1 / (1 - dropout_));
  }
  AddGradient(network, layers.hidden_trunk, Trunk(), hidden_gradient_.data(), gradient);
  AddGradient(network, layers.hidden_planes, HiddenPlanes(), hidden_gradient_.data(), gradient);
  if (dropout_ > 0) {
    ConvolveBack(network, layers.hidden_trunk, hidden_gradient_.data(), {}, nullptr, nullptr,
                 branch_gradient_.data());
    Multiply(trunk_mask_, branch_gradient_);
    for (int voxel = 0; voxel < volume_; ++voxel) {
      for (int c = 0; c < channels_; ++c) {
        const int i = voxel * row_ + c;
        x_gradient_[i] = x_.back()[i] > 0 ? branch_gradient_[i] +
                                                pooled_gradient[c] / static_cast<float>(volume_)
                                          : 0;
      }
    }
  } else {
    ConvolveBack(network, layers.hidden_trunk, hidden_gradient_.data(),
                 MeanGradient(pooled_gradient), nullptr, x_.back().data(), x_gradient_.data());
  }
  SpreadMaximum(static_cast<int>(branches_.size()), pooled_gradient);
  for (int i = static_cast<int>(branches_.size()) - 1; i >= 0; --i) {
    const NetworkLayers::Block& block = layers.blocks[i];
    AddGradient(network, block.second, branches_[i].data(), x_gradient_.data(), gradient);
    ConvolveBack(network, block.second, x_gradient_.data(), {}, nullptr, branches_[i].data(),
                 branch_gradient_.data());
    const Vector sums =
        AddGradient(network, block.first, x_[i].data(), branch_gradient_.data(), gradient);
    AddMatrixGradient(block.pooled, Pooled(i), sums, gradient);
    pooled_gradient = WeightOf(block.pooled, network).transpose() * sums;
    ConvolveBack(network, block.first, branch_gradient_.data(), MeanGradient(pooled_gradient),
                 x_gradient_.data(), x_[i].data(), x_gradient_.data());
    SpreadMaximum(i, pooled_gradient);
  }
  const Vector stem_sums =
      AddGradient(network, layers.stem, planes_.data(), x_gradient_.data(), gradient);
  AddMatrixGradient(layers.stem_globals, globals_, stem_sums, gradient);
}

Vector NetworkPass::MeanGradient(const Vector& pooled_gradient) const {
  return pooled_gradient.head(channels_) / static_cast<float>(volume_);
}

void NetworkPass::SpreadMaximum(int index, const Vector& pooled_gradient) {
  const float* const highest = pooled_[index].data() + row_;
  Vector gradient = Vector::Zero(row_);
  // A ReLU before the maximum lets no gradient through where all is 0.
  for (int c = 0; c < channels_; ++c) {
    if (highest[c] > 0) gradient[c] = pooled_gradient[channels_ + c];
  }
  kernels_.spread_maximum(x_[index].data(), highest, gradient.data(), volume_, row_,
                          x_gradient_.data());
}

}  // namespace hod::models
