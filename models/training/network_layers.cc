#include "models/training/network_layers.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "absl/strings/str_cat.h"
#include "env/game/actions.h"
#include "models/backends/bfloat16.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

// Calls `visit(output, input, tap, index)` for every weight of a layer, with its index in the flat
// parameters.
template <typename Visit>
void ForEachWeight(const ConvolutionLayer& layer, const Visit& visit) {
  int output = 0;
  for (const ConvolutionLayer::Part& part : layer.parts) {
    for (int row = 0; row < part.outputs; ++row, ++output) {
      for (int input = 0; input < layer.inputs; ++input) {
        const int64_t index =
            part.weight +
            (int64_t{row} * layer.columns + layer.first_column + input) * layer.kernel_size;
        for (int tap = 0; tap < layer.kernel_size; ++tap) visit(output, input, tap, index + tap);
      }
    }
  }
}

// How weights stand in [blocks of outputs][taps][units of inputs][kBlock] units.
struct PackedOrder {
  PackedOrder(int outputs, int kernel_size, int inputs, int channels_per_unit)
      : kernel_size(kernel_size),
        units(RoundUp(inputs, channels_per_unit) / channels_per_unit),
        channels_per_unit(channels_per_unit),
        size(size_t{1} * RoundUp(outputs, kBlock) * kernel_size * units) {}

  // Counted in channels.
  size_t Index(int output, int input, int tap) const {
    const int unit = (output / kBlock * kernel_size + tap) * units + input / channels_per_unit;
    return (static_cast<size_t>(unit) * kBlock + output % kBlock) * channels_per_unit +
           input % channels_per_unit;
  }

  int kernel_size, units, channels_per_unit;
  size_t size;  // Counted in units.
};

PackedOrder ForwardOrder(const ConvolutionLayer& layer, int channels_per_unit) {
  return {layer.outputs, layer.kernel_size, layer.inputs, channels_per_unit};
}

PackedOrder BackwardOrder(const ConvolutionLayer& layer, int channels_per_unit) {
  return {layer.inputs, layer.kernel_size, layer.outputs, channels_per_unit};
}

void Put(float value, Precision precision, size_t index, Aligned<uint32_t>& units) {
  if (precision == Precision::kBfloat16) {
    const uint16_t half = ToBfloat16(value);
    std::memcpy(reinterpret_cast<char*>(units.data()) + index * sizeof(half), &half, sizeof(half));
  } else {
    std::memcpy(&units[index], &value, sizeof(value));
  }
}

}  // namespace

NetworkLayers::NetworkLayers(const NetworkConfig& config) {
  std::map<std::string, std::pair<int64_t, std::vector<int64_t>>> tensors;
  num_parameters = 0;
  for (const ParameterSpec& spec : ParameterLayout(config)) {
    tensors[spec.name] = {num_parameters, spec.shape};
    num_parameters += spec.Size();
  }
  const auto offset = [&](const std::string& name) {
    const auto found = tensors.find(name);
    return found == tensors.end() ? -1 : found->second.first;
  };
  // `inputs` of those of the tensors NAME, from `first_column` on.
  const auto convolution = [&](const std::vector<std::string>& names, int first_column, int inputs,
                               bool reads_features, bool has_bias = true) {
    ConvolutionLayer layer;
    for (const std::string& name : names) {
      const std::vector<int64_t>& shape = tensors.at(name + ".weight").second;
      layer.parts.push_back({offset(name + ".weight"), has_bias ? offset(name + ".bias") : -1,
                             static_cast<int>(shape[0])});
      layer.outputs += layer.parts.back().outputs;
      layer.columns = static_cast<int>(shape[1]);
      for (int axis = 0; axis < 3; ++axis) layer.extents[axis] = static_cast<int>(shape[axis + 2]);
    }
    layer.kernel_size = layer.extents[0] * layer.extents[1] * layer.extents[2];
    layer.first_column = first_column;
    layer.inputs = inputs;
    layer.reads_features = reads_features;
    layer.input_row = RoundUp(reads_features ? NumPlanes(config) : inputs, kBlock);
    convolutions.push_back(layer);
    return static_cast<int>(convolutions.size()) - 1;
  };
  const auto matrix = [&](const std::string& name) {
    const auto& [index, shape] = tensors.at(name + ".weight");
    return MatrixLayer{index, offset(name + ".bias"), static_cast<int>(shape[0]),
                       static_cast<int>(shape[1])};
  };
  const int channels = config.channels, planes = NumPlanes(config);
  stem = convolution({"stem"}, 0, planes, /*reads_features=*/true);
  stem_globals = matrix("stem_globals");
  const auto [first, second] = BlockConvolutions(config.block);
  for (int i = 0; i < config.blocks; ++i) {
    const std::string block = absl::StrCat("blocks.", i, ".");
    blocks.push_back({convolution({block + first.name}, 0, channels, false),
                      convolution({block + second.name}, 0, channels, false),
                      matrix(block + "pooled")});
  }
  summary = matrix("summary");
  hidden_trunk = convolution({"hidden"}, 0, channels, false);
  hidden_planes = convolution({"hidden"}, channels, planes, true, /*has_bias=*/false);
  actions = convolution({"policy", "human"}, 0, 2 * channels, false);
  goal = convolution({"goal"}, 0, 2 * channels, false);
  goal_skip = convolution({"goal_skip"}, 0, kNumGoalPlanes, true);
  channel_bias = matrix("channel_bias");
  value = matrix("value");
}

