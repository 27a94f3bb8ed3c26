// The arithmetic of networks on the processor's vector units, compiled once per instruction set.
//
// Activations are rows: one per voxel in the world's flat order, of channels padded to whole blocks
// of kBlock. Planes are the other way round, [channel][voxel]. A unit is 4 bytes of a row: one
// float or two bfloat16; or four bytes, which only convolutions read, made from rows of floats. A
// kernel broadcasts units of some rows and multiplies each with kBlock outputs at once, so that
// what is summed stays in registers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "models/network/precision.h"

namespace hod::models {

// Limit of weights in bytes: products of two of them and bytes without a sign stay within 16 bits.
inline constexpr int kMaxInt8Weight = 64;
inline constexpr int kBlock = 16;  // Channels; a vector of AVX-512, two of AVX2.

// What a precision puts into a unit.
constexpr int ChannelsPerUnit(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return 1;
    case Precision::kBfloat16:
      return 2;
    case Precision::kInt8:
      return 4;
  }
  return 0;
}

// Where one weight of a convolution finds its input.
struct Tap {
  int32_t weight;  // Which one, in C order over the extents of the kernel.
  int32_t offset;  // Step from the output's voxel to the input's.
};

// Voxels at equal distances whose taps all lie within the world.
struct VoxelRun {
  int32_t first, count, stride;
  int32_t first_tap, num_taps;  // A run in a list of taps.
};

// convolution + bias + add, zero outside the world; then a ReLU, a gate, or neither.
struct Convolution {
  const void* input;
  ptrdiff_t voxel_stride;  // Counted in units.
  int units;               // Per voxel.
  const void* weights;     // [blocks][taps of the kernel][units][kBlock] units
  const float* scales;     // [blocks * kBlock] of sums; used with bytes alone.
  const float* bias;       // [blocks * kBlock]
  const void* add;         // Rows, or null.
  const void* gate;        // Rows: 0 is put where theirs is not positive. Or null.
  bool relu;
  void* output;  // Rows. May be `add` if both are of the same numbers.
  int blocks;
  int kernel_size;  // Taps of the kernel.
  const Tap* taps;
  const VoxelRun* runs;
  int num_runs;
};

// The gradient of a convolution's weights: inputs times gradients of outputs, over all voxels.
struct WeightGradient {
  const void* input;     // Rows,
  ptrdiff_t input_row;   // of so many channels, a multiple of kBlock,
  int channels;          // and those that the convolution reads.
  const void* gradient;  // Rows of `blocks`.
  float* weights;        // [blocks][taps of the kernel][channels][kBlock], which it is added to.
  int blocks;
  int kernel_size;
  const Tap* taps;
  const VoxelRun* runs;
  int num_runs;
};

// A linear map of planes that are mostly 0, of which only the other numbers are multiplied, to
// blocks of rows of floats.
struct RowsBlock {
  float* first;      // The first voxel's.
  ptrdiff_t stride;  // From voxel to voxel.
};
struct SparseMap {
  const float* planes;      // [count][voxels]
  int count, voxels;        // At most 64 planes; at least kBlock voxels.
  const float* weights;     // [count][blocks][kBlock]
  const RowsBlock* output;  // [blocks]
  int blocks;
};

struct Kernels {
  const char* name;
  bool for_comparisons;  // Slower than others of their precision wherever there are others.
  Precision precision;   // Precision of the inputs of convolutions, and of rows except with bytes.
  // Takes an input of units; adds and puts out rows.
  void (*convolve)(const Convolution&);
  // These two take rows as an input and add rows of floats. They put out rows, and rows of floats.
  void (*map_rows)(const Convolution&);
  void (*map_to_floats)(const Convolution&);
  void (*map_planes)(const SparseMap&);
  // Bytes from `count` floats of rows that are not negative; returns what a byte's 1 is worth. The
  // units of a block have its channels 0, 4, 8, 12; 1, 5, 9, 13; and so on. Null where rows are
  // units already.
  float (*quantise)(const float* rows, int count, void* units);
  // Rows from `count` floats, a multiple of kBlock. Null where rows are floats.
  void (*round)(const float* floats, int count, void* rows);
  // Multiplies `count` channels of rows, a multiple of kBlock.
  void (*scale)(const float* factors, int count, void* rows);
  // Mean, then maximum of all channels.
  void (*pool)(const void* rows, int voxels, int channels, float* pooled);
  // Adds to the gradient of rows that came out of a ReLU those of their mean and maximum, given
  // both, [2][channels]. Voxels share a maximum's equally.
  void (*spread)(const void* rows, const float* pooled, const float* gradient, int voxels,
                 int channels, void* output);
  void (*add_weight_gradient)(const WeightGradient&);  // Null with bytes.
  // From rows of floats, and to rows, which are padded with zeros to whole blocks of channels. Both
  // need kBlock voxels.
  void (*to_planes)(const float* rows, int voxels, int channels, float* planes);
  void (*to_rows)(const float* planes, int voxels, int channels, void* rows);
  // The log of the sum of exponentials of `count` numbers is *highest + log(*sum). A relative error
  // of 1e-6 in *sum.
  void (*sum_exp)(const float* numbers, int count, float* highest, float* sum);
  // The same of all channels of a block at once, from rows of it.
  void (*sum_exp_rows)(const float* rows, int voxels, float* highest, float* sum);
  // Does nothing but multiply and add in registers as convolutions do, `steps` times; returns the
  // floating-point operations that were.
  double (*multiply_add)(int64_t steps);
};

// The precision and the name, which kernels of another precision may have too: "float32, AVX2".
std::string FullName(const Kernels& kernels);

// What this processor can run, the fastest of a precision first. bfloat16 where the processor does
// not multiply it is emulated, and so are tiles, for tests and comparisons.
absl::Span<const Kernels* const> RunnableKernels();
// The fastest of them.
const Kernels& FastestKernels(Precision precision);
// Those that every processor of its kind can run.
const Kernels& BaselineKernels(Precision precision);

}  // namespace hod::models
