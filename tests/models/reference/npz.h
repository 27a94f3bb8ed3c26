// Reads NumPy's .npz archives, the format of the reference's recorded inputs and outputs.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace hod::models {

struct NpzArray {
  std::string type;  // NumPy's, e.g. "<f4".
  std::vector<int64_t> shape;
  std::string bytes;

  // The elements of row `i` of the first axis. Requires that T has the size of an element.
  template <typename T>
  std::vector<T> Row(int64_t i) const {
    const size_t size = bytes.size() / static_cast<size_t>(shape[0]);
    std::vector<T> row(size / sizeof(T));
    std::memcpy(row.data(), bytes.data() + i * size, size);
    return row;
  }
};

// All arrays of an archive as np.savez or np.savez_compressed writes it, in C order. What it cannot
// read ends the test.
std::map<std::string, NpzArray> ReadNpz(const std::string& path);

}  // namespace hod::models
