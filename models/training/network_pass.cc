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
      row_(RoundUp(config.channels, kBlock)) {
  for (const ConvolutionLayer& layer : NetworkLayers(config).convolutions) {
    plans_.try_emplace(layer.extents, size, layer.extents);
  }
  const auto rows = [&](int channels) {
    return Aligned<float>(static_cast<size_t>(RoundUp(channels, kBlock)) * volume_);
  };
  planes_.resize(static_cast<size_t>(NumPlanes(config)) * volume_);
  features_ = hidden_features_ = rows(NumPlanes(config));
  globals_ = Vector::Zero(NumGlobals(config));
  x_.assign(config.blocks + 1, rows(row_));
  branches_.assign(config.blocks, rows(row_));
  pooled_.assign(config.blocks + 1, Vector::Zero(2 * row_));
  hidden_ = hidden_gradient_ = rows(2 * config.channels);
  actions_ = action_gradient_ = action_gradient_rows_ = rows(kActionRow);
  goal_ = goal_gradient_ = goal_gradient_rows_ = rows(kGoalRow);
  x_gradient_ = branch_gradient_ = rows(row_);
  pool_scratch_ = Vector::Zero(2 * std::max(RoundUp(2 * config.channels, kBlock), kActionRow));
}

void NetworkPass::See(const mcts::Position& position) {
  EncodeFeatures(config_, position, absl::MakeSpan(planes_),
                 {globals_.data(), static_cast<size_t>(globals_.size())});
  kernels_.to_rows(planes_.data(), volume_, NumPlanes(config_), features_.data());
}

Convolution NetworkPass::Plan(const ConvolutionLayer& layer, int input_row, int inputs,
                              int outputs) const {
  const int channels_per_unit = ChannelsPerUnit(kernels_.precision);
  Convolution c = plans_.at(layer.extents)
                      .Make(RoundUp(inputs, channels_per_unit) / channels_per_unit,
                            RoundUp(outputs, kBlock) / kBlock);
  c.voxel_stride = input_row / channels_per_unit;
  return c;
}

void NetworkPass::Convolve(const PackedNetwork& network, int index, const Aligned<float>& input,
                           const Vector* added_bias, const Aligned<float>* add, bool relu,
                           Aligned<float>& output, bool to_floats) const {
  const ConvolutionLayer& layer = network.layers().convolutions[index];
  Convolution c = Plan(layer, layer.input_row, layer.inputs, layer.outputs);
  c.weights = network.forward(index);
  c.bias = network.bias(index);
  Vector bias;
  if (added_bias != nullptr) {
    bias = Eigen::Map<const Vector>(c.bias, c.blocks * kBlock);
    bias.head(added_bias->size()) += *added_bias;
    c.bias = bias.data();
  }
  c.input = input.data();
  c.add = add == nullptr ? nullptr : add->data();
  c.relu = relu;
  c.output = output.data();
  (to_floats ? kernels_.map_to_floats : kernels_.convolve)(c);
}

void NetworkPass::ConvolveBack(const PackedNetwork& network, int index,
                               const Aligned<float>& gradient, const Aligned<float>* add,
                               const Aligned<float>* gate, Aligned<float>& output) const {
  const ConvolutionLayer& layer = network.layers().convolutions[index];
  Convolution c = Plan(layer, layer.blocks() * kBlock, layer.outputs, layer.inputs);
  c.weights = network.backward(index);
  const Vector no_bias = Vector::Zero(c.blocks * kBlock);
  c.bias = no_bias.data();
  c.input = gradient.data();
  c.add = add == nullptr ? nullptr : add->data();
  c.gate = gate == nullptr ? nullptr : gate->data();
  c.output = output.data();
  kernels_.convolve(c);
}

