#include "models/training/adam.h"

#include <Eigen/Core>
#include <cmath>

namespace hod::models {
namespace {

constexpr float kBeta1 = 0.9f, kBeta2 = 0.999f, kEpsilon = 1e-8f;

template <typename T>
auto ArrayOf(T& values) {
  return Eigen::Map<Eigen::ArrayXf>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace

double AdamMoments::Update(absl::Span<float> parameters, absl::Span<float> gradient,
                           double learning_rate, double max_norm) {
  auto g = ArrayOf(gradient);
  const double norm = std::sqrt(g.cast<double>().square().sum());
  if (!std::isfinite(norm)) return norm;
  if (norm > max_norm) g *= static_cast<float>(max_norm / norm);
  ++steps;
  const auto t = static_cast<double>(steps);
  auto m = ArrayOf(first), v = ArrayOf(second);
  m = kBeta1 * m + (1 - kBeta1) * g;
  v = kBeta2 * v + (1 - kBeta2) * g.square();
  const auto second_scale = static_cast<float>(1 / (1 - std::pow(0.999, t))),
             rate = static_cast<float>(learning_rate / (1 - std::pow(0.9, t)));
  ArrayOf(parameters) -= rate * m / ((second_scale * v).sqrt() + kEpsilon);
  return norm;
}

}  // namespace hod::models
