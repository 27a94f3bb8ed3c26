#include "tests/models/reference/reference_twin.h"

#include <algorithm>
#include <cmath>

namespace hod::models {
namespace {

using Values = std::vector<double>;
using Kind = ReferenceLayer::Kind;

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

class Twin {
 public:
  Twin(const ReferenceWeights& weights, const env::WorldSize& size)
      : weights_(weights), hidden_(weights.config.hidden_size), size_(size) {}

  // Rows of `inputs` values through a linear map.
  Values Linear(const Values& x, const std::string& name) const {
    const std::vector<float>& weight = At(name + ".weight");
    const std::vector<float>& bias = At(name + ".bias");
    const size_t inputs = weight.size() / bias.size();
    Values y;
    for (size_t row = 0; row < x.size() / inputs; ++row) {
      for (size_t o = 0; o < bias.size(); ++o) {
        double sum = bias[o];
        for (size_t i = 0; i < inputs; ++i) sum += weight[o * inputs + i] * x[row * inputs + i];
        y.push_back(sum);
      }
    }
    return y;
  }

  void Attention(Values& x, const std::string& name, int axis) const {
    const int heads = weights_.config.num_heads, channels = hidden_ / heads;
    const Values qkv = Linear(x, name + "qkv");
    Values attended(x.size(), 0);
    for (int v = 0; v < size_.Volume(); ++v) {
      for (int head = 0; head < heads; ++head) {
        // The voxels on the line through v.
        std::vector<int> line;
        for (int u = 0; u < size_.Volume(); ++u) {
          const env::Cell a = size_.At(u), b = size_.At(v);
          const bool same[3] = {a.x == b.x, a.y == b.y, a.z == b.z};
          if (same[(axis + 1) % 3] && same[(axis + 2) % 3]) line.push_back(u);
        }
        Values shares;
        double total = 0;
        for (const int u : line) {
          double score = 0;
          for (int c = head * channels; c < (head + 1) * channels; ++c) {
            score += qkv[v * 3 * hidden_ + c] * qkv[u * 3 * hidden_ + hidden_ + c];
          }
          shares.push_back(std::exp(score / std::sqrt(static_cast<double>(channels))));
          total += shares.back();
        }
        for (size_t i = 0; i < line.size(); ++i) {
          for (int c = head * channels; c < (head + 1) * channels; ++c) {
            attended[v * hidden_ + c] +=
                shares[i] / total * qkv[line[i] * 3 * hidden_ + 2 * hidden_ + c];
          }
        }
      }
    }
    Add(x, Linear(attended, name + "attended"));
    LayerNorm(x, name + "norm1");
    Values inner = Linear(x, name + "feedforward1");
    for (double& value : inner) value = std::max(value, 0.0);
    Add(x, Linear(inner, name + "feedforward2"));
    LayerNorm(x, name + "norm2");
  }

  void Lstm(Values& x, const std::string& name, Values& h, Values& c) const {
    Values gates = Linear(x, name + "input");
    Add(gates, Linear(h, name + "recurrent"));
    for (size_t i = 0; i < x.size(); ++i) {
      const double* const gate = &gates[i / hidden_ * 4 * hidden_ + i % hidden_];
      c[i] = Sigmoid(gate[hidden_]) * c[i] + Sigmoid(gate[0]) * std::tanh(gate[2 * hidden_]);
      h[i] = Sigmoid(gate[3 * hidden_]) * std::tanh(c[i]);
    }
    Add(x, h);
  }

  void Residual(Values& x, const std::string& name, int kernel) const {
    Values y = NormedConvolution(x, name, "1", kernel);
    for (double& value : y) value = std::max(value, 0.0);
    Add(x, NormedConvolution(y, name, "2", kernel));
    for (double& value : x) value = std::max(value, 0.0);
  }

  Values Head(const Values& x, const std::string& name) const {
    Values inner = Linear(x, name + ".hidden");
    for (double& value : inner) value = value > 0 ? value : 0.01 * value;
    return Linear(inner, name + ".output");
  }

