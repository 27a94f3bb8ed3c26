#include "models/torch/reference_forward.h"

#include <ATen/ATen.h>

#include "absl/strings/str_cat.h"
#include "models/reference/attention.h"

namespace hod::models {
namespace {

using at::Tensor;
using Kind = ReferenceLayer::Kind;

constexpr double kEpsilon = 1e-5;  // Used by both normalisations.
constexpr double kMomentum = 0.1;  // Moves the statistics of batch normalisation.
constexpr double kLeak = 0.01;

// relu(x + norm2(conv2(relu(norm1(conv1(x)))))).
class Residual : public ReferenceLayerForward {
 public:
  Residual(const ReferenceTensors& tensors, const std::string& prefix, ReferenceMode mode)
      : first_(tensors, prefix, "1", mode), second_(tensors, prefix, "2", mode) {}

  Tensor operator()(const Tensor& x, Tensor*&) const override {
    // No copy between two residual layers.
    const Tensor planes = x.permute({0, 4, 1, 2, 3}).contiguous();
    return second_(first_(planes).relu_()).add_(planes).relu_().permute({0, 2, 3, 4, 1});
  }

 private:
  // A convolution with the normalisation behind it, which in inference is folded in.
  class Convolution {
   public:
    Convolution(const ReferenceTensors& tensors, const std::string& prefix, const std::string& n,
                ReferenceMode mode)
        : weight_(tensors.at(prefix + "conv" + n + ".weight")),
          bias_(tensors.at(prefix + "conv" + n + ".bias")) {
      const auto norm = [&](const char* name) {
        return tensors.at(prefix + "norm" + n + "." + name);
      };
      if (mode == ReferenceMode::kTraining) {
        norm_ = {norm("weight"), norm("bias"), norm("mean"), norm("variance")};
        return;
      }
      const Tensor scale = norm("weight") / (norm("variance") + kEpsilon).sqrt();
      weight_ = weight_ * scale.view({-1, 1, 1, 1, 1});
      bias_ = (bias_ - norm("mean")) * scale + norm("bias");
    }
    Tensor operator()(const Tensor& planes) const {
      const Tensor y =
          at::conv3d(planes, weight_, bias_, /*stride=*/1, /*padding=*/weight_.size(2) / 2);
      if (norm_.empty()) return y;
      return at::batch_norm(y, norm_[0], norm_[1], norm_[2], norm_[3], /*training=*/true, kMomentum,
                            kEpsilon, /*cudnn_enabled=*/true);
    }

   private:
    Tensor weight_, bias_;
    std::vector<Tensor> norm_;  // Set in training: weight, bias, mean and variance.
  };
  Convolution first_, second_;
};

class Lstm : public ReferenceLayerForward {
 public:
  Lstm(const ReferenceTensors& tensors, const std::string& prefix)
      : input_(tensors.at(prefix + "input.weight")),
        recurrent_(tensors.at(prefix + "recurrent.weight")),
        bias_(tensors.at(prefix + "input.bias") + tensors.at(prefix + "recurrent.bias")) {}

  Tensor operator()(const Tensor& x, Tensor*& memory) const override {
    Tensor& hidden = memory[0];
    Tensor& cell = memory[1];
    memory += 2;
    std::vector<Tensor> outputs;
    for (const Tensor& timestep : at::linear(x, input_, bias_).split(hidden.size(0))) {
      const std::vector<Tensor> gates = (timestep + at::linear(hidden, recurrent_)).chunk(4, -1);
      cell = gates[1].sigmoid() * cell + gates[0].sigmoid() * gates[2].tanh();
      hidden = gates[3].sigmoid() * cell.tanh();
      outputs.push_back(hidden);
    }
    return at::cat(outputs) + x;
  }

 private:
  Tensor input_, recurrent_, bias_;
};

// x = norm1(x + attention(x)); x = norm2(x + feedforward(x)), along the lines of one axis.
class Attention : public ReferenceLayerForward {
 public:
  Attention(const ReferenceTensors& tensors, const std::string& prefix, int axis, int num_heads)
      : axis_(axis), num_heads_(num_heads) {
    for (const char* name : {"qkv", "attended", "feedforward1", "feedforward2", "norm1", "norm2"}) {
      parts_.push_back(
          {tensors.at(prefix + name + ".weight"), tensors.at(prefix + name + ".bias")});
    }
  }

