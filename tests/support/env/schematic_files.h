// Files of Minecraft's editors, field by field, for tests.
#pragma once

#include <string>

#include "tests/support/env/nbt_writer.h"

namespace hod::env::nbt {

// A 2x1x2 structure: stone, oak stairs / air, a lamp. x runs fastest.
inline Fields Sponge(int version, const std::string& data = std::string("\x00\x01\x02\x03", 4)) {
  const Value palette = Compound({{"minecraft:stone", Int(0)},
                                  {"minecraft:oak_stairs[facing=east]", Int(1)},
                                  {"minecraft:air", Int(2)},
                                  {"minecraft:glowstone", Int(3)}});
  Fields fields = {
      {"Version", Int(version)},
      {"DataVersion", Int(2975)},
      {"Metadata", Compound({{"Name", String("hut")}, {"Sizes", List({Long(1), Long(2)})}})},
      {"Width", Short(2)},
      {"Height", Short(1)},
      {"Length", Short(2)}};
  if (version == 3) {
    fields.push_back({"Blocks", Compound({{"Palette", palette}, {"Data", Bytes(data)}})});
  } else {
    fields.push_back({"PaletteMax", Int(4)});
    fields.push_back({"Palette", palette});
    fields.push_back({"BlockData", Bytes(data)});
  }
  return fields;
}

inline std::string SpongeFile(int version) {
  const Value schematic = Compound(Sponge(version));
  return version == 3 ? Named("", Compound({{"Schematic", schematic}}))
                      : Named("Schematic", schematic);
}

inline Fields Legacy() {
  return {{"Materials", String("Alpha")},
          {"Width", Short(2)},
          {"Height", Short(2)},
          {"Length", Short(1)},
          {"Blocks", Bytes("\x01\x35\x11\x59")},
          {"Data", Bytes(std::string("\x00\x02\x0c\x00", 4))},
          {"Entities", List({})}};
}

inline std::string FileOf(const Fields& fields) { return Named("Schematic", Compound(fields)); }

}  // namespace hod::env::nbt
