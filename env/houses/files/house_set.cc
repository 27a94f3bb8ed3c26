#include "env/houses/files/house_set.h"

#include <xxhash.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "env/base/files.h"
#include "env/base/json.h"
#include "env/base/status.h"
#include "env/base/zstd.h"
#include "env/game/config.h"
#include "env/houses/transforms/transforms.h"

namespace hod::env {
namespace {

using nlohmann::json;

constexpr char kFormat[] = "hod house set";
constexpr int kVersion = 1;
constexpr size_t kMaxSetFileBytes = size_t{256} << 20;
constexpr uint64_t kMaxCells = uint64_t{1} << 30;
constexpr int kCompressionLevel = 12;

std::string Checksum(const std::string& bytes) {
  return absl::StrFormat("%016x", XXH64(bytes.data(), bytes.size(), 0));
}

json ToJson(const WorldSize& size) { return {size.w, size.h, size.d}; }

// Reads the manifest; the first thing that is wrong is kept as an error.
class ManifestReader {
 public:
  ManifestReader(std::string path, const json& manifest)
      : path_(std::move(path)), manifest_(manifest) {}

  const absl::Status& status() const { return status_; }

  // `at` says where in the manifest `object` is.
  const json& Field(const json& object, const std::string& at, const char* key) {
    static const json& null = *new json;
    const auto field = object.is_object() ? object.find(key) : object.end();
    if (object.is_object() && field != object.end()) return *field;
    Fail(at + key, "is missing");
    return null;
  }
  const json& Field(const char* key) { return Field(manifest_, "", key); }

  std::string Text(const json& value, const std::string& at) {
    if (value.is_string()) return value.get<std::string>();
    Fail(at, "expected a string");
    return {};
  }
  std::vector<std::string> Texts(const char* key) {
    std::vector<std::string> texts;
    const json& list = Field(key);
    if (!list.is_array()) Fail(key, "expected a list of strings");
    for (const json& text : list) texts.push_back(Text(text, key));
    return texts;
  }
  // Three extents from 1 to those of `max`.
  WorldSize Size(const json& value, const std::string& at, const WorldSize& max) {
    const auto in = [](const json& extent, int limit) {
      return extent.is_number_unsigned() && extent.get<uint64_t>() >= 1 &&
             extent.get<uint64_t>() <= static_cast<uint64_t>(limit);
    };
    if (value.is_array() && value.size() == 3 && in(value[0], max.w) && in(value[1], max.h) &&
        in(value[2], max.d)) {
      return {value[0].get<int>(), value[1].get<int>(), value[2].get<int>()};
    }
    Fail(at, absl::StrCat("expected three extents from 1 to at most ", max.w, ", ", max.h, ", ",
                          max.d));
    return {1, 1, 1};
  }

  void Fail(const std::string& at, const std::string& what) {
    if (status_.ok()) {
      status_ = absl::InvalidArgumentError(absl::StrCat(path_, ": ", at, ": ", what));
    }
  }