  Tensor operator()(const Tensor& x, Tensor*&) const override {
    // The axis moves next to the channels.
    const Tensor lines = x.movedim(axis_ + 1, 3).contiguous();
    Tensor y =
        Normalised(Linear(AttendAlongLines(Linear(lines, kQkv)), kAttended).add_(lines), kNorm1);
    Tensor inner = Linear(y, kFeedforward1).relu_();
    return Normalised(Linear(inner, kFeedforward2).add_(y), kNorm2).movedim(3, axis_ + 1);
  }

 private:
  enum Part { kQkv, kAttended, kFeedforward1, kFeedforward2, kNorm1, kNorm2 };
  struct Affine {
    Tensor weight, bias;
  };

  Tensor Linear(const Tensor& x, Part part) const {
    return at::linear(x, parts_[part].weight, parts_[part].bias);
  }
  Tensor Normalised(const Tensor& x, Part part) const {
    return at::layer_norm(x, {x.size(-1)}, parts_[part].weight, parts_[part].bias, kEpsilon);
  }
  // [B, .., .., L, 3 H] -> [B, .., .., L, H]
  Tensor AttendAlongLines(const Tensor& qkv) const {
    const int64_t length = qkv.size(3), channels = qkv.size(4) / 3;
    const Tensor out = at::empty({qkv.size(0), qkv.size(1), qkv.size(2), length, channels});
    Attend(qkv.data_ptr<float>(), out.numel() / (length * channels), static_cast<int>(length),
           num_heads_, static_cast<int>(channels) / num_heads_, out.data_ptr<float>());
    return out;
  }

  int axis_, num_heads_;
  std::vector<Affine> parts_;
};

}  // namespace

Tensor ReferenceForward::Head::operator()(const Tensor& x) const {
  const Tensor inner = at::leaky_relu(at::linear(x, hidden.weight, hidden.bias), kLeak);
  return at::linear(inner, output.weight, output.bias);
}

ReferenceTensors TensorsOf(const ReferenceWeights& weights) {
  ReferenceTensors tensors;
  for (const ReferenceTensor& spec : ReferenceLayout(weights.config)) {
    tensors[spec.name] = at::tensor(weights.tensors.at(spec.name)).view(spec.shape);
  }
  return tensors;
}

ReferenceForward::ReferenceForward(const ReferenceConfig& config, const ReferenceTensors& tensors,
                                   ReferenceMode mode)
    : value_scale_(config.value_scale) {
  const auto linear = [&](const std::string& name) {
    return Linear{tensors.at(name + ".weight"), tensors.at(name + ".bias")};
  };
  const auto head = [&](const std::string& name) {
    return Head{linear(name + ".hidden"), linear(name + ".output")};
  };
  if (!config.IsTransformer()) input_ = linear("input");
  int num_attentions = 0;
  for (size_t i = 0; i < config.layers.size(); ++i) {
    const std::string prefix = absl::StrCat("layers.", i, ".");
    switch (config.layers[i].kind) {
      case Kind::kResidual:
        layers_.push_back(std::make_unique<Residual>(tensors, prefix, mode));
        break;
      case Kind::kLstm:
        layers_.push_back(std::make_unique<Lstm>(tensors, prefix));
        break;
      case Kind::kAttention:
        layers_.push_back(
            std::make_unique<Attention>(tensors, prefix, num_attentions++ % 3, config.num_heads));
        break;
    }
  }
  policy_ = head("policy");
  goal_ = head("goal");
  value_ = head("value");
  if (config.predicts_others) human_ = head("human");
}

ReferencePrediction ReferenceForward::operator()(const Tensor& features,
                                                 std::vector<Tensor>& memory) const {
  Tensor x = input_.weight.defined() ? at::linear(features, input_.weight, input_.bias) : features;
  Tensor* next_memory = memory.data();
  for (const auto& layer : layers_) x = (*layer)(x, next_memory);
  x = x.reshape({x.size(0), -1, x.size(4)});
  const auto per_voxel = [&](const Head& head) { return head(x).transpose(1, 2); };
  ReferencePrediction prediction;
  prediction.policy = per_voxel(policy_);
  prediction.goal = per_voxel(goal_);
  if (human_.hidden.weight.defined()) prediction.human = per_voxel(human_);
  prediction.value = value_(x.mean(1)).flatten() * value_scale_;
  return prediction;
}

}  // namespace hod::models
