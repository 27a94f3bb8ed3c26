// Reads block arrays from NumPy's .npy files.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "env/houses/house.h"

namespace hod::env {

// The contents of a .npy file of uint8 in C order.
struct NpyArray {
  std::vector<int> shape;
  std::string bytes;       // The product of `shape`.
  size_t data_offset = 0;  // Where `bytes` begins in the file.
};

// A .npy file of format version 1 or 2 with an array of `rank` axes of uint8 in C order, extents 1
// to `max_extent`, at most 2 * kMaxStructureCells bytes. Anything else is refused, and the message
// names the file, the field or offset, and what was expected. A file larger than any valid one is
// not read.
absl::StatusOr<NpyArray> ReadNpyArray(const std::string& path, int rank, int max_extent);

// The same for three axes of block ids below kNumBlocks, at most kMaxStructureCells.
absl::StatusOr<House> ReadNpy(const std::string& path, int max_extent);

}  // namespace hod::env