 private:
  const std::string path_;
  const json& manifest_;
  absl::Status status_;
};

// Everything but the blocks.
absl::StatusOr<HouseSet> ParseManifest(const std::string& path, const json& manifest) {
  ManifestReader in(path, manifest);
  if (in.Field("format") != kFormat) in.Fail("format", absl::StrCat("expected \"", kFormat, "\""));
  if (in.Field("version") != kVersion) in.Fail("version", absl::StrCat("expected ", kVersion));
  HouseSet set;
  set.name = in.Text(in.Field("name"), "name");
  set.source = in.Texts("source");
  set.license = in.Text(in.Field("license"), "license");
  set.size = in.Size(in.Field("size"), "size", {kMaxWorldExtent, kMaxWorldExtent, kMaxWorldExtent});
  absl::StatusOr<Pipeline> pipeline = Pipeline::Parse(in.Texts("transforms"));
  if (!pipeline.ok()) {
    in.Fail("transforms", std::string(pipeline.status().message()));
  } else {
    set.pipeline = *std::move(pipeline);
  }
  set.import = in.Field("import");
  const json& houses = in.Field("houses");
  if (!houses.is_array() || houses.empty()) in.Fail("houses", "expected a list of houses");
  for (size_t i = 0; in.status().ok() && i < houses.size(); ++i) {
    const std::string at = absl::StrCat("houses[", i, "].");
    const std::string name = in.Text(in.Field(houses[i], at, "name"), at + "name");
    const std::string split = in.Text(in.Field(houses[i], at, "split"), at + "split");
    if (split != SplitName(HouseSplit::kTrain) && split != SplitName(HouseSplit::kTest)) {
      in.Fail(at + "split", "expected \"train\" or \"test\"");
    }
    const WorldSize size = in.Size(in.Field(houses[i], at, "size"), at + "size", set.size);
    set.houses.push_back(
        {name,
         split == SplitName(HouseSplit::kTest) ? HouseSplit::kTest : HouseSplit::kTrain,
         {size, {}}});
  }
  if (!in.status().ok()) return in.status();
  return set;
}

absl::Status ReadBlocks(const std::string& path, const std::string& frame, HouseSet& set) {
  const auto error = [&](auto... what) {
    return absl::DataLossError(absl::StrCat(path, ": ", what...));
  };
  uint64_t cells = 0;
  for (const HouseSet::Member& member : set.houses) cells += member.house.size.Volume();
  absl::StatusOr<std::string> bytes = absl::DataLossError("too many cells");
  if (cells <= kMaxCells) bytes = ZstdDecompress(frame, cells);
  if (!bytes.ok() || bytes->size() != cells) {
    return error("is not a zstd frame of the ", cells, " cells in the manifest");
  }
  auto next = bytes->begin();
  for (HouseSet::Member& member : set.houses) {
    const auto end = next + member.house.size.Volume();
    member.house.blocks.assign(next, end);
    for (; next != end; ++next) {
      const int block = static_cast<uint8_t>(*next);
      if (block >= kNumBlocks || block == kBedrock) {
        return error("cell ", next - bytes->begin(), ": block id ", block, ", expected 0 or ",
                     int{kFirstPlaceable}, " to ", kNumBlocks - 1);
      }
    }
    if (IsAllAir(member.house)) return error("house \"", member.name, "\" is only air");
  }
  return absl::OkStatus();
}

}  // namespace

std::string SplitName(HouseSplit split) { return split == HouseSplit::kTrain ? "train" : "test"; }

absl::StatusOr<HouseSetFiles> SerializeHouseSet(const HouseSet& set) {
  std::string blocks;
  json houses = json::array();
  for (const HouseSet::Member& member : set.houses) {
    blocks.append(member.house.blocks.begin(), member.house.blocks.end());
    houses.push_back({{"name", member.name},
                      {"split", SplitName(member.split)},
                      {"size", ToJson(member.house.size)}});
  }
  HouseSetFiles files;
  ASSIGN_OR_RETURN(files.houses, ZstdCompress(blocks, kCompressionLevel));
  nlohmann::ordered_json manifest;
  manifest["format"] = kFormat;
  manifest["version"] = kVersion;
  manifest["name"] = set.name;
  manifest["source"] = set.source;
  manifest["license"] = set.license;
  manifest["size"] = ToJson(set.size);
  manifest["transforms"] = set.pipeline.ToStrings();
  manifest["houses_xxh64"] = Checksum(files.houses);
  manifest["import"] = set.import;
  manifest["houses"] = houses;
  files.manifest = DumpJson(manifest, 1) + "\n";
  return files;
}

absl::StatusOr<HouseSet> ReadHouseSet(const std::string& directory) {
  const std::string manifest_path = absl::StrCat(directory, "/", kManifestFile),
                    houses_path = absl::StrCat(directory, "/", kHousesFile);
  ASSIGN_OR_RETURN(const std::string text, ReadFile(manifest_path, kMaxSetFileBytes));
  const absl::StatusOr<json> manifest = ParseJson(text);
  const std::string no_object = absl::StrCat(manifest_path, ": is not a JSON object");
  if (!manifest.ok()) return Annotate(manifest.status(), no_object);
  if (!manifest->is_object()) return absl::InvalidArgumentError(no_object);
  ASSIGN_OR_RETURN(HouseSet set, ParseManifest(manifest_path, *manifest));
  ASSIGN_OR_RETURN(const std::string houses, ReadFile(houses_path, kMaxSetFileBytes));
  if (manifest->value("houses_xxh64", json()) != Checksum(houses)) {
    return absl::DataLossError(absl::StrCat(houses_path, ": differs from houses_xxh64 of ",
                                            manifest_path, ", which is ", Checksum(houses)));
  }
  RETURN_IF_ERROR(ReadBlocks(houses_path, houses, set));
  return set;
}

}  // namespace hod::env
