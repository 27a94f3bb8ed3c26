// Files that are cut off or damaged, for tests of readers.
#pragma once

#include <string>

#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {

// Gives `read` the path of a file named *`ending` with every truncation of `bytes`, which it must
// refuse, and with every byte changed, which may leave a valid file and must never do harm. Its
// errors name the file.
template <typename Read>
void CheckTruncatedAndDamaged(const std::string& ending, const std::string& bytes,
                              const Read& read) {
  const TempDir dir;
  const std::string cut = "cut" + ending, damaged = "damaged" + ending;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto truncated = read(dir.Write(cut, bytes.substr(0, i)));
    REQUIRE_FALSE(truncated.ok());
    REQUIRE_THAT(std::string(truncated.status().message()), Catch::Contains(cut + ": "));
    for (const int flip : {0x01, 0x80, 0x81}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ flip);
      const auto house = read(dir.Write(damaged, changed));
      if (!house.ok()) {
        REQUIRE_THAT(std::string(house.status().message()), Catch::Contains(damaged + ": "));
      }
    }
  }
}

}  // namespace hod::env
