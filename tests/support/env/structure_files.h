// Files of Litematica, of Minecraft's structure blocks and of Bedrock, for tests: each written in
// the simplest way, from cells in the order of the format.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/env/nbt_writer.h"

namespace hod::env::nbt {

using Three = std::array<int, 3>;

inline Value Vector(const Three& values) {
  return Compound({{"x", Int(values[0])}, {"y", Int(values[1])}, {"z", Int(values[2])}});
}
inline Value Ints(const std::vector<int>& values) {
  std::vector<Value> list;
  for (const int value : values) list.push_back(Int(value));
  return List(list);
}
inline Value Ints(const Three& values) {
  return Ints(std::vector<int>(values.begin(), values.end()));
}

struct State {
  std::string name;
  std::vector<std::pair<std::string, std::string>> properties;
};

inline Value States(const std::vector<State>& states, const char* name, const char* properties) {
  std::vector<Value> list;
  for (const State& state : states) {
    Fields fields;
    for (const auto& [key, value] : state.properties) fields.push_back({key, String(value)});
    list.push_back(Compound(
        {{name, String(absl::StrCat("minecraft:", state.name))}, {properties, Compound(fields)}}));
  }
  return List(list);
}

// A region whose cells are numbers of states, x fastest, then z, then y.
struct Region {
  Three position, size;
  std::vector<State> states;
  std::vector<int> cells;
};

// Bit after bit, the lowest first, of number after number.
inline Value Packed(const std::vector<int>& numbers, int bits) {
  std::vector<uint64_t> longs((numbers.size() * static_cast<size_t>(bits) + 63) / 64);
  size_t at = 0;
  for (const int number : numbers) {
    for (int bit = 0; bit < bits; ++bit, ++at) {
      if ((number >> bit & 1) != 0) longs[at / 64] |= uint64_t{1} << (at % 64);
    }
  }
  return Longs(longs);
}

inline Fields LitematicRegion(const Region& region) {
  int bits = 2;
  while (size_t{1} << bits < region.states.size()) ++bits;
  return {{"Position", Vector(region.position)},
          {"Size", Vector(region.size)},
          {"BlockStatePalette", States(region.states, "Name", "Properties")},
          {"BlockStates", Packed(region.cells, bits)},
          {"Entities", List({})}};
}

inline Fields Litematic(const std::vector<Region>& regions) {
  Fields named;
  for (size_t i = 0; i < regions.size(); ++i) {
    named.push_back({absl::StrCat("region ", i), Compound(LitematicRegion(regions[i]))});
  }
  return {{"Version", Int(6)},
          {"SubVersion", Int(1)},
          {"MinecraftDataVersion", Int(3465)},
          {"Metadata", Compound({{"Name", String("hut")}})},
          {"Regions", Compound(named)}};
}

struct Placed {
  int state;
  Three place;
};

inline Fields Structure(const Three& size, const std::vector<State>& states,
                        const std::vector<Placed>& blocks) {
  std::vector<Value> list;
  for (const Placed& block : blocks) {
    list.push_back(Compound({{"pos", Ints(block.place)}, {"state", Int(block.state)}}));
  }
  return {{"DataVersion", Int(3465)},
          {"size", Ints(size)},
          {"palette", States(states, "Name", "Properties")},
          {"blocks", List(list)},
          {"entities", List({})}};
}

// Layers of cells, z fastest, then y, then x; -1 for none. See LittleEndian() for the file.
inline Fields Mcstructure(const Three& size, const Value& palette,
                          const std::vector<std::vector<int>>& layers) {
  std::vector<Value> lists;
  for (const std::vector<int>& layer : layers) lists.push_back(Ints(layer));
  return {
      {"format_version", Int(1)},
      {"size", Ints(size)},
      {"structure",
       Compound({{"block_indices", List(lists)},
                 {"entities", List({})},
                 {"palette",
                  Compound({{"default", Compound({{"block_palette", palette},
                                                  {"block_position_data", Compound({})}})}})}})},
      {"structure_world_origin", Ints(Three{0, 64, 0})}};
}

}  // namespace hod::env::nbt
