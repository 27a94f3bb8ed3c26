// Convolutions by oneDNN's primitives, to compare Hod's with.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "models/network/precision.h"

namespace hod::benchmarks {

// A convolution in the paper's world, with as many inputs as outputs.
struct ConvolutionShape {
  std::array<int, 3> extents;
  int channels;
};

// Forward as for predictions and as for learning; gradients of inputs and of weights.
enum class ConvolutionPass { kPredict, kForward, kInputGradient, kWeightGradient };

// One that computes a pass over a batch whenever it is called.
struct OneDnnPass {
  std::string implementation;  // What oneDNN chose.
  std::function<void()> run;
};

// In the layouts that oneDNN prefers, on one thread. Error: a pass that it does not have here.
absl::StatusOr<OneDnnPass> MakeOneDnnPass(const ConvolutionShape& shape, ConvolutionPass pass,
                                          models::Precision precision, int batch);

}  // namespace hod::benchmarks
