#include "models/training/network_layers.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "env/game/actions.h"
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

size_t PackedIndex(const ConvolutionLayer& layer, int output, int input, int tap) {
  const int unit = (output / kBlock * layer.kernel_size + tap) * layer.units() + input;
  return static_cast<size_t>(unit) * kBlock + output % kBlock;
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
                               bool reads_planes, bool has_bias = true) {
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
    layer.reads_planes = reads_planes;
    convolutions.push_back(layer);
    return static_cast<int>(convolutions.size()) - 1;
  };
  const auto matrix = [&](const std::string& name) {
    const auto& [index, shape] = tensors.at(name + ".weight");
    return MatrixLayer{index, offset(name + ".bias"), static_cast<int>(shape[0]),
                       static_cast<int>(shape[1])};
  };
  const int channels = config.channels, planes = NumPlanes(config);
  stem = convolution({"stem"}, 0, planes, /*reads_planes=*/true);
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

PackedNetwork::PackedNetwork(const NetworkConfig& config)
    : config_(config), layers_(config), packed_(layers_.convolutions.size()) {
  for (size_t i = 0; i < packed_.size(); ++i) {
    const ConvolutionLayer& layer = layers_.convolutions[i];
    packed_[i].forward.resize(layer.packed_size());
    packed_[i].bias.resize(layer.blocks() * kBlock);
    if (layer.reads_planes) continue;  // Nobody asks for the gradient of what is seen.
    packed_[i].backward.resize(size_t{1} * layer.units() * layer.kernel_size * layer.blocks() *
                               kBlock);
  }
}

void PackedNetwork::Pack(absl::Span<const float> parameters) {
  parameters_ = parameters;
  for (size_t i = 0; i < packed_.size(); ++i) {
    const ConvolutionLayer& layer = layers_.convolutions[i];
    Packed& packed = packed_[i];
    const int outputs = layer.blocks() * kBlock;
    ForEachWeight(layer, [&](int output, int input, int tap, int64_t index) {
      packed.forward[PackedIndex(layer, output, input, tap)] = parameters[index];
      if (layer.reads_planes) return;
      const int opposite = layer.kernel_size - 1 - tap;
      const int unit = (input / kBlock * layer.kernel_size + opposite) * outputs + output;
      packed.backward[static_cast<size_t>(unit) * kBlock + input % kBlock] = parameters[index];
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
    packed_.emplace_back(layer.packed_size());
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
    ForEachWeight(layer, [&](int output, int input, int tap, int64_t index) {
      gradient[index] += packed_[i][PackedIndex(layer, output, input, tap)];
    });
  }
}

}  // namespace hod::models
