// Convolutions of every kind of kernel against their definition, in whole numbers, which all sum
// alike.
#include <array>
#include <cstring>
#include <vector>

#include "env/base/random.h"
#include "models/backends/aligned.h"
#include "models/backends/convolution_plan.h"
#include "models/backends/kernels.h"
#include "tests/support/catch.h"

namespace hod::models {
namespace {

struct Case {
  env::WorldSize size;
  std::array<int, 3> extents;
  int channels, blocks;
  bool add = false, gate = false, relu = false;
};

// Numbers as kernels keep them: float32, bfloat16 rounded to the nearest, or bytes.
void Put(double value, Precision precision, size_t index, void* numbers) {
  char* const at = static_cast<char*>(numbers);
  const auto number = static_cast<float>(value);
  if (precision == Precision::kFloat32) {
    std::memcpy(at + 4 * index, &number, 4);
  } else if (precision == Precision::kBfloat16) {
    uint32_t bits;
    std::memcpy(&bits, &number, 4);
    bits += 0x7fff + (bits >> 16 & 1);
    std::memcpy(at + 2 * index, reinterpret_cast<const char*>(&bits) + 2, 2);
  } else {
    at[index] = static_cast<char>(value);
  }
}

double Get(Precision precision, size_t index, const void* numbers) {
  const char* const at = static_cast<const char*>(numbers);
  float number = 0;
  if (precision == Precision::kFloat32) {
    std::memcpy(&number, at + 4 * index, 4);
  } else {
    std::memcpy(reinterpret_cast<char*>(&number) + 2, at + 2 * index, 2);
  }
  return number;
}

std::vector<double> RandomIntegers(size_t count, int low, int high, Rng& rng) {
  std::vector<double> numbers(count);
  for (double& x : numbers) x = rng.Between(low, high);
  return numbers;
}

// As kernels have them: a float for every four bytes of them.
Aligned<float> Kept(const std::vector<double>& numbers, Precision precision) {
  Aligned<float> kept(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) Put(numbers[i], precision, i, kept.data());
  return kept;
}

// The numbers of a convolution.
struct Numbers {
  Numbers(const Case& c, Precision precision, int channels_per_unit) {
    Rng rng(1);
    const bool bytes = precision == Precision::kInt8;
    const int outputs = c.blocks * kBlock;
    taps = c.extents[0] * c.extents[1] * c.extents[2];
    const size_t rows = size_t{1} * c.size.Volume() * outputs;
    input = RandomIntegers(size_t{1} * c.size.Volume() * c.channels, bytes ? 0 : -2,
                           bytes ? 255 : 2, rng);
    const int largest = bytes ? kMaxInt8Weight : 2;
    weights = RandomIntegers(size_t{1} * outputs * taps * c.channels, -largest, largest, rng);
    bias = RandomIntegers(outputs, -9, 9, rng);
    scales = RandomIntegers(outputs, 1, 3, rng);
    if (!bytes) scales.assign(outputs, 1);
    add = RandomIntegers(rows, -9, 9, rng);
    gate = RandomIntegers(rows, -1, 1, rng);
    units = c.channels / channels_per_unit;
    packed_weights.resize(weights.size());
    for (int output = 0; output < outputs; ++output) {
      for (int tap = 0; tap < taps; ++tap) {
        for (int i = 0; i < c.channels; ++i) {
          const size_t unit = (output / kBlock * taps + tap) * units + i / channels_per_unit;
          Put(weights[(output * taps + tap) * c.channels + i], precision,
              (unit * kBlock + output % kBlock) * channels_per_unit + i % channels_per_unit,
              packed_weights.data());
        }
      }
    }
  }

