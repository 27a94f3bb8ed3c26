// Files of Minecraft's editors, in gzip or plain.
#include "env/houses/importers/schematic.h"
#include "tests/fuzz/target.h"
#include "tests/support/env/nbt_writer.h"

namespace hod::env::nbt {
namespace {

Value Sponge(int version) {
  const Value palette = Compound({{"minecraft:stone", Int(0)},
                                  {"minecraft:oak_stairs[facing=east]", Int(1)},
                                  {"minecraft:air", Int(2)},
                                  {"minecraft:glowstone", Int(3)}});
  const Value data = Bytes(std::string("\x00\x01\x02\x03", 4));
  Fields fields = {{"Version", Int(version)},
                   {"DataVersion", Int(2975)},
                   {"Metadata", Compound({{"Sizes", List({Long(1), Long(2)})}})},
                   {"Width", Short(2)},
                   {"Height", Short(1)},
                   {"Length", Short(2)}};
  if (version == 3) {
    fields.push_back({"Blocks", Compound({{"Palette", palette}, {"Data", data}})});
  } else {
    fields.push_back({"Palette", palette});
    fields.push_back({"BlockData", data});
  }
  return Compound(fields);
}

Value Legacy() {
  return Compound({{"Materials", String("Alpha")},
                   {"Width", Short(2)},
                   {"Height", Short(2)},
                   {"Length", Short(1)},
                   {"Blocks", Bytes("\x01\x35\x11\x59")},
                   {"Data", Bytes(std::string("\x00\x02\x0c\x00", 4))},
                   {"Entities", List({})}});
}

}  // namespace
}  // namespace hod::env::nbt

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hod::fuzz::InputFile file(data, size);
  hod::fuzz::ExpectNamed(hod::env::ReadSchematic(file.path()).status(), file);
  return 0;
}

std::vector<std::string> hod::fuzz::Seeds() {
  using namespace env::nbt;  // NOLINT
  const std::string two = Named("Schematic", Sponge(2));
  return {two, Named("", Compound({{"Schematic", Sponge(3)}})), Named("Schematic", Legacy()),
          Gzip(two)};
}
