// Import into house sets, and sets as goals.
#include "env/houses/files/house_set.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "env/game/game.h"
#include "env/houses/generator/generator.h"
#include "env/houses/importers/import.h"
#include "env/houses/sources/source.h"
#include "tests/support/base/full_disk.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"
#include "tests/support/env/npy_bytes.h"

namespace hod::env {
namespace {

using Catch::Contains;

constexpr WorldSize kSize{9, 8, 8};

// Structures of 8 to 16 cells each way, some of which no pipeline accepts.
void WriteStructures(const TempDir& dir, int count) {
  Rng rng(3);
  for (const char* split : {"train", "test"}) {
    std::filesystem::create_directories(dir.path() + "/" + split);
  }
  for (int i = 0; i < count; ++i) {
    const WorldSize size{rng.Between(8, 16), rng.Between(8, 14), rng.Between(8, 14)};
    House house = GenerateHouse(size, rng);
    if (i % 10 == 7) house.blocks.assign(house.blocks.size(), kAir);
    dir.Write(absl::StrCat(i % 5 == 0 ? "test" : "train", "/", 1000 + i, ".npy"),
              NpyBytes(house.size, house.blocks));
  }
}

ImportResult Imported(const TempDir& dir, const ImportOptions& options) {
  const auto files = FindHouseFiles({dir.path()}, std::nullopt);
  REQUIRE(files.ok());
  absl::StatusOr<ImportResult> result = ImportHouses(*files, options, [](int) { return true; });
  REQUIRE(result.ok());
  return *std::move(result);
}

void WriteSet(const TempDir& dir, const HouseSet& set) {
  const HouseSetFiles files = SerializeHouseSet(set).value();
  dir.Write(kHousesFile, files.houses);
  dir.Write(kManifestFile, files.manifest);
}

HouseSet SmallSet() {
  HouseSet set;
  set.name = "two huts";
  set.license = "ours";
  set.source = {"by hand"};
  set.size = kSize;
  set.pipeline = Pipeline::Paper();
  set.houses = {{"a", HouseSplit::kTrain, {{1, 2, 2}, {kPlanks, kLog, kAir, kLog}}},
                {"b", HouseSplit::kTest, {{1, 1, 1}, {kWool}}}};
  set.import = {{"files", 2}};
  return set;
}

std::string MessageOf(const std::string& spec, const GameConfig& config = {}) {
  const auto source = MakeGoalSource(spec, config, 0);
  REQUIRE_FALSE(source.ok());
  return std::string(source.status().message());
}

TEST_CASE("house set: what is written is read") {
  const TempDir dir;
  const HouseSet set = SmallSet();
  WriteSet(dir, set);
  const auto read = ReadHouseSet(dir.path());
  INFO(read.status().message());
  REQUIRE(read.ok());
  CHECK(read->name == set.name);
  CHECK(read->license == set.license);
  CHECK(read->source == set.source);
  CHECK(read->size == set.size);
  CHECK(read->pipeline.ToStrings() == set.pipeline.ToStrings());
  CHECK(read->import == set.import);
  REQUIRE(read->houses.size() == 2);
  for (size_t i = 0; i < 2; ++i) {
    CHECK(read->houses[i].name == set.houses[i].name);
    CHECK(read->houses[i].split == set.houses[i].split);
    CHECK(read->houses[i].house.size == set.houses[i].house.size);
    CHECK(read->houses[i].house.blocks == set.houses[i].house.blocks);
  }
}

TEST_CASE(
    "house set: of a set that a full disk cuts short nothing is left, and it can be written") {
  const TempDir dir;
  const HouseSet set = SmallSet();
  const HouseSetFiles files = SerializeHouseSet(set).value();
  const size_t size_of_houses = files.houses.size(), size_of_manifest = files.manifest.size();
  REQUIRE(size_of_houses < size_of_manifest);
  const std::string folder = dir / "sets/small";
  for (const size_t bytes : {size_of_houses - 1, size_of_houses, size_of_manifest - 1}) {
    absl::Status status;
    {
      const FullDisk full(bytes);
      status = WriteHouseSet(folder, set);
    }
    CHECK_THAT(std::string(status.message()),
               Contains(bytes < size_of_houses ? kHousesFile : kManifestFile));
    CHECK(std::filesystem::is_empty(folder));
  }
  CHECK(WriteHouseSet(folder, set).ok());
  CHECK(ReadHouseSet(folder)->houses.size() == set.houses.size());
}

TEST_CASE("house set: every truncation and change of the houses is refused") {
  const TempDir dir;
  WriteSet(dir, SmallSet());
  const std::string bytes = SerializeHouseSet(SmallSet())->houses;
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    for (const std::string& wrong : {bytes.substr(0, i), damaged}) {
      dir.Write(kHousesFile, wrong);
      REQUIRE_THAT(std::string(ReadHouseSet(dir.path()).status().message()),
                   Contains("houses.zst: "));
    }
  }
}

TEST_CASE("house set: what is wrong with a manifest is named") {
  const TempDir dir;
  const HouseSetFiles files = SerializeHouseSet(SmallSet()).value();
  dir.Write(kHousesFile, files.houses);
  const nlohmann::json good = nlohmann::json::parse(files.manifest);
  struct Case {
    std::string pointer;
    nlohmann::json value;
    std::string message;
  };
  const auto case_ = GENERATE(values<Case>({
      {"/format", "zip", "format: expected \"hod house set\""},
      {"/version", 2, "version: expected 1"},
      {"/name", 3, "name: expected a text"},
      {"/source", "here", "source: expected an array of texts"},
      {"/size", {9, 8}, "size: expected three extents"},
      {"/size", {9, 8, 65}, "size: expected three extents"},
      {"/size", {9, -8, 8}, "size: expected three extents"},
      {"/transforms", {"sharpen"}, "no transform \"sharpen\""},
      {"/houses", nlohmann::json::array(), "houses: expected an array, not empty"},
      {"/houses/1/split", "dev", "houses[1].split: expected \"train\" or \"test\""},
      {"/houses/1/size", {10, 1, 1}, "houses[1].size: expected three extents"},
      {"/houses/1/size", {2, 1, 1}, "is not a zstd frame of the 6 cells"},
      {"/houses/1", 7, "houses[1]: expected an object"},
      {"/houses_xxh64", "0", "differs from houses_xxh64"},
  }));
  nlohmann::json manifest = good;
  manifest[nlohmann::json::json_pointer(case_.pointer)] = case_.value;
  dir.Write(kManifestFile, manifest.dump());
  CHECK_THAT(MessageOf("set:" + dir.path()), Contains(case_.message));
  for (const auto& field : good.items()) {
    nlohmann::json lacking = good;
    lacking.erase(field.key());
    dir.Write(kManifestFile, lacking.dump());
    CHECK_FALSE(ReadHouseSet(dir.path()).ok());
  }
  dir.Write(kManifestFile, files.manifest.substr(0, files.manifest.size() / 2));
  CHECK_THAT(MessageOf("set:" + dir.path()), Contains("manifest.json: expected JSON"));
}

TEST_CASE("house set: blocks outside the game's and houses of air are refused") {
  const TempDir dir;
  HouseSet set = SmallSet();
  set.houses[1].house.blocks = {GENERATE(Block{kBedrock}, Block{10}, Block{255}, Block{kAir})};
  WriteSet(dir, set);
  CHECK_THAT(MessageOf("set:" + dir.path()), Contains("houses.zst: "));
}

TEST_CASE("house set: a source of goals, of all houses or of one split") {
  const TempDir dir;
  WriteSet(dir, SmallSet());
  const GameConfig config;
  const auto all = MakeGoalSource("set:" + dir.path(), config, 1),
             train = MakeGoalSource("set:" + dir.path() + ":train", config, 1),
             test = MakeGoalSource("set:" + dir.path() + ":test", config, 1);
  REQUIRE((all.ok() && train.ok() && test.ok()));
  CHECK((*all)->size() == 2);
  CHECK((*all)->Get(1).name == "b");
  CHECK((*train)->size() == 1);
  CHECK((*train)->Get(7).name == "a");
  CHECK((*test)->Get(0).name == "b");
  CHECK((*test)->Get(0).blocks == (*test)->Get(0).blocks);
  // Every episode has another place.
  Rng rng(2);
  std::set<std::string> goals;
  for (int i = 0; i < 1000; ++i) {
    const std::vector<Block> blocks = (*test)->Sample(rng).blocks;
    goals.insert(std::string(blocks.begin(), blocks.end()));
  }
  CHECK(goals.size() == 9 * 8);
}

TEST_CASE("house set: houses that are too large for a game are named with what helps") {
  const TempDir dir;
  HouseSet set = SmallSet();
  set.houses[1].house = {{9, 1, 1}, std::vector<Block>(9, kStone)};
  WriteSet(dir, set);
  GameConfig config;
  config.abilities.inf_blocks = false;
  CHECK_THAT(MessageOf("set:" + dir.path(), config),
             Contains("house \"b\"") && Contains("--size 8x8x8"));
  CHECK(MakeGoalSource("set:" + dir.path() + ":train", config, 1).ok());
  set.houses.pop_back();
  WriteSet(dir, set);
  CHECK_THAT(MessageOf("set:" + dir.path() + ":test"), Contains("no house of the split \"test\""));
  CHECK_THAT(MessageOf("set:"), Contains("expected generated, npy:DIR, set:DIR"));
  CHECK_THAT(MessageOf("set::train"), Contains("set: names no folder"));
  CHECK_THAT(MessageOf("set:/does/not/exist"), Contains("/does/not/exist/manifest.json: cannot"));
}

TEST_CASE("import: one thread and two make the same set") {
  const TempDir dir;
  WriteStructures(dir, 300);
  ImportOptions options;
  options.size = kSize;
  const ImportResult one = Imported(dir, options);
  options.threads = 2;
  const ImportResult two = Imported(dir, options);
  CHECK(SerializeHouseSet(one.set)->houses == SerializeHouseSet(two.set)->houses);
  CHECK(SerializeHouseSet(one.set)->manifest == SerializeHouseSet(two.set)->manifest);

  CHECK(one.set.houses.size() + one.rejected.size() == 300);
  CHECK(one.set.houses.size() > 200);
  CHECK(one.rejected.size() >= 30);
  for (const Rejection& rejection : one.rejected) {
    CHECK_FALSE(rejection.reason.empty());
    CHECK_FALSE(rejection.cause.empty());
  }
  const nlohmann::json& report = one.set.import;
  CHECK(report["files"] == 300);
  CHECK(report["rejected"].size() == one.rejected.size());
  CHECK(report["statistics"]["blocks above ground"]["mean"] > 50);
  for (const HouseSet::Member& member : one.set.houses) {
    CHECK((member.split == HouseSplit::kTest) == (member.name.rfind("test/", 0) == 0));
  }

  const TempDir out;
  WriteSet(out, one.set);
  const auto source = MakeGoalSource("set:" + out.path(), GameConfig(), 1);
  INFO(source.status().message());
  REQUIRE(source.ok());
  CHECK((*source)->size() == static_cast<int>(one.set.houses.size()));
}

TEST_CASE("import: a ratio splits by what a file holds and the seed, whatever else there is") {
  const TempDir dir;
  WriteStructures(dir, 60);
  ImportOptions options;
  options.size = kSize;
  options.split = {3, 1};
  options.seed = 5;
  const ImportResult all = Imported(dir, options);
  std::map<std::string, HouseSplit> splits;
  int test = 0;
  for (const HouseSet::Member& member : all.set.houses) {
    splits[member.name] = member.split;
    test += member.split == HouseSplit::kTest;
  }
  CHECK(test > 3);
  CHECK(test < 30);
  std::filesystem::remove_all(dir.path() + "/test");
  for (const HouseSet::Member& member : Imported(dir, options).set.houses) {
    CHECK(splits.at(member.name) == member.split);
  }
}

TEST_CASE("import: a ratio does not depend on how paths are given") {
  const TempDir dir;
  WriteStructures(dir, 60);
  std::filesystem::rename(dir / "test", dir / "train/test");
  ImportOptions options;
  options.size = kSize;
  options.split = {1, 1};
  // The pipeline draws by chance, too.
  options.pipeline = Pipeline::Parse({"crop()", "randomly_place"}).value();
  using Drawn = std::map<std::string, std::pair<HouseSplit, std::vector<Block>>>;
  const auto drawn = [&](const std::vector<std::string>& paths) {
    const auto files = FindHouseFiles(paths, std::nullopt);
    REQUIRE(files.ok());
    const auto result = ImportHouses(*files, options, [](int) { return true; });
    REQUIRE(result.ok());
    Drawn drawn;
    for (const HouseSet::Member& member : result->set.houses) {
      const std::string name = std::filesystem::path(member.name).filename().string();
      drawn[name] = {member.split, member.house.blocks};
    }
    CHECK(drawn.size() == result->set.houses.size());
    return drawn;
  };
  const Drawn whole = drawn({dir.path()});
  CHECK(std::any_of(whole.begin(), whole.end(),
                    [](const auto& house) { return house.second.first == HouseSplit::kTest; }));
  CHECK(drawn({dir / "train"}) == whole);
  CHECK(drawn({dir / "train/test/..", dir / "train"}) == whole);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  CHECK(drawn(files) == whole);
  // Neither does it depend on a file's name: what is the same is on one side.
  const std::string house = ReadBytes(dir / "train/1001.npy");
  const TempDir same;
  for (int i = 0; i < 8; ++i) same.Write(absl::StrCat(i, ".npy"), house);
  for (const auto& [name, member] : drawn({same.path()})) CHECK(member == whole.at("1001"));
}

TEST_CASE("import: CraftAssist's files given one by one are split, too") {
  const TempDir dir;
  std::vector<std::string> paths;
  for (int i = 0; i < 40; ++i) {
    const std::string folder = absl::StrCat("house", i);
    std::filesystem::create_directories(dir / folder);
    // Planks among logs; the reader trims faces without air.
    std::string pairs;
    for (int cell = 0; cell < 64; ++cell) {
      pairs += cell == i ? '\x05' : cell % 3 == 0 ? '\0' : '\x11';
      pairs += '\0';
    }
    paths.push_back(dir.Write(
        folder + "/schematic.npy",
        NpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 4, 4, 2)}", pairs)));
  }
  const auto files = FindHouseFiles(paths, std::nullopt);
  REQUIRE(files.ok());
  ImportOptions options;
  options.size = kSize;
  options.split = {1, 1};
  options.pipeline = Pipeline::Parse({"randomly_place"}).value();
  const auto result = ImportHouses(*files, options, [](int) { return true; });
  REQUIRE(result.ok());
  std::set<std::string> names;
  int test = 0;
  for (const HouseSet::Member& member : result->set.houses) {
    names.insert(member.name);
    test += member.split == HouseSplit::kTest;
  }
  CHECK(names.size() == 40);
  CHECK(test > 8);
  CHECK(test < 32);
}

TEST_CASE("import: a house is for testing by where it lies, however the path is spelled") {
  const TempDir dir;
  WriteStructures(dir, 1);  // One house, in test.
  const std::string house = ReadBytes(dir.path() + "/test/1000.npy");
  std::filesystem::create_directories(dir.path() + "/Test");
  std::filesystem::create_directories(dir.path() + "/test/train");
  std::filesystem::create_directories(dir.path() + "/elsewhere");
  dir.Write("Test/b.npy", house);
  dir.Write("test/train/c.npy", house);
  dir.Write("elsewhere/d.npy", house);
  std::filesystem::create_directory_symlink(dir.path() + "/test", dir.path() + "/link");
  std::filesystem::create_directories(dir.path() + "/train");
  std::filesystem::create_directory_symlink(dir.path() + "/elsewhere", dir.path() + "/train/test");
  const auto split_of = [&](const std::string& path) {
    ImportOptions options;
    options.size = kSize;
    const auto files = FindHouseFiles({path}, std::nullopt);
    REQUIRE(files.ok());
    const auto result = ImportHouses({{files->files.at(0)}, {}}, options, [](int) { return true; });
    REQUIRE(result.ok());
    REQUIRE(result->set.houses.size() == 1);
    return result->set.houses[0].split;
  };
  const std::string before = std::filesystem::current_path().string();
  std::filesystem::current_path(dir.path() + "/test");
  for (const std::string& path :
       {dir.path() + "/test", dir.path() + "/test/", dir.path() + "/train/../test",
        std::string("."), std::string("1000.npy"), std::string("../test/."),
        std::string("./train/../1000.npy"), std::string("../Test"), std::string("../link"),
        std::string("../train/test")}) {
    INFO(path);
    CHECK(split_of(path) == HouseSplit::kTest);
  }
  for (const char* path : {"train", "./train/c.npy", "../elsewhere"}) {
    INFO(path);
    CHECK(split_of(path) == HouseSplit::kTrain);
  }
  std::filesystem::current_path(before);
}

TEST_CASE("import: formats are known by their names, and reasons are told") {
  const TempDir dir;
  std::filesystem::create_directories(dir.path() + "/houses/train/h1");
  dir.Write("houses/train/h1/schematic.npy",
            NpyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 2)}",
                     std::string("\xfe\x00", 2)));
  dir.Write("houses/train/h1/stats.json", "{}");
  dir.Write("a.schem", "no NBT");
  dir.Write("b.npy", NpyBytes(WorldSize{1, 1, 1}, {kBedrock}));
  dir.Write("c.json", "{}");
  dir.Write("c.metadata.json", "{}");
  dir.Write("notes.txt", "no house");
  const auto files = FindHouseFiles({dir.path()}, std::nullopt);
  REQUIRE(files.ok());
  REQUIRE(files->files.size() == 4);
  CHECK(files->files[0].name == "a");
  CHECK(files->files[3].name == "houses/train/h1");
  ImportOptions options;
  options.size = kSize;
  const auto result = ImportHouses(*files, options, [](int) { return true; });
  REQUIRE(result.ok());
  CHECK(result->set.houses.empty());
  REQUIRE(result->rejected.size() == 4);
  CHECK(result->rejected[0].cause == "unreadable");
  CHECK_THAT(result->rejected[1].reason, Contains("b.npy: bedrock at (0, 0, 0)"));
  CHECK_THAT(result->rejected[2].reason, Contains("c.json: no blocks"));
  CHECK(result->rejected[3].cause == "unknown block");

  // What was no house file is in the report.
  const nlohmann::json& left_out = result->set.import["left_out"];
  REQUIRE(left_out.size() == 2);
  CHECK(left_out[0]["file"] == dir.path() + "/houses/train/h1/stats.json");
  CHECK(left_out[1]["file"] == dir.path() + "/notes.txt");
  CHECK(left_out[1]["reason"] == "of no known format");
  const auto cancelled = ImportHouses(*files, options, [](int) { return false; });
  CHECK(absl::IsCancelled(cancelled.status()));
}

}  // namespace
}  // namespace hod::env
