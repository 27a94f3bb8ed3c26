#include "env/houses/sources/source.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "env/base/descriptor.h"
#include "env/base/status.h"
#include "env/game/game.h"
#include "env/houses/files/house_set.h"
#include "env/houses/files/npy.h"
#include "env/houses/generator/alterations.h"
#include "env/houses/generator/generator.h"
#include "env/houses/transforms/pipeline.h"

namespace hod::env {
namespace {

std::string ToString(const WorldSize& size) {
  return absl::StrCat(size.w, "x", size.h, "x", size.d);
}

class GeneratedSource : public GoalSource {
 public:
  GeneratedSource(const GameConfig& config, uint64_t seed) : config_(config), seed_(seed) {}

  std::optional<int> size() const override { return std::nullopt; }
  Goal Sample(Rng& rng) const override { return {"generated", Generate(rng)}; }
  Goal Get(int index) const override {
    Rng rng = Rng(seed_).Fork(static_cast<uint64_t>(index));
    return {absl::StrCat("generated-", index), Generate(rng)};
  }

 private:
  std::vector<Block> Generate(Rng& rng) const {
    const House house = GenerateHouse(MaxHouseSize(config_), rng);
    return GoalFromHouse(config_, house.size, house.blocks);
  }

  const GameConfig config_;
  const uint64_t seed_;
};

// The goals of another source, each altered anew.
class AlteredSource : public GoalSource {
 public:
  AlteredSource(std::unique_ptr<GoalSource> source, const GameConfig& config, uint64_t seed)
      : source_(std::move(source)), config_(config), seed_(seed) {}

  std::optional<int> size() const override { return std::nullopt; }
  Goal Sample(Rng& rng) const override { return Alter(source_->Sample(rng), rng); }
  Goal Get(int index) const override {
    Rng rng = Rng(seed_).Fork(static_cast<uint64_t>(index));
    return Alter(source_->Get(index), rng);
  }

 private:
  Goal Alter(Goal goal, Rng& rng) const {
    House house = AirHouse(MaxHouseSize(config_));
    const auto in_world = [&](int i) {
      return config_.size.Index(house.size.At(i) + kHouseCorner);
    };
    for (int i = 0; i < house.size.Volume(); ++i) house.blocks[i] = goal.blocks[in_world(i)];
    house = Altered(house, rng);
    for (int i = 0; i < house.size.Volume(); ++i) goal.blocks[in_world(i)] = house.blocks[i];
    goal.name = absl::StrCat("altered-", goal.name);
    return goal;
  }

  const std::unique_ptr<GoalSource> source_;
  const GameConfig config_;
  const uint64_t seed_;
};

struct NamedHouse {
  NamedHouse(std::string name, House house) : name(std::move(name)), house(std::move(house)) {}
  std::string name;
  House house;
};

// A house of the size of the world is a goal as it is. Requires that `placement` accepts others.
Goal Place(const GameConfig& config, const Pipeline& placement, const std::string& name,
           House house, Rng& rng) {
  if (house.size == config.size) return {name, std::move(house.blocks)};
  placement.Run(Pipeline::Part::kPlacement, MaxHouseSize(config), house, rng).IgnoreError();
  return {name, GoalFromHouse(config, house.size, house.blocks)};
}

// Places houses that come without transforms of their own.
Pipeline RandomPlacement() { return *Pipeline::Parse({"randomly_place", "add_grass"}); }

// A fixed list of houses, placed anew for every goal.
class ListSource : public GoalSource {
 public:
  // Requires that `placement` accepts all houses in the game's worlds.
  ListSource(const GameConfig& config, uint64_t seed, std::vector<NamedHouse> houses,
             Pipeline placement)
      : config_(config),
        seed_(seed),
        houses_(std::move(houses)),
        placement_(std::move(placement)) {}

  std::optional<int> size() const override { return static_cast<int>(houses_.size()); }
  Goal Sample(Rng& rng) const override {
    return Make(houses_[rng.Below(static_cast<int>(houses_.size()))], rng);
  }
  Goal Get(int index) const override {
    const size_t i = static_cast<size_t>(index) % houses_.size();
    Rng rng = Rng(seed_).Fork(i);
    return Make(houses_[i], rng);
  }
  std::vector<Goal> All() const override {
    std::vector<Goal> goals;
    for (const NamedHouse& named : houses_) {
      for (NamedHouse& placed : EveryPlaceOf(named)) {
        Rng rng;  // There is no choice left.
        goals.push_back(Make(placed, rng));
      }
    }
    return goals;
  }

