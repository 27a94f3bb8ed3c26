// A disk that is full.
#pragma once

#include <cstdint>
#include <string>

namespace hod {

// A file system of some bytes in memory, mounted on a folder, which it makes.
class SmallDisk {
 public:
  // Whether there can be one; warns that the test is skipped if not.
  static bool Available();

  SmallDisk(std::string folder, int64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  // Fills it but for so many bytes, and makes room again.
  void Fill(int64_t left = 0);
  void Clear();

 private:
  const std::string folder_;
};

}  // namespace hod
