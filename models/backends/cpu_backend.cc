#include "models/backends/cpu_backend.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "models/backends/aligned.h"
#include "models/backends/convolution_plan.h"
#include "models/backends/packed_layer.h"
#include "models/network/features.h"

namespace hod::models {
namespace {

using Eigen::VectorXf;

constexpr std::array<int, 3> kOneVoxel = {1, 1, 1};  // Extents of a map voxel by voxel.

// The tensors of a network by name, as matrices: all extents but the first in one.
class Parameters {
 public:
  explicit Parameters(const Network& network) {
    const float* values = network.parameters.data();
    for (const ParameterSpec& spec : ParameterLayout(network.config)) {
      const int64_t rows = spec.shape[0];
      tensors_.try_emplace(spec.name, values, rows, spec.Size() / rows);
      values += spec.Size();
    }
  }
  const Eigen::Map<const RowMajor>& operator()(const std::string& name) const {
    return tensors_.at(name);
  }

 private:
  std::map<std::string, Eigen::Map<const RowMajor>> tensors_;
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

constexpr Tap kSameVoxel = {0, 0};
static_assert(kNumPlanes <= 64 && env::kNumBlocks <= kBlock);  // See SparseMap; goal_.

// The channels of actions without a location.
std::vector<int> WholeChannels() {
  std::vector<int> channels;
  for (int t = 0; t < env::kNumActionTypes; ++t) {
    const auto type = static_cast<env::ActionType>(t);
    if (!env::HasLocation(type)) channels.push_back(env::ChannelOf({.type = type}));
  }
  return channels;
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
    VectorXf bias;
  };
  class Pass;

  CpuBackend(const NetworkConfig& config, const Parameters& parameters, const Kernels& kernels)
      : kernels_(kernels),
        // Bytes are made of rows of floats.
        rows_(kernels.precision == Precision::kInt8 ? Precision::kFloat32 : kernels.precision),
        num_planes_(NumPlanes(config)),
        num_globals_(NumGlobals(config)),
        channels_(RoundUp(config.channels, kBlock)),
        hidden_channels_(RoundUp(2 * config.channels, kBlock)),
        whole_channels_(WholeChannels()),
        stem_(RowMajor(config.channels, 0), parameters("stem.bias"), kOneVoxel, rows_),
        stem_globals_(parameters("stem_globals.weight")),
        hidden_(parameters("hidden.weight").leftCols(config.channels), parameters("hidden.bias"),
                kOneVoxel, rows_),
        goal_(parameters("goal.weight"), parameters("goal.bias"), kOneVoxel, rows_),
        whole_(WholeWeights(parameters), {}, kOneVoxel, rows_),
        located_{PackedLayer(parameters("policy.weight"), {}, kOneVoxel, rows_),
                 PackedLayer(parameters("human.weight"), {}, kOneVoxel, rows_)},
        summary_{parameters("summary.weight"), parameters("summary.bias")},
        pooled_summary_(PooledMap(summary_.weight.leftCols(2 * config.channels), channels_)),
        global_summary_(summary_.weight.rightCols(num_globals_)),
        actions_{parameters("channel_bias.weight"), VectorXf(2 * env::kNumActionChannels)},
        value_{parameters("value.weight"), parameters("value.bias")} {
    actions_.bias << parameters("policy.bias"), parameters("human.bias");
    for (int i = 0; i < config.blocks; ++i) {
      const std::string block = absl::StrCat("blocks.", i, ".");
      const auto layer = [&](const BlockConvolution& convolution) {
        std::array<int, 3> extents;
        std::copy(convolution.extents.begin(), convolution.extents.end(), extents.begin());
        const std::string name = block + convolution.name;
        return PackedLayer(parameters(name + ".weight"), parameters(name + ".bias"), extents,
                           kernels.precision);
      };
      const auto [first, second] = BlockConvolutions(config.block);
      blocks_.push_back(
          {layer(first), layer(second), PooledMap(parameters(block + "pooled.weight"), channels_)});
    }
    PackPlaneWeights(parameters);
  }

  size_t WholeIndex(int channel) const {
    return std::find(whole_channels_.begin(), whole_channels_.end(), channel) -
           whole_channels_.begin();
  }

  // Those of the player, then of the others.
  RowMajor WholeWeights(const Parameters& parameters) const {
    const auto count = static_cast<Eigen::Index>(whole_channels_.size());
    const auto& policy = parameters("policy.weight");
    const auto& human = parameters("human.weight");
    RowMajor weights(2 * count, policy.cols());
    for (Eigen::Index k = 0; k < count; ++k) {
      weights.row(k) = policy.row(whole_channels_[k]);
      weights.row(count + k) = human.row(whole_channels_[k]);
    }
    return weights;
  }

