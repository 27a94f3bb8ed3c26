// Contents of .npy files, made by hand.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "env/houses/house.h"

namespace hod::env {

inline std::string NpyBytes(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes("\x93NUMPY", 6);
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) {
    bytes += static_cast<char>(header.size() >> (8 * i));
  }
  return bytes + header + data;
}

inline std::string NpyHeader(const WorldSize& size) {
  return absl::StrCat("{'descr': '|u1', 'fortran_order': False, 'shape': (", size.w, ", ", size.h,
                      ", ", size.d, "), }   \n");
}

inline std::string NpyBytes(const WorldSize& size, const std::vector<Block>& blocks) {
  return NpyBytes(NpyHeader(size), std::string(blocks.begin(), blocks.end()));
}

}  // namespace hod::env
