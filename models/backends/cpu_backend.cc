#include "models/backends/cpu_backend.h"

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/backends/aligned.h"
#include "models/backends/bfloat16.h"
#include "models/backends/convolution_plan.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The tensors of a network by name.
class Parameters {
 public:
  explicit Parameters(const Network& network) {
    const float* values = network.parameters.data();
    for (ParameterSpec& spec : ParameterLayout(network.config)) {
      const int64_t size = spec.Size();
      tensors_[spec.name] = {std::move(spec.shape), {values, static_cast<size_t>(size)}};
      values += size;
    }
  }
  absl::Span<const float> operator()(const std::string& name) const {
    return tensors_.at(name).values;
  }
  const std::vector<int64_t>& Shape(const std::string& name) const {
    return tensors_.at(name).shape;
  }

 private:
  struct Tensor {
    std::vector<int64_t> shape;
    absl::Span<const float> values;
  };
  std::map<std::string, Tensor> tensors_;
};

// A convolution's weights in the order in which kernels read them, with zeros for what pads the
// channels.
struct PackedLayer {
  PackedLayer(const Parameters& parameters, const std::string& name, Precision precision,
              int channels_per_unit, bool reads_planes)
      : reads_planes(reads_planes) {
    const std::vector<int64_t>& shape = parameters.Shape(name + ".weight");
    const int outputs = static_cast<int>(shape[0]), inputs = static_cast<int>(shape[1]);
    for (int axis = 0; axis < 3; ++axis) extents[axis] = static_cast<int>(shape[axis + 2]);
    kernel_size = extents[0] * extents[1] * extents[2];
    blocks = RoundUp(outputs, kBlock) / kBlock;
    units = (reads_planes ? inputs : RoundUp(inputs, kBlock)) / channels_per_unit;
    bias = Eigen::VectorXf::Zero(blocks * kBlock);
    const absl::Span<const float> biases = parameters(name + ".bias");
    std::copy(biases.begin(), biases.end(), bias.data());
    scales = Eigen::VectorXf::Zero(blocks * kBlock);
    weights.resize(static_cast<size_t>(blocks) * kernel_size * units * kBlock);
    const Eigen::Map<const RowMajor> values(parameters(name + ".weight").data(), outputs,
                                            inputs * kernel_size);
    scales.head(outputs) =
        values.cwiseAbs().rowwise().maxCoeff() / static_cast<float>(kMaxInt8Weight);
    for (int output = 0; output < outputs; ++output) {
      for (int input = 0; input < inputs; ++input) {
        for (int tap = 0; tap < kernel_size; ++tap) {
          int unit_of_input = input / channels_per_unit, channel = input % channels_per_unit;
          if (precision == Precision::kInt8) {  // See Kernels::quantise.
            unit_of_input = input / kBlock * 4 + input % 4;
            channel = input % kBlock / 4;
          }
          const int unit = (output / kBlock * kernel_size + tap) * units + unit_of_input;
          char* const at = reinterpret_cast<char*>(
              &weights[static_cast<size_t>(unit) * kBlock + output % kBlock]);
          const float value = values(output, input * kernel_size + tap);
          if (precision == Precision::kFloat32) {
            std::memcpy(at, &value, sizeof(value));
          } else if (precision == Precision::kBfloat16) {
            const uint16_t half = ToBfloat16(value);
            std::memcpy(at + 2 * channel, &half, sizeof(half));
          } else if (scales[output] > 0) {
            at[channel] = static_cast<char>(std::lround(value / scales[output]));
          }
        }
      }
    }
  }

  bool reads_planes;  // Or rows, of padded channels.
  std::array<int, 3> extents;
  int kernel_size, blocks, units;
  Aligned<float> weights;        // Units: see Convolution::weights.
  Eigen::VectorXf bias, scales;  // Scales of int8: each output's largest weight is kMaxInt8Weight.
};

// A linear map of mean and maximum of all channels, [outputs][2 * inputs], as one of what
// Kernels::pool makes of `channels` padded channels, [outputs][2 * channels].
RowMajor PooledMap(const RowMajor& values, int channels) {
  const auto inputs = values.cols() / 2;
  RowMajor map = RowMajor::Zero(values.rows(), 2 * channels);
  map.leftCols(inputs) = values.leftCols(inputs);
  map.middleCols(channels, inputs) = values.rightCols(inputs);
  return map;
}

class CpuBackend final : public Backend {
 public:
  CpuBackend(const Network& network, const Kernels& kernels)
      : CpuBackend(network.config, Parameters(network), kernels) {}