 private:
  // The house in boxes that fill all of the room there is, so that each has one place.
  std::vector<NamedHouse> EveryPlaceOf(const NamedHouse& named) const {
    const House& house = named.house;
    if (house.size == config_.size) return {named};
    const WorldSize room = MaxHouseSize(config_);
    std::vector<NamedHouse> places;
    for (int x = 0; x + house.size.w <= room.w; ++x) {
      for (int z = 0; z + house.size.d <= room.d; ++z) {
        House& box =
            places.emplace_back(named.name, AirHouse({room.w, house.size.h, room.d})).house;
        for (int i = 0; i < house.size.Volume(); ++i) {
          box.blocks[box.size.Index(house.size.At(i) + Cell{x, 0, z})] = house.blocks[i];
        }
      }
    }
    return places;
  }

  Goal Make(const NamedHouse& named, Rng& rng) const {
    return Place(config_, placement_, named.name, named.house, rng);
  }

  const GameConfig config_;
  const uint64_t seed_;
  const std::vector<NamedHouse> houses_;
  const Pipeline placement_;
};

// Whether the file can be a goal of this game.
absl::Status Check(const std::string& path, const House& house, const GameConfig& config) {
  const auto error = [&](auto... what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what...));
  };
  const WorldSize& size = house.size;
  const WorldSize limit = MaxHouseSize(config);
  const bool whole_world = size == config.size;
  if (!whole_world && (size.w > limit.w || size.h > limit.h || size.d > limit.d)) {
    return error("shape ", ToString(size), ", expected the world's ", ToString(config.size),
                 " or a house of at most ", ToString(limit));
  }
  for (int i = 0; i < size.Volume(); ++i) {
    const Cell c = size.At(i);
    const bool wants_bedrock = whole_world && c.y == 0;
    if ((house.blocks[i] == kBedrock) != wants_bedrock) {
      return error(kBlockNames[house.blocks[i]], " at (", c.x, ", ", c.y, ", ", c.z, "), expected ",
                   wants_bedrock ? "bedrock" : "any block but bedrock");
    }
  }
  if (std::all_of(house.blocks.begin(), house.blocks.end(),
                  [](Block block) { return block == kAir; })) {
    return error("only air, expected a house");
  }
  if (whole_world && !config.abilities.inf_blocks) {
    const std::vector<Block> palette = GoalFromHouse(config, {1, 1, 1}, {kDirt});
    for (int i = config.size.Index({config.size.w - 1, 0, 0}); i < size.Volume(); ++i) {
      if (house.blocks[i] != palette[i]) {
        return error("the plane x = ", config.size.w - 1,
                     " differs from the palette of a game with finite blocks");
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NamedHouse>> ReadDirectory(const std::string& directory,
                                                      const GameConfig& config) {
  std::error_code code;
  std::vector<std::filesystem::path> paths;
  std::filesystem::directory_iterator entries(directory, code);
  for (; !code && entries != std::filesystem::directory_iterator(); entries.increment(code)) {
    if (entries->path().extension() == ".npy") paths.push_back(entries->path());
  }
  if (code) return SystemError(directory, "read the directory", code.value());
  if (paths.empty()) return SystemError(directory, "find a *.npy file", ENOENT);
  std::sort(paths.begin(), paths.end());
  std::vector<NamedHouse> files;
  for (const std::filesystem::path& path : paths) {
    ASSIGN_OR_RETURN(House house, ReadNpy(path.string(), kMaxWorldExtent));
    RETURN_IF_ERROR(Check(path.string(), house, config));
    files.push_back({path.filename().string(), std::move(house)});
  }
  return files;
}

// Goals of several sources.
class MixedSource : public GoalSource {
 public:
  struct Part {
    std::unique_ptr<GoalSource> source;
    double weight;
  };
  MixedSource(std::vector<Part> parts, uint64_t seed) : parts_(std::move(parts)), seed_(seed) {
    for (const Part& part : parts_) weights_.push_back(part.weight);
  }

  std::optional<int> size() const override { return std::nullopt; }
  Goal Sample(Rng& rng) const override {
    return parts_[WeightedIndex(weights_, rng)].source->Sample(rng);
  }
  Goal Get(int index) const override {
    Rng rng = Rng(seed_).Fork(static_cast<uint64_t>(index));
    return parts_[WeightedIndex(weights_, rng)].source->Sample(rng);
  }

 private:
  const std::vector<Part> parts_;
  const uint64_t seed_;
  std::vector<double> weights_;
};

// `where` is DIR, DIR:train or DIR:test.
absl::StatusOr<std::unique_ptr<GoalSource>> MakeSetSource(absl::string_view where,
                                                          const GameConfig& config, uint64_t seed) {
  std::optional<HouseSplit> only;
  if (absl::ConsumeSuffix(&where, ":train")) {
    only = HouseSplit::kTrain;
  } else if (absl::ConsumeSuffix(&where, ":test")) {
    only = HouseSplit::kTest;
  }
  if (where.empty()) return absl::InvalidArgumentError("set: names no folder");
  absl::StatusOr<HouseSet> set = ReadHouseSet(std::string(where));
  RETURN_IF_ERROR(set.status());
  std::vector<NamedHouse> houses;
  for (HouseSet::Member& member : set->houses) {
    if (only && member.split != *only) continue;
    House placed = member.house;
    Rng rng;
    const absl::Status status =
        set->pipeline.Run(Pipeline::Part::kPlacement, MaxHouseSize(config), placed, rng);
    if (!status.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          where, ": house \"", member.name, "\" cannot be a goal in a world of ",
          ToString(config.size), " (", status.message(), "); the set was imported for houses of ",
          ToString(set->size), ", this game needs --size ", ToString(MaxHouseSize(config))));
    }
    houses.push_back({std::move(member.name), std::move(member.house)});
  }
  if (houses.empty()) {
    return absl::NotFoundError(
        absl::StrCat(where, ": no house of the split \"", SplitName(*only), "\""));
  }
  return std::make_unique<ListSource>(config, seed, std::move(houses), set->pipeline);
}

// `parts` are SPEC or SPEC*WEIGHT.
absl::StatusOr<std::unique_ptr<GoalSource>> MakeMixedSource(absl::Span<const std::string> parts,
                                                            const GameConfig& config,
                                                            uint64_t seed) {
  std::vector<MixedSource::Part> sources;
  for (const std::string& text : parts) {
    std::string spec = text;
    double weight = 1;
    const size_t star = text.rfind('*');
    if (star != std::string::npos) {
      spec = text.substr(0, star);
      if (!absl::SimpleAtod(text.substr(star + 1), &weight) || !(weight > 0) ||
          !std::isfinite(weight)) {
        return absl::InvalidArgumentError(absl::StrCat(
            "goals \"", text, "\": weight ", text.substr(star + 1), ", expected a number above 0"));
      }
    }
    ASSIGN_OR_RETURN(std::unique_ptr<GoalSource> source,
                     MakeGoalSource(spec, config, Rng(seed).Fork(sources.size())()));
    sources.push_back({std::move(source), weight});
  }
  return std::make_unique<MixedSource>(std::move(sources), seed);
}

}  // namespace

absl::StatusOr<Goal> GoalOfHouse(const std::string& name, const House& house,
                                 const GameConfig& config, Rng& rng) {
  RETURN_IF_ERROR(Check(name, house, config));
  return Place(config, RandomPlacement(), name, house, rng);
}

absl::StatusOr<std::unique_ptr<GoalSource>> MakeGoalSource(const std::string& spec,
                                                           const GameConfig& config,
                                                           uint64_t seed) {
  const std::vector<std::string> parts = absl::StrSplit(spec, " + ");
  if (parts.size() > 1) return MakeMixedSource(parts, config, seed);
  if (spec == "generated") {
    const WorldSize limit = MaxHouseSize(config);
    if (std::min({limit.w, limit.h, limit.d}) < kMinHouseExtent) {
      return absl::InvalidArgumentError(absl::StrCat(
          "goals \"generated\": a world of ", ToString(config.size), " has room for houses of ",
          ToString(limit), ", expected at least ", kMinHouseExtent, " voxels each way"));
    }
    return std::make_unique<GeneratedSource>(config, seed);
  }
  absl::string_view plain = spec;
  if (absl::ConsumePrefix(&plain, "altered:")) {
    if (absl::StartsWith(plain, "altered:")) {
      return absl::InvalidArgumentError(absl::StrCat(
          "goals \"", spec, "\": expected altered: once, since it alters anew in each episode"));
    }
    ASSIGN_OR_RETURN(std::unique_ptr<GoalSource> source,
                     MakeGoalSource(std::string(plain), config, seed));
    return std::make_unique<AlteredSource>(std::move(source), config, Rng(seed).Fork(1)());
  }
  absl::string_view directory = spec;
  if (absl::ConsumePrefix(&directory, "npy:") && !directory.empty()) {
    ASSIGN_OR_RETURN(std::vector<NamedHouse> files, ReadDirectory(std::string(directory), config));
    return std::make_unique<ListSource>(config, seed, std::move(files), RandomPlacement());
  }
  if (absl::ConsumePrefix(&directory, "set:") && !directory.empty()) {
    return MakeSetSource(directory, config, seed);
  }
  return absl::InvalidArgumentError(absl::StrCat("goals \"", spec, "\": expected ", kGoalSpecs));
}

}  // namespace hod::env
