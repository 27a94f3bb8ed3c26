#include "models/backends/packed_layer.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include "models/backends/bfloat16.h"
#include "models/backends/kernels.h"

namespace hod::models {
PackedLayer::PackedLayer(const RowMajor& values, const Eigen::VectorXf& bias_of_outputs,
                         const std::array<int, 3>& kernel_extents, Precision precision)
    : extents(kernel_extents), kernel_size(extents[0] * extents[1] * extents[2]) {
  const int outputs = static_cast<int>(values.rows());
  const int inputs = static_cast<int>(values.cols()) / kernel_size;
  const int channels_per_unit = ChannelsPerUnit(precision);
  blocks = RoundUp(outputs, kBlock) / kBlock;
  units = RoundUp(inputs, kBlock) / channels_per_unit;
  bias = Eigen::VectorXf::Zero(blocks * kBlock);
  bias.head(bias_of_outputs.size()) = bias_of_outputs;
  scales = Eigen::VectorXf::Zero(blocks * kBlock);
  if (precision == Precision::kInt8) {
    scales.head(outputs) =
        values.cwiseAbs().rowwise().maxCoeff() / static_cast<float>(kMaxInt8Weight);
  }
  weights.resize(static_cast<size_t>(blocks) * kernel_size * units * kBlock);
  for (int output = 0; output < outputs; ++output) {
    for (int input = 0; input < inputs; ++input) {
      for (int tap = 0; tap < kernel_size; ++tap) {
        int unit_of_input = input / channels_per_unit, channel = input % channels_per_unit;
        if (precision == Precision::kInt8) {  // See Kernels::quantise.
          unit_of_input = input / kBlock * 4 + input % 4;
          channel = input % kBlock / 4;
        }
        const int unit = (output / kBlock * kernel_size + tap) * units + unit_of_input;
        char* const at =
            reinterpret_cast<char*>(&weights[static_cast<size_t>(unit) * kBlock + output % kBlock]);
        const float value = values(output, input * kernel_size + tap);
        if (precision == Precision::kFloat32) {
          std::memcpy(at, &value, sizeof(value));
        } else if (precision == Precision::kBfloat16) {
          const uint16_t half = ToBfloat16(value);
          std::memcpy(at + 2 * channel, &half, sizeof(half));
        } else if (scales[output] > 0) {
          at[channel] = static_cast<char>(std::lround(value / scales[output]));
        }
      }
    }
  }
}

}  // namespace hod::models
