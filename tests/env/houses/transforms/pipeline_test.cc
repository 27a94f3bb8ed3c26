// The transforms against the recorded stages of the reference's pipeline, and what they refuse.
#include "env/houses/transforms/pipeline.h"

#include <fstream>

#include "absl/strings/str_cat.h"
#include "env/game/game.h"
#include "env/houses/files/npy.h"
#include "env/houses/transforms/area_sample.h"
#include "env/houses/transforms/auto_fill.h"
#include "env/houses/transforms/seam_carve.h"
#include "env/houses/transforms/transforms.h"
#include "env/houses/transforms/walkable_paths.h"
#include "tests/support/base/test_files.h"
#include "tests/support/catch.h"

namespace hod::env {
namespace {

using Catch::Contains;

constexpr WorldSize kTarget{9, 8, 8};

// A recorded stage. Stages hold working ids such as kPath, too; path masks are of NumPy's bool.
House Stage(const std::string& house, const std::string& stage) {
  const std::string path =
      absl::StrCat(SharedData("goals/pipeline"), "/", house, "_", stage, ".npy");
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (const size_t type = bytes.find("|b1"); type != std::string::npos) bytes[type + 1] = 'u';
  const TempDir dir;
  const absl::StatusOr<NpyArray> array = ReadNpyArray(dir.Write("stage.npy", bytes), 3, 64);
  INFO(path);
  REQUIRE(array.ok());
  return {{array->shape[0], array->shape[1], array->shape[2]},
          std::vector<Block>(array->bytes.begin(), array->bytes.end())};
}

void CheckSame(const House& a, const House& b) {
  CHECK(a.size == b.size);
  CHECK(a.blocks == b.blocks);
}

Pipeline Parsed(const std::vector<std::string>& transforms) {
  absl::StatusOr<Pipeline> pipeline = Pipeline::Parse(transforms);
  INFO(pipeline.status().message());
  REQUIRE(pipeline.ok());
  return *std::move(pipeline);
}

// A house from layers, the lowest first, each a row of z for every x.
House FromLayers(const std::vector<std::vector<std::string>>& layers) {
  House house = AirHouse({static_cast<int>(layers[0].size()), static_cast<int>(layers.size()),
                          static_cast<int>(layers[0][0].size())});
  for (int i = 0; i < house.size.Volume(); ++i) {
    const Cell c = house.size.At(i);
    const char symbol = layers[c.y][c.x][c.z];
    house.blocks[i] = symbol == '.'   ? kAir
                      : symbol == '?' ? kAuto
                                      : static_cast<Block>(symbol - '0');
  }
  return house;
}

TEST_CASE("pipeline: every recorded stage is reproduced cell by cell") {
  if (SharedData("goals/pipeline").empty()) return;
  const std::string name = GENERATE("craftassist_train", "craftassist_test", "grabcraft_5262");
  INFO(name);
  const std::vector<std::pair<std::string, std::string>> transforms = {
      {"1_largest_cc", "largest_cc(connectivity=18)"},
      {"2_crop_air", "crop_air"},
      {"3_crop_low_density_bottom_layers", "crop_low_density_bottom_layers"},
      {"5_area_sample", "area_sample(max_scaling_factor=2)"}};
  House before = Stage(name, "0_raw");
  Rng rng;
  for (const auto& [stage, transform] : transforms) {
    INFO(stage);
    House house = before;
    const WorldSize size = stage == "5_area_sample" ? kTarget : WorldSize{100, 100, 100};
    REQUIRE(Parsed({transform}).Run(Pipeline::Part::kImport, size, house, rng).ok());
    const House expected = Stage(name, stage);
    CheckSame(house, expected);
    before = expected;
  }
}

TEST_CASE("pipeline: paths and interpolation are the recorded ones") {
  if (SharedData("goals/pipeline").empty()) return;
  const std::string name = GENERATE("craftassist_train", "craftassist_test");
  INFO(name);
  const House house = Stage(name, "3_crop_low_density_bottom_layers");
  CHECK(WalkablePaths(house) == Stage(name, "5a_paths").blocks);
  CheckSame(Interpolated(house, kTarget, {}), Stage(name, "5b_zoomed"));
}

TEST_CASE("pipeline: the paper's transforms lead from the structure to the recorded world") {
  if (SharedData("goals/pipeline").empty()) return;
  const std::string name = GENERATE("craftassist_train", "craftassist_test", "grabcraft_5262");
  INFO(name);
  const GameConfig config;
  House imported = Stage(name, "0_raw");
  Rng rng;
  REQUIRE(Pipeline::Paper().Run(Pipeline::Part::kImport, kTarget, imported, rng).ok());
  CheckSame(imported, Stage(name, "5_area_sample"));
  // The place is random: the recorded one turns up among ours.
  const std::vector<Block> placed = Stage(name, "7_randomly_place").blocks;
  bool found = false;
  for (int i = 0; i < 2000 && !found; ++i) {
    Rng before = rng;
    found = RandomlyPlaced(imported, kTarget, rng).blocks == placed;
    if (!found) continue;
    House house = imported;
    REQUIRE(Pipeline::Paper().Run(Pipeline::Part::kPlacement, kTarget, house, before).ok());
    CheckSame(house, Stage(name, "8_add_grass"));
    CHECK(GoalFromHouse(config, house.size, house.blocks) == Stage(name, "world").blocks);
  }
  CHECK(found);
}

TEST_CASE("pipeline: what is more than twice as large is rejected, saying so") {
  if (SharedData("goals/pipeline").empty()) return;
  House house = Stage("grabcraft_5861", "0_raw");
  Rng rng;
  const absl::Status status = Pipeline::Paper().Run(Pipeline::Part::kImport, kTarget, house, rng);
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
  CHECK_THAT(std::string(status.message()), Contains("area_sample: 15x19x17 is more than 2 times"));
  CheckSame(house, Stage("grabcraft_5861", "3_crop_low_density_bottom_layers"));
}

TEST_CASE("transforms: auto cells take the most frequent neighbour, the larger id of equals") {
  House house = FromLayers({{"3?7", "...", "66?"}});
  FillAuto(house);
  CheckSame(house, FromLayers({{"377", "...", "666"}}));
  House alone = FromLayers({{"?"}});
  FillAuto(alone);
  CHECK(IsAllAir(alone));
}

TEST_CASE("transforms: components count the ground as one") {
  // Two pillars on the ground outnumber a floating pair together.
  const House house = FromLayers({{"6.6.."}, {"....7"}, {"....7"}});
  CheckSame(LargestComponent(house, 6), FromLayers({{"6.6.."}, {"....."}, {"....."}}));
  // Across an edge only.
  const House bent = FromLayers({{"6."}, {".7"}});
  CHECK_FALSE(IsGrounded(bent, 6));
  CHECK(IsGrounded(bent, 18));
  CheckSame(LargestComponent(bent, 18), bent);
}

TEST_CASE("transforms: crops") {
  const House house = FromLayers({{"....", "...."}, {".6..", "...."}, {".77.", ".77."}});
  CheckSame(CropAir(house), FromLayers({{"6.", ".."}, {"77", "77"}}));
  CheckSame(CropLowDensityBottomLayers(house, 0.2), FromLayers({{".77.", ".77."}}));
  CheckSame(CropLowDensityBottomLayers(house, 0.1),
            FromLayers({{".6..", "...."}, {".77.", ".77."}}));
  CheckSame(CropLowDensityBottomLayers(house, 0.6), house);
  CheckSame(CropAir(AirHouse({2, 2, 2})), AirHouse({2, 2, 2}));
  Rng rng(5);
  const std::optional<House> window =
      CroppedAtRandom(FromLayers({{"666666"}, {"666666"}}), {1, 1, 3}, 0.0, true, false, rng);
  REQUIRE(window.has_value());
  CheckSame(*window, FromLayers({{"666"}}));
  CHECK_FALSE(
      CroppedAtRandom(FromLayers({{"6....."}, {"....6."}}), {1, 1, 1}, 0.1, true, false, rng)
          .has_value());
}

TEST_CASE("transforms: materials and symmetry") {
  CheckSame(Mirrored(FromLayers({{"6"}, {"7"}})), FromLayers({{"6"}, {"7"}}));
  CheckSame(Mirrored(FromLayers({{"6", "7", "3"}})), FromLayers({{"6", "7", "6"}}));
  CheckSame(OfUniformType(FromLayers({{"6.7"}}), kWool), FromLayers({{"9.9"}}));
  CheckSame(WithHiddenDirt(FromLayers({{"6666."}, {"7.46."}})), FromLayers({{"2662."}, {"7.46."}}));
  CheckSame(WithGrass(FromLayers({{"6."}}), GrassMode::kSurround), FromLayers({{"62"}}));
  CheckSame(WithGrass(FromLayers({{"6."}}), GrassMode::kReplace), FromLayers({{"22"}}));
  CheckSame(WithGrass(FromLayers({{"6."}}), GrassMode::kConcatenate), FromLayers({{"22"}, {"6."}}));
}

TEST_CASE("transforms: seam carving removes the emptiest slices first") {
  const House house = FromLayers({{"7.7.7"}, {"7.7.7"}});
  CheckSame(SeamCarved(house, {1, 2, 3}, 0.0, 1.0), FromLayers({{"777"}, {"777"}}));
  CheckSame(SeamCarved(house, {1, 2, 5}, 1.0, 1.0), house);
}

TEST_CASE("pipeline: any structure becomes a house of the wanted size") {
  // Noise of many shapes: no crash, and nothing but blocks of the game.
  Rng rng(11);
  const Pipeline pipeline = Parsed({"area_sample(max_scaling_factor=8)"});
  for (int n = 0; n < 60; ++n) {
    House house = AirHouse({rng.Between(1, 20), rng.Between(1, 20), rng.Between(1, 20)});
    const double density = rng.Uniform();
    for (Block& block : house.blocks) {
      if (rng.Chance(density)) block = static_cast<Block>(rng.Between(kFirstPlaceable, kWool));
    }
    const WorldSize size{rng.Between(3, 9), rng.Between(3, 9), rng.Between(3, 9)};
    const absl::Status status = pipeline.Run(Pipeline::Part::kImport, size, house, rng);
    INFO(status.message());
    REQUIRE((status.ok() || status.code() == absl::StatusCode::kFailedPrecondition));
    if (!status.ok()) continue;
    CHECK((house.size.w <= size.w && house.size.h <= size.h && house.size.d <= size.d));
    CHECK(*std::max_element(house.blocks.begin(), house.blocks.end()) < kNumBlocks);
  }
}

TEST_CASE("pipeline: transforms are written and read alike, and wrong ones are named") {
  const Pipeline paper = Pipeline::Paper();
  CHECK(Parsed(paper.ToStrings()).ToStrings() == paper.ToStrings());
  CHECK(Parsed({" largest_cc ( connectivity = 26 ) "}).ToStrings() ==
        std::vector<std::string>{"largest_cc(connectivity=26)"});
  struct Case {
    std::vector<std::string> transforms;
    std::string message;
  };
  const auto case_ = GENERATE(values<Case>({
      {{"sharpen"}, "no transform \"sharpen\""},
      {{"crop_air("}, "expected \")\""},
      {{"crop_air(x=1)"}, "no parameter \"x\"; expected none"},
      {{"largest_cc(connectivity=7)"}, "connectivity: expected 6, 18, 26"},
      {{"largest_cc(connectivity=6,connectivity=6)"}, "given twice"},
      {{"largest_cc(=)"}, "no parameter \"\""},
      {{"min_size_filter(x=0)"}, "x: expected an integer from 1 to 512"},
      {{"min_size_filter(x=1.5)"}, "x: expected an integer"},
      {{"area_sample(max_scaling_factor=nan)"}, "max_scaling_factor: expected a number"},
      {{"density_filter(max_density=2)"}, "max_density: expected a number from 0 to 1"},
      {{"randomly_place", "mirror"}, "\"mirror\": may not follow randomly_place"},
      {{"randomly_place", "randomly_place"}, "may not follow randomly_place"},
      {{""}, "no transform \"\""},
  }));
  const absl::StatusOr<Pipeline> pipeline = Pipeline::Parse(case_.transforms);
  REQUIRE_FALSE(pipeline.ok());
  CHECK_THAT(std::string(pipeline.status().message()), Contains(case_.message));
  CHECK_THAT(DescribeTransforms(), Contains("max_scaling_factor_ratio=1.5"));
}

TEST_CASE("pipeline: layers that are added below leave less room above") {
  const Pipeline pipeline = Parsed({"randomly_place", "add_grass(mode=concatenate)"});
  Rng rng;
  House house = FromLayers({{"6"}, {"6"}});
  CHECK_FALSE(pipeline.Run(Pipeline::Part::kImport, {2, 2, 2}, house, rng).ok());
  REQUIRE(pipeline.Run(Pipeline::Part::kImport, {2, 3, 2}, house, rng).ok());
  REQUIRE(pipeline.Run(Pipeline::Part::kPlacement, {2, 3, 2}, house, rng).ok());
  CHECK(house.size == WorldSize{2, 3, 2});
  CHECK(house.At({1, 0, 1}) == kDirt);
}

}  // namespace
}  // namespace hod::env
