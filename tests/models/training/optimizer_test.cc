#include "models/training/optimizer.h"

#include <Eigen/Core>
#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <limits>

#include "env/base/random.h"
#include "tests/support/catch.h"

namespace hod::models {
namespace {

constexpr NetworkConfig kTiny = {.channels = 16, .blocks = 1};

Moments None(size_t size) { return {std::vector<float>(size), std::vector<float>(size), 0}; }

std::vector<float> Noise(size_t size, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(size);
  for (float& v : values) v = static_cast<float>(rng.Normal());
  return values;
}

TEST_CASE("Muon moves all that multiplies, each tensor as a matrix of outputs by inputs") {
  const std::vector<ParameterMatrix> matrices = MatricesOf(OptimizerKind::kMuon, kTiny);
  int64_t at = 0;
  size_t next = 0;
  for (const ParameterSpec& spec : ParameterLayout(kTiny)) {
    if (spec.shape.size() > 1) {
      INFO(spec.name);
      REQUIRE(next < matrices.size());
      CHECK(matrices[next].offset == at);
      CHECK(matrices[next].rows == spec.shape[0]);
      CHECK(matrices[next].Size() == spec.Size());
      ++next;
    }
    at += spec.Size();
  }
  CHECK(next == matrices.size());
  CHECK(next > 10);
  CHECK(MatricesOf(OptimizerKind::kAdam, kTiny).empty());
}

// A slow twin: singular values are changed one by one, and vectors stay.
TEST_CASE("Muon's step keeps the singular vectors of the momentum and makes its values alike") {
  const size_t size = NumParameters(kTiny);
  std::vector<float> parameters = Noise(size, 1), first = Noise(size, 2), second = Noise(size, 3);
  Optimizer optimizer(OptimizerKind::kMuon, kTiny, None(size));
  std::vector<float> gradient = first;
  optimizer.Update(absl::MakeSpan(parameters), absl::MakeSpan(gradient), 1e-3, 1e9);
  const std::vector<float> before = parameters;
  gradient = second;
  optimizer.Update(absl::MakeSpan(parameters), absl::MakeSpan(gradient), 1e-3, 1e9);
  for (const ParameterMatrix& matrix : MatricesOf(OptimizerKind::kMuon, kTiny)) {
    Eigen::MatrixXd momentum(matrix.rows, matrix.columns), moved = momentum;
    for (int64_t r = 0; r < matrix.rows; ++r) {
      for (int64_t c = 0; c < matrix.columns; ++c) {
        const int64_t i = matrix.offset + r * matrix.columns + c;
        const double mean = 0.95 * 0.05 * first[i] + 0.05 * second[i];
        momentum(r, c) = 0.95 * mean + 0.05 * second[i];
        moved(r, c) = static_cast<double>(before[i]) - parameters[i];
      }
    }
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(momentum,
                                                Eigen::ComputeThinU | Eigen::ComputeThinV);
    Eigen::VectorXd values = svd.singularValues() / momentum.norm();
    for (double& s : values) {
      for (int i = 0; i < 5; ++i) s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * std::pow(s, 5);
      CHECK(s > 0.3);
      CHECK(s < 1.3);
    }
    const double rate =
        1e-3 * 0.2 * std::sqrt(static_cast<double>(std::max(matrix.rows, matrix.columns)));
    const Eigen::MatrixXd expected =
        rate * svd.matrixU() * values.asDiagonal() * svd.matrixV().transpose();
    CHECK((moved - expected).norm() < 1e-2 * expected.norm());
  }
}

TEST_CASE("What is no matrix moves by Adam, whichever the optimizer") {
  const size_t size = NumParameters(kTiny);
  std::vector<float> adams = Noise(size, 1), muons = adams;
  Optimizer adam(OptimizerKind::kAdam, kTiny, None(size)),
      muon(OptimizerKind::kMuon, kTiny, None(size));
  for (int step = 0; step < 3; ++step) {
    std::vector<float> gradient = Noise(size, 10 + step), same = gradient;
    const double norm =
        adam.Update(absl::MakeSpan(adams), absl::MakeSpan(gradient), 1e-3, /*max_norm=*/5);
    CHECK(muon.Update(absl::MakeSpan(muons), absl::MakeSpan(same), 1e-3, 5) == norm);
  }
  std::vector<bool> in_matrix(size);
  for (const ParameterMatrix& m : MatricesOf(OptimizerKind::kMuon, kTiny)) {
    std::fill_n(in_matrix.begin() + m.offset, m.Size(), true);
  }
  int alike = 0;
  for (size_t i = 0; i < size; ++i) {
    if (in_matrix[i]) {
      CHECK(muon.moments().second[i] == 0);
      continue;
    }
    CHECK(muons[i] == adams[i]);
    ++alike;
  }
  CHECK(alike > 100);
  CHECK(muon.moments().steps == 3);
}

TEST_CASE("A gradient that is not finite changes nothing, and none at all moves nothing") {
  const OptimizerKind kind = GENERATE(OptimizerKind::kAdam, OptimizerKind::kMuon);
  const size_t size = NumParameters(kTiny);
  std::vector<float> parameters = Noise(size, 1), gradient = Noise(size, 2);
  const std::vector<float> before = parameters;
  Optimizer optimizer(kind, kTiny, None(size));
  gradient[7] = std::numeric_limits<float>::infinity();
  CHECK(!std::isfinite(
      optimizer.Update(absl::MakeSpan(parameters), absl::MakeSpan(gradient), 1e-3, 10)));
  CHECK(parameters == before);
  CHECK(optimizer.moments().steps == 0);
  std::fill(gradient.begin(), gradient.end(), 0.0f);
  CHECK(optimizer.Update(absl::MakeSpan(parameters), absl::MakeSpan(gradient), 1e-3, 10) == 0);
  CHECK(parameters == before);
}

}  // namespace
}  // namespace hod::models
