#include "models/reference/initial.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"

namespace hod::models {
namespace {

// torch draws linear maps, convolutions and LSTMs uniformly up to this bound on both sides: of the
// number of inputs, which in the LSTMs here is that of all their maps.
double BoundOf(const std::vector<int64_t>& weight_shape) {
  double fan_in = 1;
  for (size_t i = 1; i < weight_shape.size(); ++i) fan_in *= static_cast<double>(weight_shape[i]);
  return 1 / std::sqrt(fan_in);
}

}  // namespace

ReferenceConfig PaperConfig() {
  using Kind = ReferenceLayer::Kind;
  ReferenceConfig config;
  config.layers = {{Kind::kResidual, 1}, {Kind::kResidual, 5}, {Kind::kResidual, 5}, {Kind::kLstm},
                   {Kind::kResidual, 5}, {Kind::kResidual, 5}, {Kind::kResidual, 5}, {Kind::kLstm}};
  return config;
}

ReferenceWeights InitialReference(const ReferenceConfig& config, Rng rng) {
  ReferenceWeights weights{config, {}};
  const std::vector<ReferenceTensor> layout = ReferenceLayout(config);
  std::map<std::string, std::vector<int64_t>> shapes;
  for (const ReferenceTensor& spec : layout) shapes[spec.name] = spec.shape;
  for (const ReferenceTensor& spec : layout) {
    std::vector<float>& values = weights.tensors[spec.name];
    values.resize(spec.Size());
    const auto dot = spec.name.rfind('.');
    const std::string layer = spec.name.substr(0, dot), part = spec.name.substr(dot + 1);
    if (absl::StrContains(layer, ".norm")) {
      const bool one = part == "weight" || part == "variance";
      std::fill(values.begin(), values.end(), one ? 1.0f : 0.0f);
    } else if (absl::EndsWith(spec.name, "_embedding")) {
      for (float& value : values) value = static_cast<float>(rng.Normal());
    } else {
      const double bound = BoundOf(shapes.at(layer + ".weight"));
      for (float& value : values) value = static_cast<float>(bound * (2 * rng.Uniform() - 1));
    }
  }
  return weights;
}

}  // namespace hod::models
