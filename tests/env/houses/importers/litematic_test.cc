// Files of Litematica.
#include "env/houses/importers/litematic.h"

#include "absl/strings/str_cat.h"
#include "env/base/random.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/damaged_files.h"
#include "tests/support/env/structure_files.h"

namespace hod::env {
namespace {

using Catch::Contains;
using nbt::Fields;
using nbt::Region;
using nbt::Three;

const std::vector<Block> kTypes = {kAir, kStone, kPlanks, kDirt};
const std::vector<nbt::State> kStates = {
    {"air", {}}, {"stone", {}}, {"oak_stairs", {{"facing", "east"}}}, {"grass_block", {}}};

std::string FileOf(const Fields& fields) { return nbt::Named("", nbt::Compound(fields)); }

absl::StatusOr<House> Read(const std::string& bytes) {
  const TempDir dir;
  return ReadLitematic(dir.Write("a.litematic", bytes));
}

std::string MessageOf(const Fields& fields) {
  return std::string(Read(FileOf(fields)).status().message());
}

// A 2x1x2 region: stone, stairs / earth, air.
Region Hut(const Three& position) { return {position, {2, 1, 2}, kStates, {1, 2, 3, 0}}; }

TEST_CASE("litematic: random regions of palettes of all widths") {
  Rng rng(5);
  for (int round = 0; round < 60; ++round) {
    const Three size = {rng.Between(1, 9), rng.Between(1, 9), rng.Between(1, 9)};
    Region region{{rng.Between(-50, 50), rng.Between(-50, 50), rng.Between(-50, 50)}, size, {}, {}};
    // Up to seven bits a cell, most of which do not divide 64.
    const int num_states = rng.Between(1, 100);
    for (int i = 0; i < num_states; ++i) {
      nbt::State state = kStates[static_cast<size_t>(i) % kStates.size()];
      state.properties.push_back({"number", absl::StrCat(i)});
      region.states.push_back(state);
    }
    House expected = AirHouse({size[0], size[1], size[2]});
    for (int y = 0; y < size[1]; ++y) {
      for (int z = 0; z < size[2]; ++z) {
        for (int x = 0; x < size[0]; ++x) {
          region.cells.push_back(rng.Between(0, num_states - 1));
          expected.Set({x, y, z}, kTypes[static_cast<size_t>(region.cells.back()) % 4]);
        }
      }
    }
    // A negative size goes the other way from another corner, over the same cells.
    for (size_t axis = 0; axis < 3; ++axis) {
      if (!rng.Chance(0.5)) continue;
      region.position[axis] += size[axis] - 1;
      region.size[axis] = -size[axis];
    }
    const std::string bytes = FileOf(nbt::Litematic({region}));
    const auto house = Read(rng.Chance(0.5) ? nbt::Gzip(bytes) : bytes);
    INFO(house.status().message());
    REQUIRE(house.ok());
    CHECK(house->size == expected.size);
    REQUIRE(house->blocks == expected.blocks);
  }
}

TEST_CASE("litematic: regions lie where they say") {
  const auto house = Read(FileOf(nbt::Litematic({Hut({10, 5, -3}), Hut({7, 6, -1})})));
  INFO(house.status().message());
  REQUIRE(house.ok());
  CHECK(house->size == WorldSize{5, 2, 4});
  CHECK(house->At({3, 0, 0}) == kStone);
  CHECK(house->At({4, 0, 0}) == kPlanks);
  CHECK(house->At({3, 0, 1}) == kDirt);
  CHECK(house->At({0, 1, 2}) == kStone);
  CHECK(house->At({1, 1, 2}) == kPlanks);
  CHECK(house->At({0, 0, 2}) == kAir);
}

TEST_CASE("litematic: where regions overlap, air gives way and blocks must agree") {
  Region other = Hut({0, 0, 0});
  other.cells = {1, 0, 0, 2};
  const auto house = Read(FileOf(nbt::Litematic({Hut({0, 0, 0}), other})));
  REQUIRE(house.ok());
  CHECK(house->At({1, 0, 1}) == kPlanks);
  CHECK(house->At({1, 0, 0}) == kPlanks);
  other.cells = {2, 0, 0, 0};
  CHECK_THAT(MessageOf(nbt::Litematic({Hut({0, 0, 0}), other})),
             Contains("regions overlap at (0, 0, 0) with different blocks"));
}

TEST_CASE("litematic: names of 1.12") {
  Region region = Hut({0, 0, 0});
  region.states[3] = {"grass", {}};
  region.states[2] = {"snow", {}};
  const auto read = [&](int version) {
    return Read(FileOf(With(nbt::Litematic({region}), "MinecraftDataVersion", nbt::Int(version))));
  };
  CHECK(read(1343)->At({0, 0, 1}) == kDirt);
  CHECK(read(1343)->At({1, 0, 0}) == kStone);
  CHECK(read(2586)->At({0, 0, 1}) == kAir);
  // Without that field, the version of the format says which time the names are from.
  const Fields fields = nbt::Without(nbt::Litematic({region}), "MinecraftDataVersion");
  CHECK(Read(FileOf(With(fields, "Version", nbt::Int(4))))->At({0, 0, 1}) == kDirt);
  for (const int version : {5, 6, 7}) {
    CHECK(Read(FileOf(With(fields, "Version", nbt::Int(version))))->At({0, 0, 1}) == kAir);
  }
}

TEST_CASE("litematic: what is wrong is named") {
  const auto region = [](const std::string& name, const nbt::Value& value) {
    return With(
        nbt::Litematic({}), "Regions",
        nbt::Compound(
            {{"a", nbt::Compound(With(nbt::LitematicRegion(Hut({0, 0, 0})), name, value))}}));
  };
  Region large = Hut({0, 0, 0});
  large.cells = {1, 2, 3, 7};
  large.states.push_back({"stone", {}});
  Region unknown = Hut({0, 0, 0});
  unknown.states[2] = {"cogwheel", {}};
  struct Case {
    Fields fields;
    std::string message;
  };
  const auto case_ = GENERATE_COPY(values<Case>({
      {nbt::Without(nbt::Litematic({}), "Version"), "no field \"Version\""},
      {With(nbt::Litematic({}), "Version", nbt::Int(8)), "version 8 of Litematica's format"},
      {nbt::Litematic({}), "no regions"},
      {With(nbt::Litematic({}), "Regions", nbt::Int(1)), "expected a compound"},
      {region("Size", nbt::Vector({2, 0, 2})), "size 0, expected 1 to 512 either way"},
      {region("Size", nbt::Vector({-513, 1, 2})), "size -513"},
      {region("Size", nbt::Vector({512, 512, 512})), "134217728 cells, expected at most"},
      {region("Size", nbt::Vector({20, 2, 2})), "BlockStates has 1 longs, expected 3"},
      {region("Position", nbt::Vector({1 << 30, 2147483647, 0})), "y is 2147483647"},
      {region("BlockStates", nbt::Longs({1, 2})), "BlockStates has 2 longs, expected 1"},
      {region("BlockStates", nbt::Bytes("12345678")), "expected an array of longs"},
      {region("BlockStatePalette", nbt::List({})), "an empty palette"},
      {region("BlockStatePalette", nbt::List({nbt::Int(1)})), "expected a compound"},
      {region("BlockStatePalette", nbt::List({nbt::Compound({{"Name", nbt::Int(1)}})})),
       "expected a text"},
      {nbt::Litematic({Hut({0, 0, 0}), Hut({511, 0, 0})}), "the regions span 513 cells"},
      {nbt::Litematic({large}), "cell 3: palette index 7, expected 0 to 4"},
      {nbt::Litematic({unknown}), "block minecraft:cogwheel at (1, 0, 0)"},
  }));
  CHECK_THAT(MessageOf(case_.fields), Contains("a.litematic: ") && Contains(case_.message));
}

TEST_CASE("litematic: every truncation and many damages are refused, naming the file") {
  const std::string plain = FileOf(nbt::Litematic({Hut({0, 0, 0}), Hut({1, 1, 1})}));
  for (const std::string& bytes : {plain, nbt::Gzip(plain)}) {
    CheckTruncatedAndDamaged(".litematic", bytes, ReadLitematic);
  }
}

}  // namespace
}  // namespace hod::env