  // A head of every voxel, channel by channel.
  std::vector<float> Planes(const Values& x, const std::string& name) const {
    const Values y = Head(x, name);
    const size_t volume = size_.Volume(), channels = y.size() / volume;
    std::vector<float> planes(y.size());
    for (size_t i = 0; i < y.size(); ++i) {
      planes[i % channels * volume + i / channels] = static_cast<float>(y[i]);
    }
    return planes;
  }

 private:
  const std::vector<float>& At(const std::string& name) const { return weights_.tensors.at(name); }

  static void Add(Values& x, const Values& y) {
    for (size_t i = 0; i < x.size(); ++i) x[i] += y[i];
  }

  void LayerNorm(Values& x, const std::string& name) const {
    for (size_t row = 0; row < x.size(); row += hidden_) {
      double mean = 0, variance = 0;
      for (int c = 0; c < hidden_; ++c) mean += x[row + c] / hidden_;
      for (int c = 0; c < hidden_; ++c) variance += std::pow(x[row + c] - mean, 2) / hidden_;
      for (int c = 0; c < hidden_; ++c) {
        x[row + c] = (x[row + c] - mean) / std::sqrt(variance + 1e-5) * At(name + ".weight")[c] +
                     At(name + ".bias")[c];
      }
    }
  }

  Values NormedConvolution(const Values& x, const std::string& layer, const std::string& n,
                           int kernel) const {
    const std::vector<float>& weight = At(layer + "conv" + n + ".weight");
    const std::string norm = layer + "norm" + n;
    Values y;
    for (int v = 0; v < size_.Volume(); ++v) {
      for (int o = 0; o < hidden_; ++o) {
        double sum = At(layer + "conv" + n + ".bias")[o];
        for (int k = 0; k < kernel * kernel * kernel; ++k) {
          const int p = kernel / 2;
          const env::Cell offset = {k / (kernel * kernel) - p, k / kernel % kernel - p,
                                    k % kernel - p};
          const env::Cell from = size_.At(v) + offset;
          if (!size_.Contains(from)) continue;
          for (int i = 0; i < hidden_; ++i) {
            sum += weight[(o * hidden_ + i) * kernel * kernel * kernel + k] *
                   x[size_.Index(from) * hidden_ + i];
          }
        }
        y.push_back((sum - At(norm + ".mean")[o]) / std::sqrt(At(norm + ".variance")[o] + 1e-5) *
                        At(norm + ".weight")[o] +
                    At(norm + ".bias")[o]);
      }
    }
    return y;
  }

  const ReferenceWeights& weights_;
  const int hidden_;
  const env::WorldSize size_;
};

}  // namespace

TwinOutput TwinStep(const ReferenceWeights& weights, const ReferenceObservation& observation,
                    const std::vector<std::vector<double>>& memory) {
  const ReferenceConfig& config = weights.config;
  const Twin twin(weights, observation.size);
  const ObservationEncoder encoder(weights);
  const int volume = observation.size.Volume();
  std::vector<float> features(volume * encoder.num_channels());
  encoder.Encode(observation, absl::MakeSpan(features));
  Values x(features.begin(), features.end());
  if (!config.IsTransformer()) x = twin.Linear(x, "input");

  TwinOutput output;
  output.memory = memory;
  output.memory.resize(2 * config.NumLstms(), Values(volume * config.hidden_size, 0));
  int num_attentions = 0, num_lstms = 0;
  for (size_t i = 0; i < config.layers.size(); ++i) {
    const std::string name = "layers." + std::to_string(i) + ".";
    switch (config.layers[i].kind) {
      case Kind::kResidual:
        twin.Residual(x, name, config.layers[i].kernel);
        break;
      case Kind::kLstm:
        twin.Lstm(x, name, output.memory[2 * num_lstms], output.memory[2 * num_lstms + 1]);
        ++num_lstms;
        break;
      case Kind::kAttention:
        twin.Attention(x, name, num_attentions++ % 3);
        break;
    }
  }
  output.policy = twin.Planes(x, "policy");
  output.goal = twin.Planes(x, "goal");
  if (config.predicts_others) output.human = twin.Planes(x, "human");
  Values mean(config.hidden_size, 0);
  for (size_t i = 0; i < x.size(); ++i) mean[i % config.hidden_size] += x[i] / volume;
  output.value = twin.Head(mean, "value")[0] * config.value_scale;
  return output;
}

}  // namespace hod::models
