// Litematica's structures, in gzip or plain.
#include "env/houses/importers/litematic.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/structure_files.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadLitematic(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using namespace env::nbt;  // NOLINT
  const std::vector<State> states = {{"air", {}},
                                     {"stone", {}},
                                     {"oak_stairs", {{"facing", "east"}}},
                                     {"grass", {}},
                                     {"glass", {}}};
  const Region one{{0, 0, 0}, {2, 1, 2}, states, {1, 2, 3, 0}},
      other{{5, 1, 1}, {-3, 2, -2}, states, {1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2}};
  const auto file = [](const std::vector<Region>& regions) {
    return Named("", Compound(Litematic(regions)));
  };
  return {file({one}), file({one, other}), Gzip(file({other}))};
}