  std::unique_ptr<Workspace> MakeWorkspace(const env::WorldSize& size) const override;
  int positions_per_pass() const override { return 1; }

 private:
  struct Block {
    PackedLayer first, second;
    RowMajor pooled;
  };
  struct Head {
    RowMajor weight;
    Eigen::VectorXf bias;
  };
  class Pass;

  CpuBackend(const NetworkConfig& config, const Parameters& parameters, const Kernels& kernels)
      : kernels_(kernels),
        num_planes_(NumPlanes(config)),
        num_globals_(NumGlobals(config)),
        channels_(RoundUp(config.channels, kBlock)),
        stem_(parameters, "stem", Precision::kFloat32, /*channels_per_unit=*/1,
              /*reads_planes=*/true) {
    const auto matrix = [&](const std::string& name) {
      const std::vector<int64_t>& shape = parameters.Shape(name);
      return RowMajor(Eigen::Map<const RowMajor>(parameters(name).data(), shape[0], shape[1]));
    };
    const auto [first, second] = BlockConvolutions(config.block);
    for (int i = 0; i < config.blocks; ++i) {
      const std::string block = absl::StrCat("blocks.", i, ".");
      const auto layer = [&](const char* name) {
        return PackedLayer(parameters, block + name, kernels.precision, kernels.channels_per_unit,
                           /*reads_planes=*/false);
      };
      blocks_.push_back({layer(first.name), layer(second.name),
                         PooledMap(matrix(block + "pooled.weight"), channels_)});
    }
    const auto vector = [&](const std::string& name) {
      const absl::Span<const float> values = parameters(name);
      return Eigen::VectorXf(Eigen::Map<const Eigen::VectorXf>(
          values.data(), static_cast<Eigen::Index>(values.size())));
    };
    const auto head = [&](const std::string& name) {
      return Head{matrix(name + ".weight"), vector(name + ".bias")};
    };
    stem_globals_ = matrix("stem_globals.weight");
    summary_ = head("summary");
    pooled_summary_ = PooledMap(summary_.weight.leftCols(2 * config.channels), channels_);
    global_summary_ = summary_.weight.rightCols(num_globals_);
    hidden_ = head("hidden");
    trunk_hidden_ = hidden_.weight.leftCols(config.channels);
    plane_hidden_ = hidden_.weight.rightCols(num_planes_);
    const Head policy = head("policy"), human = head("human");
    actions_.weight.resize(2 * env::kNumActionChannels, policy.weight.cols());
    actions_.weight << policy.weight, human.weight;
    actions_.bias.resize(2 * env::kNumActionChannels);
    actions_.bias << policy.bias, human.bias;
    channel_bias_ = matrix("channel_bias.weight");
    goal_ = head("goal");
    goal_skip_ = matrix("goal_skip.weight");
    value_ = head("value");
  }

  const Kernels& kernels_;
  const int num_planes_, num_globals_, channels_;  // Channels padded to whole blocks.
  PackedLayer stem_;
  RowMajor stem_globals_;
  std::vector<Block> blocks_;
  Head summary_, hidden_, actions_, goal_, value_;
  RowMajor pooled_summary_, global_summary_;  // The parts of their layers, by what they read.
  RowMajor trunk_hidden_, plane_hidden_;
  RowMajor channel_bias_, goal_skip_;
};

class CpuBackend::Pass final : public Workspace {
 public:
  Pass(const CpuBackend* network, const env::WorldSize& size)
      : network_(*network),
        volume_(size.Volume()),
        planes_(static_cast<size_t>(network_.num_planes_) * volume_),
        globals_(network_.num_globals_),
        logits_(static_cast<size_t>(kNumLogitPlanes) * volume_),
        x_(static_cast<size_t>(network_.channels_) * volume_),
        branch_(x_.size()),
        trunk_(x_.size()),
        hidden_(network_.hidden_.bias.size() * static_cast<size_t>(volume_)),
        quantised_(network_.kernels_.quantise != nullptr ? x_.size() : 0),
        pooled_(2 * network_.channels_) {
    const auto plan = [&](const PackedLayer& layer) {
      plans_.try_emplace(layer.extents, size, layer.extents);
    };
    plan(network_.stem_);
    for (const Block& block : network_.blocks_) {
      plan(block.first);
      plan(block.second);
    }
    planes = absl::MakeSpan(planes_);
    globals = absl::MakeSpan(globals_.data(), globals_.size());
    logits = logits_;
    values = absl::MakeConstSpan(&value_, 1);
  }

