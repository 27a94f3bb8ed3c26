// Structures of the Bedrock edition.
#include "env/houses/importers/mcstructure.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/structure_files.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadMcstructure(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using namespace env::nbt;  // NOLINT
  const Value palette = States({{"air", {}},
                                {"stone", {{"stone_type", "granite"}}},
                                {"stone_block_slab", {{"stone_slab_type", "brick"}}},
                                {"grass", {}}},
                               "name", "states");
  const auto file = [](const Fields& fields) { return LittleEndian(Named("", Compound(fields))); };
  return {file(Mcstructure({1, 2, 2}, palette, {{1, 2, -1, 3}, {-1, -1, 0, -1}})),
          file(Mcstructure({3, 1, 1}, palette, {{1, 0, 3}}))};
}
