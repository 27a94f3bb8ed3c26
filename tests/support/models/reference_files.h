// The reference's networks that tests compare with, where they are at hand.
#pragma once

#include <filesystem>
#include <string>

#include "models/reference/import.h"
#include "tests/support/catch.h"
#include "tests/support/env/test_files.h"

namespace hod::models {

// The folder of the reference's weights beside the source tree, or, with a warning, "".
inline std::string ReferenceDir() {
  const std::string dir = SharedDir() + "/weights";
  if (std::filesystem::is_directory(dir)) return dir;
  WARN("skipped: there is no folder " << dir);
  return "";
}

inline ReferenceWeights Imported(const std::string& dir, const std::string& name) {
  const auto weights =
      ImportReference(dir + "/" + name + ".safetensors", dir + "/" + name + ".json");
  INFO(weights.status());
  REQUIRE(weights.ok());
  return *weights;
}

}  // namespace hod::models