  int taps, units;
  std::vector<double> input, weights, bias, scales, add, gate;
  Aligned<float> packed_weights;
};

double Expected(const Case& c, const Numbers& n, int voxel, int output) {
  double sum = 0;
  int tap = 0;
  for (int x = 0; x < c.extents[0]; ++x) {
    for (int y = 0; y < c.extents[1]; ++y) {
      for (int z = 0; z < c.extents[2]; ++z, ++tap) {
        const env::Cell at =
            c.size.At(voxel) +
            env::Cell{x - c.extents[0] / 2, y - c.extents[1] / 2, z - c.extents[2] / 2};
        if (!c.size.Contains(at)) continue;
        for (int i = 0; i < c.channels; ++i) {
          sum += n.input[c.size.Index(at) * c.channels + i] *
                 n.weights[(output * n.taps + tap) * c.channels + i];
        }
      }
    }
  }
  const size_t row = static_cast<size_t>(voxel) * c.blocks * kBlock + output;
  double result = sum * n.scales[output] + n.bias[output];
  if (c.add) result += n.add[row];
  if (c.gate) return n.gate[row] > 0 ? result : 0;
  return c.relu ? std::max(result, 0.0) : result;
}

void Check(const Case& c, const Kernels& kernels) {
  const Precision rows =
      kernels.precision == Precision::kInt8 ? Precision::kFloat32 : kernels.precision;
  const Numbers n(c, kernels.precision, ChannelsPerUnit(kernels.precision));
  const ConvolutionPlan plan(c.size, c.extents);
  const auto input = Kept(n.input, kernels.precision);
  const auto gate = Kept(n.gate, rows);
  const auto bias = Kept(n.bias, Precision::kFloat32), scales = Kept(n.scales, Precision::kFloat32);
  auto output = Kept(n.add, rows);  // What is added is overwritten.
  Convolution convolution = {};
  convolution.input = input.data();
  convolution.voxel_stride = n.units;
  convolution.units = n.units;
  convolution.weights = n.packed_weights.data();
  convolution.scales = scales.data();
  convolution.bias = bias.data();
  convolution.add = c.add ? output.data() : nullptr;
  convolution.gate = c.gate ? gate.data() : nullptr;
  convolution.relu = c.relu;
  convolution.output = output.data();
  convolution.blocks = c.blocks;
  convolution.kernel_size = n.taps;
  convolution.taps = plan.taps.data();
  convolution.runs = plan.runs.data();
  convolution.num_runs = static_cast<int>(plan.runs.size());
  kernels.convolve(convolution);
  for (int voxel = 0; voxel < c.size.Volume(); ++voxel) {
    for (int channel = 0; channel < c.blocks * kBlock; ++channel) {
      float rounded = 0;
      Put(Expected(c, n, voxel, channel), rows, 0, &rounded);
      const size_t index = static_cast<size_t>(voxel) * c.blocks * kBlock + channel;
      INFO("voxel " << voxel << ", channel " << channel);
      REQUIRE(Get(rows, index, output.data()) == Get(rows, 0, &rounded));
    }
  }
}

TEST_CASE("Convolutions are what their definition says, of any number of channels and voxels") {
  const Case cases[] = {
      {{11, 10, 10}, {3, 1, 3}, 16, 1, false, false, true},
      {{11, 10, 10}, {1, 3, 1}, 16, 1, true, false, true},
      {{5, 6, 7}, {3, 1, 3}, 32, 2, false, false, true},
      {{5, 6, 7}, {1, 3, 1}, 32, 2, true, false, true},
      {{3, 19, 4}, {3, 1, 3}, 32, 3, true, true, false},
      {{4, 5, 6}, {3, 3, 3}, 48, 3, true, false, false},
      {{4, 4, 17}, {3, 3, 3}, 16, 2, true, true, false},
      {{4, 3, 3}, {3, 3, 3}, 32, 1, false, false, false},
      {{6, 5, 4}, {1, 1, 1}, 64, 2, false, true, false},
      {{4, 4, 4}, {5, 5, 5}, 16, 1, false, false, true},
  };
  for (const Case& c : cases) {
    for (const Kernels* kernels : RunnableKernels()) {
      INFO(Name(kernels->precision) << ", " << kernels->name << ": " << c.channels << " channels, "
                                    << c.blocks << " blocks, world of " << c.size.w);
      Check(c, *kernels);
    }
  }
}

// The gradient of a weight, by its definition.
double ExpectedGradient(const Case& c, const std::vector<double>& input,
                        const std::vector<double>& gradient, const std::array<int, 3>& tap,
                        int channel, int output) {
  double sum = 0;
  for (int voxel = 0; voxel < c.size.Volume(); ++voxel) {
    const env::Cell at =
        c.size.At(voxel) +
        env::Cell{tap[0] - c.extents[0] / 2, tap[1] - c.extents[1] / 2, tap[2] - c.extents[2] / 2};
    if (!c.size.Contains(at)) continue;
    const size_t row = size_t{1} * c.size.Index(at) * RoundUp(c.channels, kBlock);
    sum += input[row + channel] * gradient[size_t{1} * voxel * c.blocks * kBlock + output];
  }
  return sum;
}

TEST_CASE("Gradients of weights are what their definition says, added to what was there") {
  const Case cases[] = {{{11, 10, 10}, {3, 1, 3}, 16, 1}, {{5, 7, 9}, {1, 3, 1}, 23, 2},
                        {{4, 5, 7}, {3, 3, 3}, 40, 1},    {{7, 7, 7}, {1, 1, 1}, 5, 9},
                        {{4, 3, 3}, {3, 1, 3}, 32, 2},    {{5, 5, 5}, {5, 1, 1}, 48, 3}};
  for (const Case& c : cases) {
    Rng rng(1);
    const int row = RoundUp(c.channels, kBlock), outputs = c.blocks * kBlock;
    const auto input = RandomIntegers(size_t{1} * c.size.Volume() * row, -3, 3, rng);
    const auto gradient = RandomIntegers(size_t{1} * c.size.Volume() * outputs, -3, 3, rng);
    const ConvolutionPlan plan(c.size, c.extents);
    for (const Kernels* kernels : RunnableKernels()) {
      if (kernels->add_weight_gradient == nullptr) continue;
      INFO(FullName(*kernels) << ": " << c.channels << " channels, " << c.blocks
                              << " blocks, world of " << c.size.w);
      const auto inputs = Kept(input, kernels->precision);
      const auto gradients = Kept(gradient, kernels->precision);
      Aligned<float> weights(size_t{1} * outputs * plan.kernel_size * c.channels, 7.0f);
      kernels->add_weight_gradient({.input = inputs.data(),
                                    .input_row = row,
                                    .channels = c.channels,
                                    .gradient = gradients.data(),
                                    .weights = weights.data(),
                                    .blocks = c.blocks,
                                    .kernel_size = plan.kernel_size,
                                    .taps = plan.taps.data(),
                                    .runs = plan.runs.data(),
                                    .num_runs = static_cast<int>(plan.runs.size())});
      int wrong = 0;
      for (int output = 0; output < outputs; ++output) {
        for (int tap = 0; tap < plan.kernel_size; ++tap) {
          const std::array<int, 3> at = {tap / (c.extents[1] * c.extents[2]),
                                         tap / c.extents[2] % c.extents[1], tap % c.extents[2]};
          for (int channel = 0; channel < c.channels; channel += 3) {
            const size_t index =
                ((size_t{1} * (output / kBlock) * plan.kernel_size + tap) * c.channels + channel) *
                    kBlock +
                output % kBlock;
            wrong +=
                weights[index] != 7 + ExpectedGradient(c, input, gradient, at, channel, output);
          }
        }
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("Rows become planes and planes rows, of any number of voxels") {
  for (const Kernels* kernels : RunnableKernels()) {
    const Precision precision =
        kernels->precision == Precision::kInt8 ? Precision::kFloat32 : kernels->precision;
    for (const int voxels : {16, 27, 64, 105}) {
      constexpr int kChannels = 21, kRow = 32;
      Rng rng(1);
      const auto numbers = RandomIntegers(size_t{1} * kChannels * voxels, -9, 9, rng);
      const auto planes = Kept(numbers, Precision::kFloat32);
      Aligned<float> rows(size_t{1} * kRow * voxels, 5.0f), floats(rows.size()), back(rows.size());
      kernels->to_rows(planes.data(), voxels, kChannels, rows.data());
      for (size_t i = 0; i < floats.size(); ++i) {
        floats[i] = static_cast<float>(Get(precision, i, rows.data()));
      }
      kernels->to_planes(floats.data(), voxels, kRow, back.data());
      int wrong = 0;
      for (int voxel = 0; voxel < voxels; ++voxel) {
        for (int channel = 0; channel < kRow; ++channel) {
          const double expected = channel < kChannels ? numbers[channel * voxels + voxel] : 0;
          wrong += Get(precision, size_t{1} * voxel * kRow + channel, rows.data()) != expected;
          wrong += back[channel * voxels + voxel] != expected;
        }
      }
      INFO(FullName(*kernels) << ", " << voxels << " voxels");
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("What multiplies and adds alone says how much it did") {
  for (const Kernels* kernels : RunnableKernels()) {
    INFO(kernels->name);
    const double one = kernels->multiply_add(1);
    CHECK(one >= 2 * kBlock * ChannelsPerUnit(kernels->precision));
    CHECK(kernels->multiply_add(3) == 3 * one);
  }
}

}  // namespace
}  // namespace hod::models
