// The reference's networks that tests compare with, where they are at hand.
#pragma once

#include <string>

#include "models/reference/import.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::models {

inline ReferenceWeights Imported(const std::string& dir, const std::string& name) {
  const auto weights =
      ImportReference(dir + "/" + name + ".safetensors", dir + "/" + name + ".json");
  INFO(weights.status());
  REQUIRE(weights.ok());
  return *weights;
}

}  // namespace hod::models
