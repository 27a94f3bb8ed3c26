// Files of Minecraft's editors, in gzip or plain.
#include "env/houses/importers/schematic.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/schematic_files.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadSchematic(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using namespace env::nbt;  // NOLINT
  Fields named = Legacy(), numbered = Legacy();
  named.push_back({"SchematicaMapping", Compound({{"minecraft:planks", Short(1)}})});
  named.push_back({"AddBlocks", Bytes(std::string("\x00\x00", 2))});
  numbered.push_back({"BlockIDs", Compound({{"1", String("minecraft:planks")}})});
  numbered.push_back({"Add", Bytes(std::string(4, '\0'))});
  return {SpongeFile(1), SpongeFile(2),    SpongeFile(3),      FileOf(Legacy()),
          FileOf(named), FileOf(numbered), Gzip(SpongeFile(2))};
}