  void Run(int) override {
    const Kernels& k = network_.kernels_;
    Convolution stem = Layer(network_.stem_);
    Eigen::VectorXf stem_bias = network_.stem_.bias;
    stem_bias.head(network_.stem_globals_.rows()).noalias() += network_.stem_globals_ * globals_;
    stem.bias = stem_bias.data();
    stem.input = planes_.data();
    stem.output = x_.data();
    k.stem(stem);
    for (const Block& block : network_.blocks_) {
      k.pool(x_.data(), volume_, network_.channels_, pooled_.data());
      Eigen::VectorXf bias = block.first.bias;
      bias.head(block.pooled.rows()).noalias() += block.pooled * pooled_;
      Convolution first = Layer(block.first);
      first.bias = bias.data();
      first.output = branch_.data();
      Convolve(block.first, x_, first);
      Convolution second = Layer(block.second);
      second.add = x_.data();
      second.output = x_.data();
      Convolve(block.second, branch_, second);
    }
    k.pool(x_.data(), volume_, network_.channels_, pooled_.data());
    const Eigen::VectorXf summary = (network_.pooled_summary_ * pooled_ +
                                     network_.global_summary_ * globals_ + network_.summary_.bias)
                                        .cwiseMax(0.0f);
    value_ = (network_.value_.weight * summary + network_.value_.bias)[0];
    MapHeads(network_.actions_.bias + network_.channel_bias_ * summary);
  }

 private:
  // A convolution without what it reads and writes.
  Convolution Layer(const PackedLayer& layer) const {
    Convolution c = plans_.at(layer.extents).Make(layer.units, layer.blocks, layer.reads_planes);
    c.weights = layer.weights.data();
    c.bias = layer.bias.data();
    c.relu = true;
    return c;
  }

  void Convolve(const PackedLayer& layer, const Aligned<float>& rows, Convolution c) {
    const Kernels& k = network_.kernels_;
    c.input = rows.data();
    if (k.quantise != nullptr) {
      const float step = k.quantise(rows.data(), static_cast<int>(rows.size()), quantised_.data());
      scales_ = layer.scales * step;
      c.input = quantised_.data();
      c.scales = scales_.data();
    }
    k.convolve(c);
  }

  // Maps the last x to the logits.
  void MapHeads(const Eigen::VectorXf& action_bias) {
    const Kernels& k = network_.kernels_;
    const auto map = [&](absl::Span<const PlanesTerm> terms, const Eigen::VectorXf& bias,
                         float* output) {
      k.map_planes({terms.data(), static_cast<int>(terms.size()), bias.data(), output,
                    static_cast<int>(bias.size()), volume_});
    };
    const auto term = [](const Aligned<float>& planes, const RowMajor& weight) {
      return PlanesTerm{planes.data(), weight.data(), static_cast<int>(weight.cols())};
    };
    k.to_planes(x_.data(), volume_, network_.channels_, trunk_.data());
    map({term(trunk_, network_.trunk_hidden_), term(planes_, network_.plane_hidden_)},
        network_.hidden_.bias, hidden_.data());
    Eigen::Map<Eigen::ArrayXf> hidden(hidden_.data(), static_cast<Eigen::Index>(hidden_.size()));
    hidden = hidden.max(0.0f);
    map({term(hidden_, network_.actions_.weight)}, action_bias, logits_.data());
    map({term(hidden_, network_.goal_.weight), term(planes_, network_.goal_skip_)},
        network_.goal_.bias,
        logits_.data() + static_cast<ptrdiff_t>(2 * env::kNumActionChannels) * volume_);
  }

  const CpuBackend& network_;
  const int volume_;
  Aligned<float> planes_;
  Eigen::VectorXf globals_;
  Aligned<float> logits_;
  Aligned<float> x_, branch_;      // Rows, which bfloat16 fill to half.
  Aligned<float> trunk_, hidden_;  // Planes, like the inputs.
  Aligned<uint8_t> quantised_;     // An input, quantised.
  Eigen::VectorXf pooled_, scales_;
  std::map<std::array<int, 3>, ConvolutionPlan> plans_;  // Keyed by extents of the kernel.
  float value_ = 0;
};

std::unique_ptr<Workspace> CpuBackend::MakeWorkspace(const env::WorldSize& size) const {
  return std::make_unique<Pass>(this, size);
}

}  // namespace

std::unique_ptr<Backend> MakeCpuBackend(const Network& network, const Kernels& kernels) {
  return std::make_unique<CpuBackend>(network, kernels);
}

}  // namespace hod::models
