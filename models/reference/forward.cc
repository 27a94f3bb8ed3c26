#include "models/reference/forward.h"

#include <ATen/ATen.h>

#include "absl/strings/str_cat.h"
#include "models/reference/attention.h"

namespace hod::models {
namespace {

using at::Tensor;
using Kind = ReferenceLayer::Kind;

constexpr double kEpsilon = 1e-5;  // Of both normalisations.
constexpr double kLeak = 0.01;

// The tensors of a network by name.
class Tensors {
 public:
  explicit Tensors(const ReferenceWeights& weights) : weights_(weights) {
    for (ReferenceTensor& spec : ReferenceLayout(weights.config)) {
      shapes_[spec.name] = std::move(spec.shape);
    }
  }
  Tensor operator()(const std::string& name) const {
    return at::tensor(weights_.tensors.at(name)).view(shapes_.at(name));
  }

 private:
  const ReferenceWeights& weights_;
  std::map<std::string, std::vector<int64_t>> shapes_;
};

// relu(x + norm2(conv2(relu(norm1(conv1(x)))))).
class Residual : public ReferenceLayerForward {
 public:
  Residual(const Tensors& tensors, const std::string& prefix)
      : first_(tensors, prefix, "1"), second_(tensors, prefix, "2") {}

  Tensor operator()(const Tensor& x, Tensor*&) const override {
    // No copy between two residual layers.
    const Tensor planes = x.permute({0, 4, 1, 2, 3}).contiguous();
    return second_(first_(planes).relu_()).add_(planes).relu_().permute({0, 2, 3, 4, 1});
  }

 private:
  // A convolution with the normalisation behind it folded in.
  struct Convolution {
    Convolution(const Tensors& tensors, const std::string& prefix, const std::string& n) {
      const std::string conv = prefix + "conv" + n, norm = prefix + "norm" + n;
      const Tensor scale =
          tensors(norm + ".weight") / (tensors(norm + ".variance") + kEpsilon).sqrt();
      weight = tensors(conv + ".weight") * scale.view({-1, 1, 1, 1, 1});
      bias = (tensors(conv + ".bias") - tensors(norm + ".mean")) * scale + tensors(norm + ".bias");
    }
    Tensor operator()(const Tensor& planes) const {
      return at::conv3d(planes, weight, bias, /*stride=*/1, /*padding=*/weight.size(2) / 2);
    }
    Tensor weight, bias;
  };
  Convolution first_, second_;
};

class Lstm : public ReferenceLayerForward {
 public:
  Lstm(const Tensors& tensors, const std::string& prefix)
      : input_(tensors(prefix + "input.weight")),
        recurrent_(tensors(prefix + "recurrent.weight")),
        bias_(tensors(prefix + "input.bias") + tensors(prefix + "recurrent.bias")) {}

  Tensor operator()(const Tensor& x, Tensor*& memory) const override {
    Tensor& hidden = memory[0];
    Tensor& cell = memory[1];
    memory += 2;
    const Tensor gates = at::linear(x, input_, bias_).add_(at::linear(hidden, recurrent_));
    const std::vector<Tensor> parts = gates.chunk(4, -1);
    cell = parts[1].sigmoid().mul_(cell).add_(parts[0].sigmoid().mul_(parts[2].tanh()));
    hidden = parts[3].sigmoid().mul_(cell.tanh());
    return hidden + x;
  }

 private:
  Tensor input_, recurrent_, bias_;
};

// x = norm1(x + attention(x)); x = norm2(x + feedforward(x)), along the lines of one axis.
class Attention : public ReferenceLayerForward {
 public:
  Attention(const Tensors& tensors, const std::string& prefix, int axis, int num_heads)
      : axis_(axis), num_heads_(num_heads) {
    for (const char* name : {"qkv", "attended", "feedforward1", "feedforward2", "norm1", "norm2"}) {
      parts_.push_back({tensors(prefix + name + ".weight"), tensors(prefix + name + ".bias")});
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

ReferenceForward::ReferenceForward(const ReferenceWeights& weights)
    : value_scale_(weights.config.value_scale) {
  const ReferenceConfig& config = weights.config;
  const Tensors tensors(weights);
  const auto linear = [&](const std::string& name) {
    return Linear{tensors(name + ".weight"), tensors(name + ".bias")};
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
        layers_.push_back(std::make_unique<Residual>(tensors, prefix));
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
