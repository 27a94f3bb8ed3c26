#include "models/training/optimizer.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

namespace hod::models {
namespace {

constexpr float kBeta1 = 0.9f, kBeta2 = 0.999f, kEpsilon = 1e-8f;

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

auto ArrayOf(absl::Span<float> values) {
  return Eigen::Map<Eigen::ArrayXf>(values.data(), static_cast<Eigen::Index>(values.size()));
}
auto ArrayOf(absl::Span<const float> values) {
  return Eigen::Map<const Eigen::ArrayXf>(values.data(), static_cast<Eigen::Index>(values.size()));
}

// The matrix with the same singular vectors whose singular values are near 1, unless they were near
// 0 in `x`.
Matrix Orthogonal(Matrix x) {
  const bool tall = x.rows() > x.cols();
  if (tall) x = Matrix(x.transpose());  // The smaller square is the cheaper one.
  x /= x.norm() + 1e-12f;
  for (int i = 0; i < muon::kIterations; ++i) {
    const Matrix square = x * x.transpose();
    const Matrix change = muon::kB * square + muon::kC * square * square;
    x = Matrix(muon::kA * x + change * x);
  }
  return tall ? Matrix(x.transpose()) : x;
}

}  // namespace

std::vector<ParameterMatrix> MatricesOf(OptimizerKind kind, const NetworkConfig& network) {
  std::vector<ParameterMatrix> matrices;
  if (kind == OptimizerKind::kAdam) return matrices;
  int64_t offset = 0;
  for (const ParameterSpec& spec : ParameterLayout(network)) {
    if (spec.shape.size() > 1) {
      matrices.push_back({offset, spec.shape.front(), spec.Size() / spec.shape.front()});
    }
    offset += spec.Size();
  }
  return matrices;
}

Optimizer::Optimizer(OptimizerKind kind, const NetworkConfig& network, Moments moments)
    : matrices_(MatricesOf(kind, network)), moments_(std::move(moments)) {}

double Optimizer::Update(absl::Span<float> parameters, absl::Span<float> gradient,
                         double learning_rate, double max_norm) {
  auto g = ArrayOf(gradient);
  const double norm = std::sqrt(g.cast<double>().square().sum());
  if (!std::isfinite(norm)) return norm;
  if (norm > max_norm) g *= static_cast<float>(max_norm / norm);
  ++moments_.steps;
  size_t done = 0;
  for (const ParameterMatrix& matrix : matrices_) {
    StepByAdam(done, matrix.offset, parameters, gradient, learning_rate);
    StepByMuon(matrix, parameters, gradient, learning_rate);
    done = matrix.offset + matrix.Size();
  }
  StepByAdam(done, parameters.size(), parameters, gradient, learning_rate);
  return norm;
}

void Optimizer::StepByAdam(size_t begin, size_t end, absl::Span<float> parameters,
                           absl::Span<const float> gradient, double learning_rate) {
  const size_t size = end - begin;
  const auto g = ArrayOf(gradient.subspan(begin, size));
  auto m = ArrayOf(absl::MakeSpan(moments_.first).subspan(begin, size));
  auto v = ArrayOf(absl::MakeSpan(moments_.second).subspan(begin, size));
  m = kBeta1 * m + (1 - kBeta1) * g;
  v = kBeta2 * v + (1 - kBeta2) * g.square();
  const auto t = static_cast<double>(moments_.steps);
  const auto second_scale = static_cast<float>(1 / (1 - std::pow(0.999, t))),
             rate = static_cast<float>(learning_rate / (1 - std::pow(0.9, t)));
  ArrayOf(parameters.subspan(begin, size)) -= rate * m / ((second_scale * v).sqrt() + kEpsilon);
}

void Optimizer::StepByMuon(const ParameterMatrix& matrix, absl::Span<float> parameters,
                           absl::Span<const float> gradient, double learning_rate) {
  const auto of = [&](auto values) {
    return ArrayOf(values.subspan(matrix.offset, matrix.Size()));
  };
  const auto g = of(gradient);
  auto m = of(absl::MakeSpan(moments_.first));
  m = muon::kMomentum * m + (1 - muon::kMomentum) * g;
  // Nesterov's look-ahead: the gradient counts once more.
  Matrix step(matrix.rows, matrix.columns);
  step.reshaped<Eigen::RowMajor>() = (muon::kMomentum * m + (1 - muon::kMomentum) * g).matrix();
  step = Orthogonal(std::move(step));
  // An orthogonal matrix's entries have a mean square of one by its longer side.
  const float rate = static_cast<float>(learning_rate) * muon::kStepSize *
                     std::sqrt(static_cast<float>(std::max(matrix.rows, matrix.columns)));
  of(parameters) -= rate * step.reshaped<Eigen::RowMajor>().array();
}

}  // namespace hod::models
