// Files of Minecraft's structure blocks.
#include "env/houses/importers/structure.h"

#include "env/base/random.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/damaged_files.h"
#include "tests/support/env/structure_files.h"

namespace hod::env {
namespace {

using Catch::Contains;
using nbt::Fields;

const std::vector<Block> kTypes = {kPlanks, kStone, kAir, kGlass};
const std::vector<nbt::State> kStates = {
    {"oak_stairs", {{"facing", "east"}}}, {"stone", {}}, {"air", {}}, {"glass_pane", {}}};

std::string FileOf(const Fields& fields) { return nbt::Named("", nbt::Compound(fields)); }

absl::StatusOr<House> Read(const Fields& fields) {
  const TempDir dir;
  return ReadStructureBlock(dir.Write("a.nbt", FileOf(fields)));
}

std::string MessageOf(const Fields& fields) { return std::string(Read(fields).status().message()); }

// A 2x2x1 structure: stairs with glass above; the rest is air, with and without a block of it.
Fields Hut() {
  return nbt::Structure({2, 2, 1}, kStates, {{0, {0, 0, 0}}, {3, {0, 1, 0}}, {2, {1, 0, 0}}});
}

TEST_CASE("structure: blocks lie where they say, and all else is air") {
  Rng rng(6);
  for (int round = 0; round < 40; ++round) {
    const WorldSize size{rng.Between(1, 7), rng.Between(1, 7), rng.Between(1, 7)};
    House expected = AirHouse(size);
    std::vector<nbt::Placed> blocks;
    for (int i = 0; i < size.Volume(); ++i) {
      if (rng.Chance(0.3)) continue;
      const Cell c = size.At(i);
      const int state = rng.Between(0, 3);
      blocks.push_back({state, {c.x, c.y, c.z}});
      expected.blocks[i] = kTypes[static_cast<size_t>(state)];
    }
    for (size_t i = blocks.size(); i > 1; --i) {
      std::swap(blocks[i - 1], blocks[static_cast<size_t>(rng.Below(static_cast<int>(i)))]);
    }
    const std::string bytes = FileOf(nbt::Structure({size.w, size.h, size.d}, kStates, blocks));
    const TempDir dir;
    const auto house =
        ReadStructureBlock(dir.Write("a.nbt", round % 2 == 0 ? nbt::Gzip(bytes) : bytes));
    INFO(house.status().message());
    REQUIRE(house.ok());
    CHECK(house->size == size);
    REQUIRE(house->blocks == expected.blocks);
  }
}

TEST_CASE("structure: the first of several palettes") {
  Fields fields = nbt::Without(Hut(), "palette");
  std::vector<nbt::State> other = kStates;
  other[0] = {"stone_stairs", {}};
  fields.push_back({"palettes", nbt::List({nbt::States(other, "Name", "Properties"),
                                           nbt::States(kStates, "Name", "Properties")})});
  CHECK(Read(fields)->At({0, 0, 0}) == kStone);
  fields.push_back({"palette", nbt::States(kStates, "Name", "Properties")});
  CHECK_THAT(MessageOf(fields), Contains("expected one of palette and palettes"));
}

TEST_CASE("structure: a jigsaw block is what it turns into") {
  const auto read = [](const Fields& nbt_fields) {
    const nbt::Value block = nbt::Compound({{"pos", nbt::Ints(nbt::Three{0, 0, 0})},
                                            {"state", nbt::Int(0)},
                                            {"nbt", nbt::Compound(nbt_fields)}});
    return Read(With(nbt::Structure({1, 1, 1}, {{"jigsaw", {{"orientation", "up_north"}}}}, {}),
                     "blocks", nbt::List({block})));
  };
  CHECK(read({{"final_state", nbt::String("minecraft:oak_stairs[facing=west]")}})->blocks[0] ==
        kPlanks);
  CHECK(read({{"final_state", nbt::String("minecraft:structure_void")}})->blocks[0] == kAir);
  CHECK(read({{"name", nbt::String("minecraft:bottom")}})->blocks[0] == kAir);
  CHECK_THAT(std::string(read({{"final_state", nbt::String("a:b")}}).status().message()),
             Contains("block a:b at (0, 0, 0)"));
  CHECK_THAT(std::string(read({{"final_state", nbt::Int(1)}}).status().message()),
             Contains("expected a text"));
}

TEST_CASE("structure: names of 1.12") {
  Fields fields = nbt::Structure({1, 1, 1}, {{"grass", {}}}, {{0, {0, 0, 0}}});
  CHECK(Read(fields)->blocks[0] == kAir);
  CHECK(Read(With(fields, "DataVersion", nbt::Int(1343)))->blocks[0] == kDirt);
  CHECK(Read(nbt::Structure({1, 1, 1}, {{"grass", {{"snowy", "false"}}}}, {{0, {0, 0, 0}}}))
            ->blocks[0] == kDirt);
}

TEST_CASE("structure: what is wrong is named") {
  struct Case {
    Fields fields;
    std::string message;
  };
  const auto blocks = [](const std::vector<nbt::Placed>& placed) {
    return nbt::Structure({2, 2, 1}, kStates, placed);
  };
  const auto case_ = GENERATE_COPY(values<Case>({
      {nbt::Without(Hut(), "size"), "no field \"size\""},
      {nbt::Without(Hut(), "palette"), "no field \"palette\""},
      {nbt::Without(Hut(), "blocks"), "no field \"blocks\""},
      {With(Hut(), "size", nbt::Ints(nbt::Three{0, 1, 1})), "size 0x1x1, expected 1 to 512 each"},
      {With(Hut(), "size", nbt::Ints(nbt::Three{513, 1, 1})), "size 513x1x1"},
      {With(Hut(), "size", nbt::Ints(nbt::Three{512, 512, 512})), "134217728 cells"},
      {With(Hut(), "size", nbt::Ints(std::vector<int>{1, 2})), "2 numbers, expected 3"},
      {With(Hut(), "size", nbt::Int(3)), "expected a list"},
      {With(Hut(), "blocks", nbt::Compound({})), "expected a list"},
      {With(Hut(), "DataVersion", nbt::String("new")), "expected a whole number"},
      {blocks({{4, {0, 0, 0}}}), "state 4, which the palette does not have"},
      {blocks({{-1, {0, 0, 0}}}), "state -1"},
      {blocks({{1, {0, 2, 0}}}), "a block at (0, 2, 0), outside the size"},
      {blocks({{1, {0, 0, -1}}}), "a block at (0, 0, -1), outside the size"},
      {blocks({{1, {0, 1, 0}}, {2, {0, 1, 0}}}), "two blocks at (0, 1, 0)"},
      {nbt::Structure({1, 1, 1}, {{"cogwheel", {{"axis", "x"}}}}, {{0, {0, 0, 0}}}),
       "block minecraft:cogwheel[axis=x] at (0, 0, 0)"},
  }));
  CHECK_THAT(MessageOf(case_.fields), Contains("a.nbt: ") && Contains(case_.message));
}

TEST_CASE("structure: every truncation and many damages are refused, naming the file") {
  const std::string plain = FileOf(Hut());
  for (const std::string& bytes : {plain, nbt::Gzip(plain)}) {
    CheckTruncatedAndDamaged(".nbt", bytes, ReadStructureBlock);
  }
}

}  // namespace
}  // namespace hod::env