  // All that reads feature planes: the stem, the hidden layer and the goal's direct evidence.
  void PackPlaneWeights(const Parameters& parameters) {
    RowMajor weights = RowMajor::Zero(num_planes_, channels_ + hidden_channels_ + kBlock);
    const auto put = [&](int channel, const RowMajor& values) {
      weights.block(0, channel, values.cols(), values.rows()) = values.transpose();
    };
    put(0, parameters("stem.weight"));
    put(channels_, parameters("hidden.weight").rightCols(num_planes_));
    put(channels_ + hidden_channels_, parameters("goal_skip.weight"));
    plane_weights_.assign(weights.data(), weights.data() + weights.size());
  }

  const Kernels& kernels_;
  const Precision rows_;
  const int num_planes_, num_globals_;
  const int channels_, hidden_channels_;  // Padded to whole blocks.
  const std::vector<int> whole_channels_;
  Aligned<float> plane_weights_;  // See SparseMap.
  PackedLayer stem_;              // Without inputs: the planes are mapped before.
  RowMajor stem_globals_;
  std::vector<Block> blocks_;
  PackedLayer hidden_, goal_;
  PackedLayer whole_;                   // Actions without a location, of both actors: a block.
  std::array<PackedLayer, 2> located_;  // By actor.
  Head summary_;
  RowMajor pooled_summary_, global_summary_;  // Its parts, by what they read.
  Head actions_, value_;  // From the summary to biases of actions, and to the value.
};

class CpuBackend::Pass final : public Workspace {
 public:
  Pass(const CpuBackend* network, const env::WorldSize& size)
      : network_(*network),
        volume_(size.Volume()),
        planes_(Floats(network_.num_planes_)),
        globals_(network_.num_globals_),
        x_(Floats(network_.channels_)),
        branch_(x_.size()),
        quantised_(network_.kernels_.quantise != nullptr ? x_.size() : 0),
        hidden_(Floats(network_.hidden_channels_)),
        chosen_(hidden_.size()),
        x_of_planes_(x_.size()),
        hidden_of_planes_(hidden_.size()),
        goal_(Floats(kBlock)),
        whole_(Floats(network_.whole_.blocks * kBlock)),
        located_(Floats(network_.located_[0].blocks * kBlock)),
        goal_planes_(goal_.size()),
        pooled_(2 * network_.channels_),
        chosen_at_(volume_, -1) {
    for (const Block& block : network_.blocks_) {
      for (const PackedLayer* layer : {&block.first, &block.second}) {
        plans_.try_emplace(layer->extents, size, layer->extents);
      }
    }
    planes = absl::MakeSpan(planes_);
    globals = absl::MakeSpan(globals_.data(), globals_.size());
    goal_logits = absl::MakeConstSpan(goal_planes_.data(), env::kNumBlocks * volume_);
    values = absl::MakeConstSpan(&value_, 1);
  }

