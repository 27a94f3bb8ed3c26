// What makes steps of gradients, over a flat vector of parameters.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/network/network.h"

namespace hod::models {

// kAdam is that of Kingma & Ba 2015. kMuon (Jordan et al. 2024) moves every matrix of weights along
// its momentum made orthogonal, so that no direction is learnt faster than another, and leaves the
// rest to Adam. Its steps are scaled to the size of Adam's (Liu et al. 2025), so that one learning
// rate serves both.
enum class OptimizerKind { kAdam, kMuon };

// Parameters that Muon moves as a matrix of outputs by inputs; all taps of a convolution count as
// inputs.
struct ParameterMatrix {
  int64_t offset, rows, columns;
  int64_t Size() const { return rows * columns; }
};

// Muon's constants, for the optimizers of both devices.
namespace muon {
inline constexpr float kMomentum = 0.95f;
// The odd polynomial a x + b x^3 + c x^5 brings singular values near 1 when it is applied so many
// times.
inline constexpr float kA = 3.4445f, kB = -4.7750f, kC = 2.0315f;
inline constexpr int kIterations = 5;
// The root mean square of a step by a learning rate of 1, about that of Adam's.
inline constexpr float kStepSize = 0.2f;
}  // namespace muon

// The matrices that `kind` moves, in the order of the flat vector; Adam moves none.
std::vector<ParameterMatrix> MatricesOf(OptimizerKind kind, const NetworkConfig& network);

// What an optimizer remembers of a parameter's gradients.
struct Moments {
  std::vector<float> first, second;  // One of each for every parameter; Muon leaves second at 0.
  int64_t steps = 0;
};

class Optimizer {
 public:
  // Requires moments of the network's size.
  Optimizer(OptimizerKind kind, const NetworkConfig& network, Moments moments);

  // Makes a step, after the gradient is scaled down to `max_norm`. Returns its norm of before; if
  // that is not finite, nothing is changed.
  double Update(absl::Span<float> parameters, absl::Span<float> gradient, double learning_rate,
                double max_norm);

  const Moments& moments() const { return moments_; }

 private:
  void StepByAdam(size_t begin, size_t end, absl::Span<float> parameters,
                  absl::Span<const float> gradient, double learning_rate);
  void StepByMuon(const ParameterMatrix& matrix, absl::Span<float> parameters,
                  absl::Span<const float> gradient, double learning_rate);

  const std::vector<ParameterMatrix> matrices_;
  Moments moments_;
};

}  // namespace hod::models
