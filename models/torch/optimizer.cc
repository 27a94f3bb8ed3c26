#include "models/torch/optimizer.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

namespace hod::models {
namespace {

using at::Tensor;

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

Tensor Orthogonal(Tensor x) {
  const bool tall = x.size(0) > x.size(1);
  if (tall) x = x.t();
  x = x / (x.norm() + 1e-12);
  for (int i = 0; i < muon::kIterations; ++i) {
    const Tensor square = at::matmul(x, x.t());
    const Tensor change = muon::kB * square + muon::kC * at::matmul(square, square);
    x = muon::kA * x + at::matmul(change, x);
  }
  return tall ? x.t() : x;
}

}  // namespace

double TorchOptimizer::Update(Tensor& parameters, double learning_rate, double max_norm) {
  const at::NoGradGuard no_grad;
  Tensor gradient = parameters.grad();
  const auto norm = gradient.norm().item<double>();
  if (!std::isfinite(norm)) return norm;
  if (norm > max_norm) gradient.mul_(max_norm / norm);
  ++steps;
  const auto step_by_adam = [&](int64_t begin, int64_t end) {
    const auto of = [&](const Tensor& values) { return values.slice(0, begin, end); };
    const auto t = static_cast<double>(steps);
    Tensor m = of(first_moment), v = of(second_moment), moved = of(parameters);
    const Tensor g = of(gradient);
    m.mul_(kBeta1).add_(g, 1 - kBeta1);
    v.mul_(kBeta2).addcmul_(g, g, 1 - kBeta2);
    const Tensor scale = (v / (1 - std::pow(kBeta2, t))).sqrt_().add_(kEpsilon);
    moved.addcdiv_(m, scale, -learning_rate / (1 - std::pow(kBeta1, t)));
  };
  int64_t done = 0;
  for (const ParameterMatrix& matrix : matrices) {
    step_by_adam(done, matrix.offset);
    done = matrix.offset + matrix.Size();
    const auto of = [&](const Tensor& values) {
      return values.slice(0, matrix.offset, done).view({matrix.rows, matrix.columns});
    };
    Tensor m = of(first_moment), moved = of(parameters);
    const Tensor g = of(gradient);
    m.mul_(muon::kMomentum).add_(g, 1 - muon::kMomentum);
    const double rate = learning_rate * muon::kStepSize *
                        std::sqrt(static_cast<double>(std::max(matrix.rows, matrix.columns)));
    moved.sub_(Orthogonal(muon::kMomentum * m + (1 - muon::kMomentum) * g), rate);
  }
  step_by_adam(done, parameters.size(0));
  return norm;
}

}  // namespace hod::models
