// Structures of Minecraft's structure blocks, in gzip or plain.
#include "env/houses/importers/structure.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/structure_files.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadStructureBlock(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using namespace env::nbt;  // NOLINT
  const std::vector<State> states = {{"air", {}}, {"stone", {}}, {"oak_stairs", {{"half", "top"}}}};
  const Fields hut = Structure({2, 2, 1}, states, {{1, {0, 0, 0}}, {2, {0, 1, 0}}, {0, {1, 0, 0}}});
  Fields several = Without(hut, "palette");
  several.push_back({"palettes", List({States(states, "Name", "Properties")})});
  const Value jigsaw =
      Compound({{"pos", Ints(Three{0, 0, 0})},
                {"state", Int(0)},
                {"nbt", Compound({{"final_state", String("minecraft:oak_planks")}})}});
  const Fields jigsaws = With(Structure({1, 1, 1}, {{"jigsaw", {}}}, {}), "blocks", List({jigsaw}));
  const auto file = [](const Fields& fields) { return Named("", Compound(fields)); };
  return {file(hut), file(several), file(jigsaws), Gzip(file(hut))};
}
