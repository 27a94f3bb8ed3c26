// .npy files of block ids.
#include "env/game/config.h"
#include "env/houses/files/npy.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/npy_bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  const auto house = hod::env::ReadNpy(file.path(), hod::env::kMaxWorldExtent);
  hod::fuzz::ExpectNamed(house.status(), file);
  if (house.ok()) {
    hod::fuzz::Expect(static_cast<int>(house->blocks.size()) == house->size.Volume(),
                      "as many blocks as the extents say");
  }
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  const std::vector<env::Block> blocks = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1};
  const std::string bytes(blocks.begin(), blocks.end());
  return {env::NpyBytes({2, 3, 2}, blocks), env::NpyBytes(env::NpyHeader({3, 2, 2}), bytes, 2)};
}
