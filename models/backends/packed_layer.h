// The weights of a layer in the order in which kernels read them.
#pragma once

#include <Eigen/Core>
#include <array>

#include "models/backends/aligned.h"
#include "models/network/precision.h"

namespace hod::models {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// A convolution from rows to rows, with zeros for what pads the channels of both.
struct PackedLayer {
  // `values` are [outputs][inputs * taps of the kernel]. An empty bias is 0.
  PackedLayer(const RowMajor& values, const Eigen::VectorXf& bias,
              const std::array<int, 3>& extents, Precision precision);

  std::array<int, 3> extents;    // The kernel's, in x, y, z.
  int kernel_size;               // Their product.
  int blocks, units;             // Blocks of outputs, units of inputs.
  Aligned<float> weights;        // Units: see Convolution::weights.
  Eigen::VectorXf bias, scales;  // Scales of int8: each output's largest weight is kMaxInt8Weight.
};

}  // namespace hod::models
