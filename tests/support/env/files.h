// Files for the tests of this folder: a directory that goes away, and .npy contents made by hand.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "env/houses/house.h"

namespace hod::env {

class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hod_houses_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }

  std::string path() const { return path_; }
  // Writes a file and returns its path.
  std::string Write(const std::string& name, const std::string& bytes) const {
    const std::string path = absl::StrCat(path_, "/", name);
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

 private:
  std::string path_;
};

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
