#include "models/torch/adam.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace hod::models {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

}  // namespace

double Adam::Update(at::Tensor& parameters, double learning_rate, double max_norm) {
  const at::NoGradGuard no_grad;
  at::Tensor gradient = parameters.grad();
  const auto norm = gradient.norm().item<double>();
  if (!std::isfinite(norm)) return norm;
  if (norm > max_norm) gradient.mul_(max_norm / norm);
  ++steps;
  const auto t = static_cast<double>(steps);
  first_moment.mul_(kBeta1).add_(gradient, 1 - kBeta1);
  second_moment.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
  const at::Tensor scale = (second_moment / (1 - std::pow(kBeta2, t))).sqrt_().add_(kEpsilon);
  parameters.addcdiv_(first_moment, scale, -learning_rate / (1 - std::pow(kBeta1, t)));
  return norm;
}

}  // namespace hod::models