PackedNetwork::PackedNetwork(const NetworkConfig& config, const Kernels& kernels)
    : config_(config),
      precision_(kernels.precision),
      channels_per_unit_(ChannelsPerUnit(kernels.precision)),
      layers_(config),
      packed_(layers_.convolutions.size()) {
  for (size_t i = 0; i < packed_.size(); ++i) {
    const ConvolutionLayer& layer = layers_.convolutions[i];
    packed_[i].forward.resize(ForwardOrder(layer, channels_per_unit_).size);
    packed_[i].bias.resize(layer.blocks() * kBlock);
    if (layer.reads_features) continue;  // Nobody asks for the gradient of what is seen.
    packed_[i].backward.resize(BackwardOrder(layer, channels_per_unit_).size);
  }
}

void PackedNetwork::Pack(absl::Span<const float> parameters) {
  parameters_ = parameters;
  for (size_t i = 0; i < packed_.size(); ++i) {
    const ConvolutionLayer& layer = layers_.convolutions[i];
    Packed& packed = packed_[i];
    const PackedOrder forward = ForwardOrder(layer, channels_per_unit_);
    const PackedOrder backward = BackwardOrder(layer, channels_per_unit_);
    ForEachWeight(layer, [&](int output, int input, int tap, int64_t index) {
      Put(parameters[index], precision_, forward.Index(output, input, tap), packed.forward);
      if (layer.reads_features) return;
      const int opposite = layer.kernel_size - 1 - tap;
      Put(parameters[index], precision_, backward.Index(input, output, opposite), packed.backward);
    });
    auto bias = packed.bias.begin();
    for (const ConvolutionLayer::Part& part : layer.parts) {
      if (part.bias >= 0) std::copy_n(parameters.begin() + part.bias, part.outputs, bias);
      bias += part.outputs;
    }
  }
}

NetworkGradient::NetworkGradient(const NetworkLayers& layers)
    : layers_(layers), flat_(layers.num_parameters) {
  for (const ConvolutionLayer& layer : layers.convolutions) {
    packed_.emplace_back(ForwardOrder(layer, /*channels_per_unit=*/1).size);
  }
}

void NetworkGradient::Clear() {
  for (Aligned<float>& packed : packed_) std::fill(packed.begin(), packed.end(), 0.0f);
  std::fill(flat_.begin(), flat_.end(), 0.0f);
}

void NetworkGradient::AddTo(absl::Span<float> gradient) const {
  for (size_t i = 0; i < flat_.size(); ++i) gradient[i] += flat_[i];
  for (size_t i = 0; i < packed_.size(); ++i) {
    const ConvolutionLayer& layer = layers_.convolutions[i];
    const PackedOrder order = ForwardOrder(layer, /*channels_per_unit=*/1);
    ForEachWeight(layer, [&](int output, int input, int tap, int64_t index) {
      gradient[index] += packed_[i][order.Index(output, input, tap)];
    });
  }
}

}  // namespace hod::models