  void Run(int) override {
    const Kernels& k = network_.kernels_;
    MapPlanes();
    VectorXf bias = network_.stem_.bias;
    bias.head(network_.stem_globals_.rows()).noalias() += network_.stem_globals_ * globals_;
    Convolution stem = Map(network_.stem_, x_, volume_, x_);
    stem.bias = bias.data();
    stem.add = x_of_planes_.data();
    stem.relu = true;
    k.map_rows(stem);
    for (const Block& block : network_.blocks_) {
      k.pool(x_.data(), volume_, network_.channels_, pooled_.data());
      bias = block.first.bias;
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
    const VectorXf summary = (network_.pooled_summary_ * pooled_ +
                              network_.global_summary_ * globals_ + network_.summary_.bias)
                                 .cwiseMax(0.0f);
    value_ = (network_.value_.weight * summary + network_.value_.bias)[0];
    action_bias_ = network_.actions_.weight * summary + network_.actions_.bias;

    Convolution hidden = Map(network_.hidden_, x_, volume_, hidden_);
    hidden.add = hidden_of_planes_.data();
    hidden.relu = true;
    k.map_rows(hidden);
    Convolution goal = Map(network_.goal_, hidden_, volume_, goal_);
    goal.add = goal_.data();
    k.map_to_floats(goal);
    k.to_planes(goal_.data(), volume_, kBlock, goal_planes_.data());
    k.map_to_floats(Map(network_.whole_, hidden_, volume_, whole_));
    k.sum_exp_rows(whole_.data(), volume_, whole_highest_.data(), whole_sums_.data());
  }

  void ActionLogits(int, Actor actor, const env::ActionSpace& actions,
                    absl::Span<const int32_t> ids, absl::Span<float> logits) override {
    // The hidden rows where an action may take place, one after the other.
    const size_t row = network_.hidden_channels_ / ChannelsPerUnit(network_.rows_);
    chosen_voxels_.clear();
    actions.ForEach(ids, [&](size_t, const env::Action& action) {
      const int voxel = action.location;
      if (!env::HasLocation(action.type) || chosen_at_[voxel] >= 0) return;
      const auto at = static_cast<int32_t>(chosen_voxels_.size());
      chosen_at_[voxel] = at;
      chosen_voxels_.push_back(voxel);
      std::copy_n(hidden_.begin() + voxel * row, row, chosen_.begin() + at * row);
    });
    const bool others = actor == Actor::kOthers;
    const PackedLayer& head = network_.located_[others ? 1 : 0];
    const auto chosen = static_cast<int>(chosen_voxels_.size());
    if (chosen > 0) network_.kernels_.map_to_floats(Map(head, chosen_, chosen, located_));

    const float* const bias = action_bias_.data() + (others ? env::kNumActionChannels : 0);
    const size_t whole = others ? network_.whole_channels_.size() : 0;
    actions.ForEach(ids, [&](size_t i, const env::Action& action) {
      const int channel = env::ChannelOf(action);
      if (env::HasLocation(action.type)) {
        const int at = chosen_at_[action.location] * head.blocks * kBlock + channel;
        logits[i] = located_[at] + bias[channel];
      } else {
        const size_t k = whole + network_.WholeIndex(channel);
        logits[i] = whole_highest_[k] + std::log(whole_sums_[k]) + bias[channel];
      }
    });
    for (const int32_t voxel : chosen_voxels_) chosen_at_[voxel] = -1;
  }

 private:
  Aligned<float> Floats(int channels) const {
    return Aligned<float>(static_cast<size_t>(channels) * volume_);
  }

  // A convolution without what it reads and writes.
  Convolution Layer(const PackedLayer& layer) const {
    Convolution c = plans_.at(layer.extents).Make(layer.units, layer.blocks);
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

  // A convolution that maps the first `voxels` rows one by one.
  Convolution Map(const PackedLayer& layer, const Aligned<float>& rows, int voxels,
                  Aligned<float>& output) {
    run_ = {.first = 0, .count = voxels, .stride = 1, .first_tap = 0, .num_taps = 1};
    Convolution c = {};
    c.input = rows.data();
    c.voxel_stride = c.units = layer.units;
    c.weights = layer.weights.data();
    c.bias = layer.bias.data();
    c.output = output.data();
    c.blocks = layer.blocks;
    c.kernel_size = 1;
    c.taps = &kSameVoxel;
    c.runs = &run_;
    c.num_runs = 1;
    return c;
  }

  void MapPlanes() {
    absl::InlinedVector<RowsBlock, 8> blocks;
    for (Aligned<float>* rows : {&x_of_planes_, &hidden_of_planes_, &goal_}) {
      const auto stride = static_cast<ptrdiff_t>(rows->size()) / volume_;
      for (ptrdiff_t c = 0; c < stride; c += kBlock) blocks.push_back({rows->data() + c, stride});
    }
    network_.kernels_.map_planes({planes_.data(), network_.num_planes_, volume_,
                                  network_.plane_weights_.data(), blocks.data(),
                                  static_cast<int>(blocks.size())});
  }

  const CpuBackend& network_;
  const int volume_;
  Aligned<float> planes_;
  VectorXf globals_;
  Aligned<float> x_, branch_;       // Rows, which bfloat16 fill to half.
  Aligned<uint8_t> quantised_;      // An input, quantised.
  Aligned<float> hidden_, chosen_;  // Rows of the hidden layer, and some of them.
  // Rows of floats: what layers get from planes (`goal_` becomes the goal's logits), and logits.
  Aligned<float> x_of_planes_, hidden_of_planes_, goal_, whole_, located_;
  Aligned<float> goal_planes_;
  VectorXf pooled_, scales_, action_bias_;
  std::array<float, kBlock> whole_highest_, whole_sums_;
  std::vector<int32_t> chosen_voxels_;
  std::vector<int32_t> chosen_at_;  // [voxel] where among those; -1: not chosen.
  VoxelRun run_;                    // That of Map().
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
