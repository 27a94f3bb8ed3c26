// Files of Minecraft's editors: all versions, and everything that can be wrong with them.
#include "env/houses/importers/schematic.h"

#include "absl/strings/str_cat.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/damaged_files.h"
#include "tests/support/env/nbt_writer.h"
#include "tests/support/env/schematic_files.h"

namespace hod::env {
namespace {

using Catch::Contains;
using nbt::Fields;
using nbt::FileOf;
using nbt::Legacy;
using nbt::Sponge;
using nbt::SpongeFile;
using nbt::With;
using nbt::Without;

TEST_CASE("schematic: Sponge files of all versions, in gzip and plain") {
  const TempDir dir;
  const int version = GENERATE(1, 2, 3);
  const bool gzip = GENERATE(true, false);
  const std::string bytes = SpongeFile(version);
  const auto house = ReadSchematic(dir.Write("a.schem", gzip ? nbt::Gzip(bytes) : bytes));
  INFO(house.status().message());
  REQUIRE(house.ok());
  CHECK(house->size == WorldSize{2, 1, 2});
  CHECK(house->At({0, 0, 0}) == kStone);
  CHECK(house->At({1, 0, 0}) == kPlanks);
  CHECK(house->At({0, 0, 1}) == kAir);
  CHECK(house->At({1, 0, 1}) == kStone);  // The lamp: of stone and planks the larger id.
}

TEST_CASE("schematic: a palette without a version is Sponge's first format") {
  const TempDir dir;
  const auto house = ReadSchematic(dir.Write("a.schem", FileOf(Without(Sponge(1), "Version"))));
  INFO(house.status().message());
  REQUIRE(house.ok());
  CHECK(house->At({0, 0, 0}) == kStone);
}

TEST_CASE("schematic: palette indices of more than one byte") {
  const TempDir dir;
  Fields palette;
  for (int i = 0; i < 200; ++i) {
    palette.push_back({absl::StrCat("minecraft:stone[number=", i, "]"), nbt::Int(i)});
  }
  palette.push_back({"minecraft:white_wool", nbt::Int(200)});
  Fields fields =
      With(Sponge(2, "\xc8\x01\xc7\x01\xc8\x01\x05"), "Palette", nbt::Compound(palette));
  const auto house = ReadSchematic(dir.Write("a.schem", FileOf(fields)));
  REQUIRE(house.ok());
  CHECK(house->blocks == std::vector<Block>{kWool, kWool, kStone, kStone});
}

TEST_CASE("schematic: legacy files") {
  const TempDir dir;
  const auto house = ReadSchematic(dir.Write("a.schematic", nbt::Gzip(FileOf(Legacy()))));
  INFO(house.status().message());
  REQUIRE(house.ok());
  CHECK(house->size == WorldSize{2, 2, 1});
  CHECK(house->At({0, 0, 0}) == kStone);
  CHECK(house->At({1, 0, 0}) == kPlanks);
  CHECK(house->At({0, 1, 0}) == kLog);
  CHECK(house->At({1, 1, 0}) == kStone);  // Glowstone.

  Fields modded = Legacy();
  modded.push_back({"AddBlocks", nbt::Bytes(std::string("\x00\x20", 2))});
  const auto refused = ReadSchematic(dir.Write("b.schematic", FileOf(modded)));
  CHECK(refused.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(refused.status().message()), Contains("block 601:0 at (1, 1, 0)"));
}

TEST_CASE("schematic: every truncation and many damages are refused, naming the file") {
  const std::string plain = SpongeFile(3);
  for (const std::string& bytes : {plain, nbt::Gzip(plain), FileOf(Legacy())}) {
    CheckTruncatedAndDamaged(".schem", bytes, ReadSchematic);
  }
}

TEST_CASE("schematic: what is wrong is named") {
  struct Case {
    std::string bytes, message;
  };
  const std::string blocks(4, '\x01');
  const auto case_ = GENERATE_COPY(values<Case>({
      {"hello", "offset 0 of the contents: not an NBT file"},
      {FileOf(Without(Sponge(2), "Width")), "no field \"Width\""},
      {FileOf(With(Sponge(2), "Width", nbt::Short(0))), "Width is 0, expected 1 to 512"},
      {FileOf(With(Sponge(2), "Height", nbt::Short(32767))), "Height is 32767"},
      {FileOf(With(Sponge(2), "Height", nbt::String("x"))), "expected a whole number"},
      {FileOf(With(With(With(Sponge(2), "Width", nbt::Short(512)), "Height", nbt::Short(512)),
                   "Length", nbt::Short(512))),
       "134217728 cells, expected at most 16777216"},
      {FileOf(With(Sponge(2), "Version", nbt::Int(4))), "version 4 of the Sponge format"},
      {FileOf(Without(Sponge(2), "Palette")), "no field \"Palette\""},
      {FileOf(With(Sponge(2), "Palette", nbt::Int(1))), "expected a compound"},
      {FileOf(With(Sponge(2), "Palette", nbt::Compound({{"minecraft:air", nbt::Int(-1)}}))),
       "palette index -1"},
      {FileOf(With(Sponge(2), "Palette", nbt::Compound({{"minecraft:air", nbt::Int(70000)}}))),
       "palette index 70000"},
      {FileOf(With(Sponge(2), "Palette",
                   nbt::Compound({{"minecraft:air", nbt::Int(0)}, {"a", nbt::Int(0)}}))),
       "palette index 0 appears twice"},
      {FileOf(Sponge(2, std::string("\x00\x01\x02\x09", 4))), "palette index 9, which"},
      {FileOf(Sponge(2, std::string(3, '\0'))), "data ends after 3 of 4 cells"},
      {FileOf(Sponge(2, std::string(5, '\0'))), "expected the end of the data"},
      {FileOf(Sponge(2, std::string(9, '\xff'))), "more than 5 bytes"},
      {FileOf(Without(Legacy(), "Data")), "no field \"Data\""},
      {FileOf(With(Legacy(), "Data", nbt::Bytes("abc"))), "Data has 3 bytes, expected 4"},
      {FileOf(With(Legacy(), "Blocks", nbt::Int(3))), "expected a byte array"},
      {FileOf(Legacy()) + "x", "expected the end"},
      {nbt::Gzip(FileOf(Legacy())) + "x", "expected the end of the file after the gzip data"},
      {std::string("\x1f\x8b\x08\x00 nonsense", 13), "gzip data"},
      {nbt::Named("", {10, std::string("\x0d", 1)}), "type 13, expected 0 to 12"},
      {nbt::Named("", {10, nbt::Named("a", {9, std::string("\x00\x00\x00\x00\x01\x00", 6)})}),
       "a list of values of no type"},
      {nbt::Named("", {10, nbt::Named("a", {7, std::string("\xff\xff\xff\xff", 4)})}),
       "an array of -1 elements"},
  }));
  const TempDir dir;
  const auto house = ReadSchematic(dir.Write("bad.schem", case_.bytes));
  REQUIRE_FALSE(house.ok());
  CHECK_THAT(std::string(house.status().message()),
             Contains("bad.schem: ") && Contains(case_.message));
}

TEST_CASE("schematic: a block that no type stands for is named with its place") {
  const TempDir dir;
  const nbt::Value palette =
      nbt::Compound({{"minecraft:air", nbt::Int(0)}, {"create:cogwheel", nbt::Int(1)}});
  const auto house = ReadSchematic(dir.Write(
      "a.schem", FileOf(With(Sponge(2, std::string("\x00\x00\x01\x00", 4)), "Palette", palette))));
  CHECK(house.status().code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(house.status().message()), Contains("block create:cogwheel at (0, 0, 1)"));
}

TEST_CASE("schematic: bombs are refused within bounds") {
  const TempDir dir;
  const auto message = [&](const std::string& bytes) {
    return std::string(ReadSchematic(dir.Write("bomb.schem", bytes)).status().message());
  };
  SECTION("deep compounds") {
    std::string bytes = nbt::Named("", {10, ""});
    for (int i = 0; i < 1000000; ++i) bytes += nbt::Named("", {10, ""});
    CHECK_THAT(message(nbt::Gzip(bytes)), Contains("nested more than 512 deep"));
  }
  SECTION("deep lists") {
    std::string bytes = nbt::Named("", {10, nbt::Named("a", {9, ""})});
    for (int i = 0; i < 1000000; ++i) bytes += std::string("\x09\x00\x00\x00\x01", 5);
    CHECK_THAT(message(nbt::Gzip(bytes)), Contains("nested more than 512 deep"));
  }
  SECTION("large declared arrays and lists") {
    for (const int type : {7, 11, 12}) {
      CHECK_THAT(message(nbt::Named(
                     "", {10, nbt::Named("a", {type, std::string("\x7f\xff\xff\xff", 4)})})),
                 Contains("an array of 2147483647 elements, but 0 bytes are left"));
    }
    CHECK_THAT(
        message(nbt::Named("", {10, nbt::Named("a", {9, std::string("\x01\x7f\xff\xff\xff", 5)})})),
        Contains("a list of 2147483647 elements"));
  }
  SECTION("a gzip bomb") {
    CHECK_THAT(message(nbt::Gzip(std::string(size_t{80} << 20, '\0'))),
               Contains("inflates to more than 67108864 bytes"));
  }
}

}  // namespace
}  // namespace hod::env