Vector NetworkPass::AddGradient(const PackedNetwork& network, int index,
                                const Aligned<float>& input, const Aligned<float>& rows,
                                NetworkGradient& gradient) {
  const ConvolutionLayer& layer = network.layers().convolutions[index];
  const ConvolutionPlan& plan = plans_.at(layer.extents);
  kernels_.add_weight_gradient({.input = input.data(),
                                .input_row = layer.input_row,
                                .channels = layer.inputs,
                                .gradient = rows.data(),
                                .weights = gradient.weights(index),
                                .blocks = layer.blocks(),
                                .kernel_size = plan.kernel_size,
                                .taps = plan.taps.data(),
                                .runs = plan.runs.data(),
                                .num_runs = static_cast<int>(plan.runs.size())});
  if (layer.parts.front().bias < 0) return {};
  kernels_.pool(rows.data(), volume_, layer.blocks() * kBlock, pool_scratch_.data());
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

const Aligned<float>& NetworkPass::Rows(const Aligned<float>& floats, Aligned<float>& rows) const {
  if (kernels_.round == nullptr) return floats;
  kernels_.round(floats.data(), static_cast<int>(floats.size()), rows.data());
  return rows;
}

void NetworkPass::Scale(const Aligned<float>& factors, Aligned<float>& rows) const {
  kernels_.scale(factors.data(), static_cast<int>(factors.size()), rows.data());
}

void NetworkPass::Forward(const PackedNetwork& network, double dropout, Rng rng) {
  const NetworkLayers& layers = network.layers();
  const Vector stem_bias = WeightOf(layers.stem_globals, network) * globals_;
  Convolve(network, layers.stem, features_, &stem_bias, nullptr, /*relu=*/true, x_[0]);
  for (size_t i = 0; i < branches_.size(); ++i) {
    const NetworkLayers::Block& block = layers.blocks[i];
    const Vector bias = WeightOf(block.pooled, network) * Pool(static_cast<int>(i));
    Convolve(network, block.first, x_[i], &bias, nullptr, true, branches_[i]);
    Convolve(network, block.second, branches_[i], nullptr, &x_[i], true, x_[i + 1]);
  }
  Vector seen(2 * channels_ + globals_.size());
  seen << Pool(static_cast<int>(branches_.size())), globals_;
  summary_ =
      (WeightOf(layers.summary, network) * seen + BiasOf(layers.summary, network)).cwiseMax(0.0f);
  value_ = (WeightOf(layers.value, network) * summary_ + BiasOf(layers.value, network))[0];

  drops_ = dropout > 0;
  if (drops_) Drop(dropout, rng);
  Convolve(network, layers.hidden_planes, HiddenFeatures(), nullptr, nullptr, false, hidden_);
  Convolve(network, layers.hidden_trunk, Trunk(), nullptr, &hidden_, true, hidden_);
  if (drops_) Scale(hidden_mask_, hidden_);
  const Vector action_bias = WeightOf(layers.channel_bias, network) * summary_;
  Convolve(network, layers.actions, hidden_, &action_bias, nullptr, false, actions_,
           /*to_floats=*/true);
  Convolve(network, layers.goal_skip, features_, nullptr, nullptr, false, goal_, true);
  Convolve(network, layers.goal, hidden_, nullptr, &goal_, false, goal_, true);
}

void NetworkPass::Drop(double dropout, Rng& rng) {
  trunk_mask_ = RandomMask(x_.back().size(), dropout, rng);
  trunk_ = x_.back();
  Scale(trunk_mask_, trunk_);
  Aligned<float> planes = RandomMask(planes_.size(), dropout, rng);
  for (size_t i = 0; i < planes.size(); ++i) planes[i] *= planes_[i];
  kernels_.to_rows(planes.data(), volume_, NumPlanes(config_), hidden_features_.data());
  hidden_mask_ = RandomMask(hidden_.size(), dropout, rng);
}

void NetworkPass::Backward(const PackedNetwork& network, NetworkGradient& gradient) {
  const NetworkLayers& layers = network.layers();
  const Aligned<float>& action_gradient = Rows(action_gradient_, action_gradient_rows_);
  const Aligned<float>& goal_gradient = Rows(goal_gradient_, goal_gradient_rows_);
  const Vector action_sums =
      AddGradient(network, layers.actions, hidden_, action_gradient, gradient);
  AddGradient(network, layers.goal, hidden_, goal_gradient, gradient);
  AddGradient(network, layers.goal_skip, features_, goal_gradient, gradient);
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
  ConvolveBack(network, layers.actions, action_gradient, nullptr, nullptr, hidden_gradient_);
  ConvolveBack(network, layers.goal, goal_gradient, &hidden_gradient_, &hidden_, hidden_gradient_);
  if (drops_) Scale(hidden_mask_, hidden_gradient_);
  AddGradient(network, layers.hidden_trunk, Trunk(), hidden_gradient_, gradient);
  AddGradient(network, layers.hidden_planes, HiddenFeatures(), hidden_gradient_, gradient);
  ConvolveBack(network, layers.hidden_trunk, hidden_gradient_, nullptr, &Trunk(), x_gradient_);
  if (drops_) Scale(trunk_mask_, x_gradient_);
  Spread(static_cast<int>(branches_.size()), pooled_gradient);
  for (int i = static_cast<int>(branches_.size()) - 1; i >= 0; --i) {
    const NetworkLayers::Block& block = layers.blocks[i];
    AddGradient(network, block.second, branches_[i], x_gradient_, gradient);
    ConvolveBack(network, block.second, x_gradient_, nullptr, &branches_[i], branch_gradient_);
    const Vector sums = AddGradient(network, block.first, x_[i], branch_gradient_, gradient);
    AddMatrixGradient(block.pooled, Pooled(i), sums, gradient);
    pooled_gradient = WeightOf(block.pooled, network).transpose() * sums;
    ConvolveBack(network, block.first, branch_gradient_, &x_gradient_, &x_[i], x_gradient_);
    Spread(i, pooled_gradient);
  }
  const Vector stem_sums = AddGradient(network, layers.stem, features_, x_gradient_, gradient);
  AddMatrixGradient(layers.stem_globals, globals_, stem_sums, gradient);
}

void NetworkPass::Spread(int index, const Vector& pooled_gradient) {
  Vector padded = Vector::Zero(2 * row_);
  padded.head(channels_) = pooled_gradient.head(channels_);
  padded.segment(row_, channels_) = pooled_gradient.tail(channels_);
  kernels_.spread(x_[index].data(), pooled_[index].data(), padded.data(), volume_, row_,
                  x_gradient_.data());
}

}  // namespace hod::models
